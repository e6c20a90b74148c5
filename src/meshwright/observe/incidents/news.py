"""What alerts are about, and what each notifier knows already."""

from dataclasses import dataclass
from datetime import datetime, timedelta

OPENED, WORSENED, REMINDER, RESOLVED, DIGEST = (
    "opened", "worsened", "reminder", "resolved", "digest",
)  # fmt: skip
CHANGED, DEPRECATED, ENDED = "changed", "deprecated", "ended"
OPEN = "open"
EXPECTED = "expected"


@dataclass(frozen=True, slots=True)
class News:
    """An incident as it stands, or a change of a contract (then `event` is the one thing to say of it).

    `since` is when it began (or began again), `last` when it last grew.
    `impact` are addresses downstream, `people` who owns them, `owners` all owners of the product, `note`
    the last words that somebody, or a build, said of it.
    """

    id: str
    product: str
    address: str
    kind: str
    severity: str
    state: str  # open, acknowledged, resolved
    cause: str
    explanation: str
    since: datetime
    last: datetime
    ended: datetime | None = None
    owner: str = ""
    owners: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    business_date: str = ""
    impact: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    mark: str = ""
    note: str = ""
    event: str = ""  # changed, deprecated or ended; '' for an incident
    about: tuple[
        str, ...
    ] = ()  # of a change: change, deprecation or both; who subscribed to one hears
    related: tuple[str, ...] = ()  # other addresses that it concerns
    seq: int = 0  # the fact that made it; 0 where time did

    @property
    def is_resolved(self) -> bool:
        """Say whether it has ended."""
        return self.state == RESOLVED

    @property
    def domain(self) -> str:
        """Return the domain that it is in."""
        return self.product.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Known:
    """What a notifier knows of an incident (`event` '' for nothing), and what it could not be told."""

    event: str = ""
    severity: str = ""
    at: datetime | None = None
    failed_event: str = ""
    failed_severity: str = ""
    attempts: int = 0
    tried: datetime | None = None
    alert: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to say of one incident. `due` is since when it could have been said."""

    news: News
    event: str
    due: datetime
    repeat: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """One message to one notifier. `attempts` were made already, as alert `alert` where there is one."""

    notifier: str
    route: str
    items: tuple[Item, ...]
    attempts: int = 0
    alert: str = ""

    @property
    def event(self) -> str:
        """Return what the message is about: a digest where it speaks of several incidents."""
        return self.items[0].event if len(self.items) == 1 else DIGEST
