"""What is let pass for a time, and on whose word: waivers of checks, and what owners said of columns."""

from dataclasses import dataclass
from typing import Any

from meshwright.app.declassify import declassified
from meshwright.app.wiring import Wiring
from meshwright.model.address import Address
from meshwright.publish.accepting import Waiver, active_waivers


@dataclass(frozen=True, slots=True)
class Exemptions:
    """Waivers that hold with their products, and every word on a column, newest first."""

    waivers: tuple[tuple[str, Waiver], ...]
    declassified: tuple[dict[str, Any], ...]


def list_exemptions(wiring: Wiring) -> Exemptions:
    """Return what holds today, and words on columns that ended too."""
    today = wiring.now().date()
    with wiring.store.read() as reader:
        rows = reader.rows(
            "SELECT DISTINCT product FROM waivers WHERE expires >= ? ORDER BY 1",
            (today.isoformat(),),
        )
        waivers = tuple(
            (str(row[0]), waiver)
            for row in rows
            for waiver in active_waivers(reader, Address.parse(str(row[0])), today)
        )
    words = sorted(declassified(wiring), key=lambda one: str(one["at"]), reverse=True)
    return Exemptions(waivers, tuple(words))
