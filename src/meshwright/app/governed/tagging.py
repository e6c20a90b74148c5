"""Whether two readings of a port give the same rows: a tag of the version, of who reads, and of how they may.

What must stay true: a tag is given where the same words would be answered by the same bytes, and nowhere
else; somebody to whom something else is shown, or nothing, never has the same one.
"""

import hashlib
from dataclasses import dataclass

from meshwright.app.governed.ask import Ruled, require_allowed, rule
from meshwright.app.wiring import Wiring
from meshwright.model.access import Decision
from meshwright.model.principal import Asker

_OWN = "sha-256-query-local"  # its values are others at each query


@dataclass(frozen=True, slots=True)
class Tagged:
    """What a reading rests on. `tag`: '' where the same words may give other rows at another time."""

    tag: str
    versions: dict[str, int]
    decisions: tuple[Decision, ...]


def tag_of(
    wiring: Wiring, asker: Asker, sql: str, as_of: str | None = None, words: str = ""
) -> Tagged:
    """Decide on a SELECT and tag what it would give in a form (`words`); nothing is read, nor recorded.

    Raises what `ask` does for a port that the asker may not read.
    """
    ruled = rule(wiring, asker, wiring.pool.gate(sql), as_of)
    require_allowed(ruled)
    versions = {
        str(one.port.pinned.address.at(None)): one.port.pinned.address.version or 0 for one in ruled
    }
    said = [sql, words, asker.principal.name, asker.purpose, *map(_said, ruled)]
    tag = hashlib.sha256("\0".join(said).encode()).hexdigest()[:32]
    is_same = all(map(_is_same, ruled))
    return Tagged(tag if is_same else "", versions, tuple(one.decision for one in ruled))


def _said(one: Ruled) -> str:
    decision, pinned = one.decision, one.port.pinned
    masks = ",".join(f"{name}={mask}" for name, mask in sorted(decision.masks.items()))
    files = ",".join(file.path for file in pinned.files)
    return "|".join(
        (str(pinned.address), files, masks, *decision.filters, str(decision.minimum_group))
    )


def _is_same(one: Ruled) -> bool:
    """Say whether nothing that is shown depends on when it is asked."""
    decision = one.decision
    has_own_key = any(mask.kind == _OWN for mask in decision.masks.values())
    return not has_own_key and not any("(" in text for text in decision.filters)
