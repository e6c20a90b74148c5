"""Facts: what happened, in the past tense. Only counts, digests and references; never a value of data.

A fact is a frozen dataclass whose fields are JSON (str, int, float, bool, None, lists, dicts). Its class
name is its kind in the ledger; a field added later needs a default, so that old entries still read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from meshwright.model.json_value import Json as Json


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened."""


@dataclass(frozen=True, slots=True)
class ContractPublished(Fact):
    """A port promised something new; `document` is the contract as JSON."""

    product: str
    port: str
    contract_id: str
    version: str
    digest: str
    document: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class BuildStarted(Fact):
    """A build began. `as_of` is the business time it pretends, or ''; `read_bytes` the size of its inputs."""

    build: str
    product: str
    code: str
    as_of: str = ""
    reasons: Sequence[str] = ()
    read_bytes: int = 0


@dataclass(frozen=True, slots=True)
class PortAudited(Fact):
    """A staged port was judged. `checks` are outcomes as mappings; `metrics` are (column, name, number)."""

    build: str
    product: str
    port: str
    rows: int
    rejected: bool
    checks: Sequence[Mapping[str, Json]]
    metrics: Sequence[Sequence[Json]]
    quarantined: int = 0


@dataclass(frozen=True, slots=True)
class BuildFailed(Fact):
    """A build ended by an error; its message stays in the build's side files."""

    build: str
    product: str
    error: str  # the error's code
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class BuildRejected(Fact):
    """A build's audit found what its contract forbids; what was served stays served.

    `pending` is the `VersionPublished` that `mesh accept` would record: its files are kept.
    """

    build: str
    product: str
    failed_checks: Sequence[str]  # `port:check-id`
    served: int | None
    pending: Mapping[str, Json]
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class VersionPublished(Fact):
    """A build's ports became what readers see, all at once.

    `ports` maps a port to {location, data_version, contract, contract_version, code, columns: [[name,
    type]], rows, bytes, added: [{path, rows, bytes, interval, statistics}], removed: [path],
    quarantined, done: [[from, to]]}. `inputs` are {input, address, stamp, version}. `base` is the
    version that `added` and `removed` are relative to.
    """

    build: str
    product: str
    version: int
    semver: str
    code: str
    ports: Mapping[str, Mapping[str, Json]]
    inputs: Sequence[Mapping[str, Json]]
    base: int | None = None
    as_of: str = ""
    title: str = ""
    owners: Sequence[str] = ()
    waiver: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class RejectionAccepted(Fact):
    """A named owner took responsibility for a rejected build until `expires` (ISO date)."""

    waiver: str
    build: str
    product: str
    owner: str
    reason: str
    expires: str
    checks: Sequence[str]  # `port:check-id`


@dataclass(frozen=True, slots=True)
class VersionRolledBack(Fact):
    """The product's pointer moved to an older version; `code` is not built again until it changes."""

    product: str
    from_version: int
    to_version: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class VersionVacuumed(Fact):
    """A version's files that no kept version names were removed."""

    product: str
    version: int
    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class ProductRenamed(Fact):
    """A product got another name or another domain; its old address still finds it."""

    product: str
    formerly: str


@dataclass(frozen=True, slots=True)
class ProductRetired(Fact):
    """A product will end; it is served until `until` (ISO date)."""

    product: str
    until: str
    reason: str = ""
    consumers: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class AnomalyFound(Fact):
    """A metric was not what was to be expected. `at` is the time that the point is about (ISO).

    `series` is {column, segment, metric}; `bounds` are [lower, expected, upper], each None where unknown.
    """

    product: str
    port: str
    series: Mapping[str, Json]
    at: str
    value: float | None
    bounds: Sequence[float | None]
    kind: str  # spike, drop, level shift, drift, stuck, missing, late, limit
    severity: str
    score: float
    explanation: str
    build: str = ""
    detector: str = "automatic"


@dataclass(frozen=True, slots=True)
class IncidentOpened(Fact):
    """Something became unhealthy and someone owns it.

    `cause` says what (`build-rejected: …`), `explanation` says it in a sentence. `signals` are the keys of
    what was noticed; `impact` are the addresses downstream; `hints` are guesses at the root cause.
    """

    incident: str
    product: str
    cause: str
    owner: str = ""
    build: str = ""
    address: str = ""
    kind: str = "check"
    severity: str = "medium"
    business_date: str = ""
    explanation: str = ""
    signals: Sequence[str] = ()
    impact: Sequence[str] = ()
    hints: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class IncidentJoined(Fact):
    """More was noticed that has the same cause; the incident is as severe as the worst of it.

    Where it is worse than what was known, its words become the incident's: also `cause` and `hints` if said.
    """

    incident: str
    product: str
    signals: Sequence[str]
    explanation: str
    severity: str = "medium"
    address: str = ""
    build: str = ""
    business_date: str = ""
    cause: str = ""
    hints: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class IncidentAcknowledged(Fact):
    """Somebody takes care of it."""

    incident: str
    product: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class IncidentCommented(Fact):
    """Somebody said something about it."""

    incident: str
    product: str
    text: str


@dataclass(frozen=True, slots=True)
class IncidentMarked(Fact):
    """Somebody said whether it was `expected` or `real`; detectors learn from that."""

    incident: str
    product: str
    verdict: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class IncidentReopened(Fact):
    """It was resolved and is unhealthy again, perhaps otherwise than before.

    Where `cause` is said, it and `hints` replace those of the incident.
    """

    incident: str
    product: str
    explanation: str = ""
    signals: Sequence[str] = ()
    build: str = ""
    business_date: str = ""
    cause: str = ""
    hints: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class IncidentResolved(Fact):
    """It is healthy again."""

    incident: str
    product: str
    build: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class AlertSent(Fact):
    """Somebody was told. `event`: opened, worsened, reminder, resolved or digest; `route` names the rule.

    `told` are [incident, event, severity]: what the message said of each incident.
    """

    alert: str
    incidents: Sequence[str]
    notifier: str
    event: str
    route: str = ""
    attempts: int = 1
    told: Sequence[Sequence[str]] = ()


@dataclass(frozen=True, slots=True)
class AlertFailed(Fact):
    """A notifier could not be reached; it is tried again until `attempts` are used up."""

    alert: str
    incidents: Sequence[str]
    notifier: str
    event: str
    error: str  # the error's code
    attempts: int = 1
    route: str = ""
    told: Sequence[Sequence[str]] = ()


@dataclass(frozen=True, slots=True)
class AddressMuted(Fact):
    """Nobody is told about an address, and what is below it, until a moment (ISO)."""

    address: str
    until: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class QueryRan(Fact):
    """Somebody read data. `sql` is a digest of the text; `read` are addresses with their versions."""

    query: str
    sql: str
    read: Sequence[str]
    rows: int | None
    seconds: float
    purpose: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact in the ledger: its number, when, by whom, and its link in the hash chain."""

    seq: int
    at: str  # ISO 8601, UTC
    actor: str
    kind: str
    payload: str  # canonical JSON of the fact
    previous: str
    hash: str


KINDS: Mapping[str, type[Fact]] = {cls.__name__: cls for cls in Fact.__subclasses__()}
