"""What is broken now: open incidents with their cause and what rests on them."""

import json
from dataclasses import dataclass

from meshwright.app.catalog.knowing import Knowing
from meshwright.app.catalog.veil import Veil
from meshwright.app.wiring import Wiring

SHOWN = 6


@dataclass(frozen=True, slots=True)
class Trouble:
    """One open incident. `impact`: the ports that rest on what is unhealthy, and may be known of."""

    incident: str
    product: str
    cause: str
    explanation: str
    severity: str
    state: str
    opened: str
    owner: str
    impact: tuple[str, ...]


def open_troubles(
    wiring: Wiring, knowing: Knowing, domain: str = "", shown: int = SHOWN
) -> tuple[tuple[Trouble, ...], int]:
    """Return the worst open incidents of the mesh or of a domain, and how many there are."""
    where = " AND product >= ? AND product < ?" if domain else ""
    with wiring.store.read() as reader:
        rows = reader.rows(
            "SELECT incident, product, cause, explanation, severity, state, opened_at, owner, impact"
            f" FROM incidents WHERE state IN ('open', 'acknowledged'){where} ORDER BY CASE severity"
            " WHEN 'high' THEN 0 WHEN 'medium' THEN 1 ELSE 2 END, opened_at DESC LIMIT 500",
            (f"{domain}.", f"{domain}/") if domain else (),
        )
    known = [row for row in rows if knowing.of(str(row[1]))]
    veil = Veil(knowing)
    found = tuple(
        Trouble(
            *(str(row[0]), str(row[1]), veil.text(str(row[2])), veil.text(str(row[3]))),
            *(str(row[4]), str(row[5]), str(row[6]), str(row[7])),
            tuple(str(one) for one in json.loads(str(row[8])) if knowing.of(str(one))),
        )
        for row in known[:shown]
    )
    return found, len(known)
