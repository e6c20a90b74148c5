"""Suggestions of classifications that wait for an owner's word."""

import json
from dataclasses import dataclass

from meshwright.app.owners import owner_of
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError
from meshwright.model.address import Address


@dataclass(frozen=True, slots=True)
class OpenSuggestion:
    """What a column looks like, why, and since when; `is_mine`: whoever looks may answer it."""

    column: str
    product: str
    kind: str
    classification: str
    tags: tuple[str, ...]
    confidence: float
    evidence: tuple[str, ...]
    at: str
    is_mine: bool


def open_suggestions(wiring: Wiring) -> tuple[OpenSuggestion, ...]:
    """Return the suggestions that nobody answered, the surest first; until then their columns are masked."""
    with wiring.store.read() as reader:
        rows = reader.rows(
            "SELECT column_name, product, kind, classification, tags, confidence, evidence, at"
            " FROM suggestions WHERE state = 'open' ORDER BY confidence DESC, column_name"
        )
    mine: dict[str, bool] = {}
    found = []
    for column, product, kind, classification, tags, confidence, evidence, at in rows:
        name = str(product)
        if name not in mine:
            mine[name] = _is_owner(wiring, name)
        found.append(
            OpenSuggestion(
                str(column),
                name,
                str(kind),
                str(classification),
                tuple(json.loads(str(tags))),
                float(str(confidence)),
                tuple(json.loads(str(evidence))),
                str(at),
                mine[name],
            )
        )
    return tuple(found)


def _is_owner(wiring: Wiring, product: str) -> bool:
    try:
        owner_of(wiring, Address.parse(product))
    except MeshwrightError:
        return False
    return True
