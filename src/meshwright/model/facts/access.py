"""Who asked for access, who was granted it, and who read what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from meshwright.model.facts.fact import Fact


@dataclass(frozen=True, slots=True)
class QueryRan(Fact):
    """Somebody read data, or was refused. `sql` is a digest of it; `read` are addresses with versions.

    `principal` read, the entry's actor stands behind; `raw` and `masked` are classified columns by address,
    as they were shown; `policies` decided. `rows` is None where they still stream: `QueryEnded` tells.
    """

    query: str
    sql: str
    read: Sequence[str]
    rows: int | None
    seconds: float
    purpose: str = ""
    error: str = ""
    principal: str = ""
    on_behalf_of: str = ""
    door: str = ""
    raw: Sequence[str] = ()
    masked: Sequence[str] = ()
    policies: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class QueryEnded(Fact):
    """The last row of a streamed query left, or it broke off (`error`)."""

    query: str
    rows: int
    seconds: float
    error: str = ""


@dataclass(frozen=True, slots=True)
class AccessRequested(Fact):
    """A principal asks to read a port. `approvers` has one list of names for each level; `by` filed it."""

    request: str
    principal: str
    address: str
    purpose: str
    days: int
    columns: Sequence[str] = ()
    reason: str = ""
    approvers: Sequence[Sequence[str]] = ()
    product: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class RequestApproved(Fact):
    """One level of approvers agreed; the last one is followed by `AccessGranted` in the same transaction.

    What they give is said whole, as it stands after this level: `days` 0 is as long as was asked.
    """

    request: str
    approver: str
    level: int
    note: str = ""
    raw: Sequence[str] = ()
    masks: Mapping[str, object] = field(default_factory=dict)
    filter: str = ""
    days: int = 0


@dataclass(frozen=True, slots=True)
class RequestRefused(Fact):
    """An approver said no, or whoever asked withdrew."""

    request: str
    by: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class RequestEscalated(Fact):
    """Nobody answered for too long: `to` are asked too."""

    request: str
    to: Sequence[str]


@dataclass(frozen=True, slots=True)
class AccessGranted(Fact):
    """A principal may read a port. `masks` is column -> mask as text; times are ISO 8601, UTC."""

    grant: str
    principal: str
    address: str
    product: str
    purpose: str
    since: str
    until: str
    columns: Sequence[str] = ()
    raw: Sequence[str] = ()
    masks: Mapping[str, object] = field(default_factory=dict)
    filter: str = ""
    by: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class AccessRenewed(Fact):
    """A grant lasts longer."""

    grant: str
    until: str
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AccessRevoked(Fact):
    """A grant ended before its time."""

    grant: str
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AccessReviewed(Fact):
    """An owner looked at a grant again and kept it."""

    grant: str
    by: str
    note: str = ""
