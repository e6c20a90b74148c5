"""What products scored before: kept whenever a score changes."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from meshwright.app.wiring import Wiring


@dataclass(frozen=True, slots=True)
class PastScore:
    """What a product scored from a moment (ISO) on."""

    at: str
    scores: Mapping[str, float]
    is_certified: bool


def score_history(wiring: Wiring, product: str) -> tuple[PastScore, ...]:
    """Return what a product scored, the oldest first."""
    with wiring.store.read() as reader:
        rows = reader.rows(
            "SELECT at, scores, is_certified FROM scores WHERE product = ? ORDER BY at", (product,)
        )
    return tuple(PastScore(str(at), json.loads(str(text)), bool(badge)) for at, text, badge in rows)


def score_histories(wiring: Wiring) -> dict[str, tuple[PastScore, ...]]:
    """Return what each product scored, the oldest first, by its address."""
    found: dict[str, list[PastScore]] = defaultdict(list)
    with wiring.store.read() as reader:
        rows = reader.rows("SELECT product, at, scores, is_certified FROM scores ORDER BY at")
    for product, at, text, badge in rows:
        found[str(product)].append(PastScore(str(at), json.loads(str(text)), bool(badge)))
    return {product: tuple(past) for product, past in found.items()}
