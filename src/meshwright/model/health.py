"""How well ports and products keep their promises: one shape for terminals, pages, metrics and programs."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from meshwright.model.address import Address

HEALTHY, DEGRADED, BROKEN, UNKNOWN = "healthy", "degraded", "broken", "unknown"
STATUSES = (HEALTHY, UNKNOWN, DEGRADED, BROKEN)  # the worst last


@dataclass(frozen=True, slots=True)
class Level:
    """One enforced service level. `is_met` is None while nothing says; `actual` is for people.

    `is_ageing`: what is served stops keeping it when nothing new comes.
    """

    name: str
    promised: str
    is_met: bool | None
    actual: str = ""
    is_ageing: bool = False


@dataclass(frozen=True, slots=True)
class Burning:
    """The error budget goes `factor` times faster than allowed, over `long` seconds and still."""

    factor: float
    rate: float
    long: float
    severity: str


@dataclass(frozen=True, slots=True)
class Downtime:
    """What incidents cost: seconds from the trouble's beginning to its detection, and on to the end."""

    incidents: int = 0
    open: int = 0
    seconds: float = 0.0
    time_to_detect: float | None = None  # means; None where there was nothing to take one of
    time_to_notify: float | None = None
    time_to_resolve: float | None = None


@dataclass(frozen=True, slots=True)
class PortHealth:
    """One port now. Times are seconds since 1970, durations seconds; `trend` its newest row counts.

    `compliance` is the share of good minutes `since` then, over at most `window` seconds; `budget_left` the
    share of the window's error budget that is left (below 0: overspent).
    """

    address: Address
    status: str
    reasons: tuple[str, ...] = ()
    title: str = ""
    owners: tuple[str, ...] = ()
    version: int | None = None
    published: float | None = None
    age: float | None = None
    due: float | None = None  # when a promise runs out, or the next version is overdue by habit
    usual_gap: float | None = None
    arrivals: int = 0
    target: float = 0.99
    window: float = 0.0
    since: float | None = None
    compliance: float | None = None
    budget_left: float | None = None
    burning: Burning | None = None
    levels: tuple[Level, ...] = ()
    not_enforced: tuple[tuple[str, str], ...] = ()
    downtime: Downtime = field(default_factory=Downtime)
    trend: tuple[float | None, ...] = ()

    @property
    def product(self) -> Address:
        """Return the product that the port belongs to."""
        return self.address.product_address


def worst_status(statuses: Sequence[str]) -> str:
    """Return the worst of some statuses; unknown for none."""
    return max(statuses, key=STATUSES.index, default=UNKNOWN)
