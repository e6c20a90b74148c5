"""How mature a product is: five aspects, each the share of plain questions that it answers with yes.

Pure: what is known of a product comes in as a `Standing`, and each question that it fails gives the next step
to take. "Certified" is never typed by anybody: it follows from the aspects and from what is open.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from meshwright.model.counted import counted

ASPECTS = ("documented", "contracted", "observed", "governed", "used")
CERTIFYING = ("documented", "contracted", "observed", "governed")
ENOUGH = 0.9  # of each certifying aspect
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class PortStanding:
    """What is known of one output port. Numbers of columns are of its contract."""

    name: str
    has_contract: bool = False
    has_description: bool = False
    columns: int = 0
    columns_described: int = 0
    columns_typed: int = 0
    has_key: bool = False
    checks: int = 0
    not_enforced: int = 0
    levels: tuple[str, ...] = ()  # names of its service levels
    is_watched: bool = True
    has_personal: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a product. `violations` are (rule, severity) of rules it breaks without exemption."""

    product: str
    purpose: str = ""
    owners: tuple[str, ...] = ()
    semver: str = ""
    tags: tuple[str, ...] = ()
    ports: tuple[PortStanding, ...] = ()
    tests: int = 0
    terms: int = 0
    is_served: bool = False
    health: str = "unknown"
    incidents: int = 0
    is_alerted: bool = False
    is_ruled: bool = False  # the mesh has governance rules
    violations: tuple[tuple[str, str], ...] = ()
    exemptions: int = 0
    suggestions: int = 0
    waivers: int = 0
    consumers: int = 0
    readers: int = 0  # people and programs that read it in the last 30 days


@dataclass(frozen=True, slots=True)
class Aspect:
    """One aspect: `score` from 0 to 1, and what to do for more, the most telling first."""

    name: str
    score: float
    todo: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """A product's maturity. `withheld` says why it is not certified; empty when it is."""

    product: str
    aspects: tuple[Aspect, ...]
    withheld: tuple[str, ...] = ()

    @property
    def is_certified(self) -> bool:
        """Say whether nothing withholds the badge."""
        return not self.withheld

    @property
    def total(self) -> float:
        """Return the mean of the aspects."""
        return sum(aspect.score for aspect in self.aspects) / len(self.aspects)

    @property
    def scores(self) -> Mapping[str, float]:
        """Return each aspect's score by its name, to two digits."""
        return {aspect.name: round(aspect.score, 2) for aspect in self.aspects}


Answer = tuple[
    float, str
]  # how far a question is answered with yes, and what to do where it is not


def judge_standing(standing: Standing) -> Score:
    """Return the score of a product."""
    questions = (_documented, _contracted, _observed, _governed, _used)
    aspects = tuple(
        _aspect(name, list(ask(standing))) for name, ask in zip(ASPECTS, questions, strict=True)
    )
    return Score(standing.product, aspects, tuple(_withheld(standing, aspects)))


def domain_means(scores: Sequence[Score]) -> dict[str, dict[str, float]]:
    """Return, by domain, the mean of each aspect over its products."""
    domains: dict[str, list[Score]] = {}
    for score in scores:
        domains.setdefault(score.product.partition(".")[0], []).append(score)
    return {
        domain: {
            name: round(sum(score.aspects[i].score for score in of_it) / len(of_it), 2)
            for i, name in enumerate(ASPECTS)
        }
        for domain, of_it in domains.items()
    }


def _aspect(name: str, answers: list[Answer]) -> Aspect:
    share = sum(answer for answer, _ in answers) / len(answers) if answers else 0.0
    missing = sorted((answer, todo) for answer, todo in answers if answer < 1)
    return Aspect(name, share, tuple(todo for _, todo in missing))


def _documented(standing: Standing) -> Iterator[Answer]:
    yield _yes(standing.purpose), "say in product.odps.yaml what the product is for"
    yield _yes(standing.owners), "name an owner"
    yield _yes(standing.tags), "give it tags, so that it is found"
    for port in standing.ports:
        yield _yes(port.has_description), f"describe port {port.name}"
        missing = port.columns - port.columns_described
        yield (
            _share(port.columns_described, port.columns),
            f"describe {counted(missing, 'column')} of {port.name}",
        )
    yield _yes(standing.terms), "link a column to a term of the glossary (mesh terms suggest)"


def _contracted(standing: Standing) -> Iterator[Answer]:
    for port in standing.ports:
        yield _yes(port.has_contract), f"write a contract for port {port.name}"
        yield _yes(port.has_key), f"declare the primary key of {port.name}"
        yield _yes(port.checks), f"add a quality rule to {port.name}"
        yield _yes(port.levels), f"promise a service level of {port.name}"
        missing = port.columns - port.columns_typed
        yield (
            _share(port.columns_typed, port.columns),
            f"type {counted(missing, 'column')} of {port.name}",
        )
        yield (
            _yes(not port.not_enforced),
            f"{counted(port.not_enforced, 'promise')} of {port.name} NOT ENFORCED",
        )
    yield _yes(standing.tests), "write a model test (tests/*.yaml)"
    is_settled = not standing.semver.startswith("0.")
    yield _yes(standing.semver and is_settled), "settle it: release version 1.0.0"


def _observed(standing: Standing) -> Iterator[Answer]:
    yield _yes(standing.is_served), "build it: mesh run"
    for port in standing.ports:
        fresh = {"frequency", "freshness", "latency", "timeOfAvailability"} & set(port.levels)
        yield _yes(fresh), f"promise how fresh {port.name} is (slaProperties)"
        yield _yes(port.is_watched), f"watch {port.name} again (observe: in build.yaml)"
    yield _yes(standing.health in ("healthy", "unknown")), f"it is {standing.health}: mesh health"
    yield (
        _yes(not standing.incidents),
        f"{counted(standing.incidents, 'open incident')}: mesh incidents",
    )
    yield _yes(standing.is_alerted), "let somebody be told (alerts: in mesh.yaml)"


def _governed(standing: Standing) -> Iterator[Answer]:
    yield _yes(standing.is_ruled), "no rule governs the mesh: mesh policy add"
    rules = ", ".join(rule for rule, _ in standing.violations[:_SHOWN])
    yield _yes(not standing.violations), f"it breaks rules: {rules} (mesh policy explain)"
    unsure = standing.suggestions
    yield (
        _yes(not unsure),
        f"{counted(unsure, 'column')} may be personal: mesh classify {standing.product}",
    )
    yield _yes(not standing.waivers), f"{counted(standing.waivers, 'waiver')} in force"
    yield _yes(not standing.exemptions), f"{counted(standing.exemptions, 'exemption')} in force"
    for port in standing.ports:
        is_kept = not port.has_personal or "retention" in port.levels
        yield _yes(is_kept), f"say how long personal data of {port.name} is kept (retention)"


def _used(standing: Standing) -> Iterator[Answer]:
    yield _yes(standing.consumers), "no product reads it"
    yield _yes(standing.readers), "nobody read it in the last 30 days"


def _withheld(standing: Standing, aspects: tuple[Aspect, ...]) -> Iterator[str]:
    for aspect in aspects:
        if aspect.name in CERTIFYING and aspect.score < ENOUGH:
            yield f"{aspect.name} is {aspect.score:.0%}, {ENOUGH:.0%} is needed"
    if not standing.is_served:
        yield "it was never published"
    if standing.health not in ("healthy", "unknown"):
        yield f"it is {standing.health}"
    if standing.incidents:
        yield counted(standing.incidents, "open incident")
    blocking = [rule for rule, severity in standing.violations if severity != "advise"]
    if blocking:
        yield f"it breaks {', '.join(blocking[:_SHOWN])}"


def _yes(value: object) -> float:
    return 1.0 if value else 0.0


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
