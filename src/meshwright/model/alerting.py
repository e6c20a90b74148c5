"""Who is told what, as `alerts` in mesh.yaml says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

CHANGE, INCIDENT, DEPRECATION = "change", "incident", "deprecation"
EVENTS = (CHANGE, INCIDENT, DEPRECATION)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours in which a route holds its messages back. `days` are those on which the hours begin."""

    begin: time
    end: time
    zone: str
    days: tuple[str, ...] = DAYS

    def covers(self, moment: datetime) -> bool:
        """Say whether a moment (aware) is within the quiet hours, by the clock on the zone's walls."""
        local = moment.astimezone(ZoneInfo(self.zone))
        clock, today = local.time(), local.weekday()
        is_day, was_day = DAYS[today] in self.days, DAYS[today - 1] in self.days
        if self.begin < self.end:
            return is_day and self.begin <= clock < self.end
        return (is_day and clock >= self.begin) or (was_day and clock < self.end)


@dataclass(frozen=True, slots=True)
class Route:
    """One rule of who is told: every condition that is given must hold.

    With `digest`, messages wait up to that long and go out as one; with `repeat`, who was told is told
    again that often while nobody has acknowledged.
    """

    name: str
    to: tuple[str, ...]
    owners: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    severity: str = "low"
    tags: tuple[str, ...] = ()
    quiet: Quiet | None = None
    digest: timedelta | None = None
    repeat: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Subscription:
    """Somebody wants to hear of an address, and of what is below it ('' is the whole mesh), since `seq`.

    `events`: some of change, incident, deprecation.
    """

    id: str
    address: str
    notifier: str
    events: tuple[str, ...] = EVENTS
    principal: str = ""
    at: str = ""
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Alerting:
    """`notifiers` maps a name to its address, in which secrets are references; see `model.secret`.

    `subscriptions` are not in mesh.yaml: they are facts, and tell beside what mesh.yaml says.
    """

    notifiers: Mapping[str, str] = field(default_factory=dict)
    routes: tuple[Route, ...] = ()
    default: tuple[str, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()


SILENT = Alerting()  # nobody is told anything
