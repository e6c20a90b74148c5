"""Freshness in one word: what a facet and a badge say of a port."""

from collections.abc import Sequence
from datetime import datetime

from meshwright.model.health import PortHealth

ON_TIME, LATE, UNPROMISED, NEVER = "on time", "late", "no promise", "never published"
_WORST_FIRST = (LATE, NEVER, UNPROMISED, ON_TIME)


def of_product(ports: Sequence[str]) -> str:
    """Return the freshness of a product by that of its ports: the worst."""
    return next((one for one in _WORST_FIRST if one in ports), "")


def freshness_of(port: PortHealth, now: datetime) -> str:
    """Say whether a port is as new as it promises, or by habit is."""
    if port.published is None:
        return NEVER
    aged = [level for level in port.levels if level.is_ageing]
    if any(level.is_met is False for level in aged):
        return LATE
    if port.due is not None:
        return LATE if now.timestamp() > port.due else ON_TIME
    return ON_TIME if any(level.is_met for level in aged) else UNPROMISED
