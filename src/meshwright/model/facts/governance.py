"""What was found personal, which rules are broken, how mature products are, who wants to hear of what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from meshwright.model.facts.fact import Fact
from meshwright.model.json_value import Json


@dataclass(frozen=True, slots=True)
class ClassificationSuggested(Fact):
    """A column looks as if it held personal or sensitive data; `evidence` names reasons, never values."""

    product: str
    column: str  # address
    kind: str  # email, iban, birth_date, …
    classification: str
    tags: Sequence[str]
    confidence: float
    evidence: Sequence[str]


@dataclass(frozen=True, slots=True)
class ClassificationAccepted(Fact):
    """An owner agreed; the contract says so from then on."""

    product: str
    column: str
    kind: str
    classification: str
    tags: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ClassificationRefused(Fact):
    """An owner said that a column does not hold what was suggested."""

    product: str
    column: str
    kind: str
    reason: str
    owner: str = ""


@dataclass(frozen=True, slots=True)
class ColumnDeclassified(Fact):
    """A named owner says that a derived column no longer reveals what it was made of.

    `classification` and `tags` are what it may be declared as in spite of what flows in.
    """

    product: str
    column: str
    classification: str
    tags: Sequence[str]
    owner: str
    reason: str
    expires: str = ""


@dataclass(frozen=True, slots=True)
class RulesJudged(Fact):
    """The rules judged a product, or the mesh (`product` is ''); only where the outcome is not the last one.

    `violations` are {rule, severity, address, message, exempted}.
    """

    product: str
    violations: Sequence[Mapping[str, Json]]
    build: str = ""


@dataclass(frozen=True, slots=True)
class ScoreChanged(Fact):
    """A product's maturity is not what it was. `scores` are 0 to 1 by aspect."""

    product: str
    scores: Mapping[str, float]
    is_certified: bool = False


@dataclass(frozen=True, slots=True)
class SubscriptionMade(Fact):
    """Somebody wants to hear of changes, incidents and deprecations of an address."""

    subscription: str
    address: str
    notifier: str
    events: Sequence[str]
    principal: str = ""


@dataclass(frozen=True, slots=True)
class SubscriptionEnded(Fact):
    """Somebody no longer wants to hear of it."""

    subscription: str


@dataclass(frozen=True, slots=True)
class ChangeAnnounced(Fact):
    """All who subscribed to an address were told of a change, or could not be; nobody is told of it again.

    `event`: changed, deprecated or ended; `key` names the change; `told` are the notifiers that heard of it.
    """

    address: str
    event: str
    key: str
    told: Sequence[str] = ()
