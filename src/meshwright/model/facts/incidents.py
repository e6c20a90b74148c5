"""What was unhealthy, and who was told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from meshwright.model.facts.fact import Fact
from meshwright.model.json_value import Json


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
