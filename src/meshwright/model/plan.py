"""What a run would do, and what it did."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from meshwright.model.address import Address
from meshwright.model.check import Example
from meshwright.model.problem import Place, Problem

NOWHERE = Place("")


@dataclass(frozen=True, slots=True)
class ChangedItem:
    """One difference between two contracts. `path` is a column, a rule or a key of the contract.

    `place` is where it stands now, or where it would stand; `breaks` what a consumer will notice.
    """

    level: str
    path: str
    what: str
    breaks: str = ""
    place: Place = NOWHERE

    def __str__(self) -> str:
        return f"{self.what}: {self.breaks}" if self.breaks else self.what


@dataclass(frozen=True, slots=True)
class Affected:
    """A product that would notice a change: which of its columns (addresses), and whose it is.

    `columns` is empty where it is not known which; `people` are owners, and who has a grant.
    """

    product: str
    columns: tuple[str, ...] = ()
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ContractChange:
    """How a port's contract differs from the one last published. `level`: patch, minor or major.

    `place` is the version that the contract declares. `items` are `details` in words, and any advice.
    """

    port: str
    level: str
    old_version: str
    new_version: str
    items: tuple[str, ...]
    refusal: str = ""  # why it may not be published as it is; empty when it may
    suggestion: str = ""  # the version to write
    details: tuple[ChangedItem, ...] = ()
    affected: tuple[Affected, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that a product would break. `severity`: block, warn or advise; `exempted`: until when, or ''."""

    rule: str
    severity: str
    address: str
    message: str
    remedy: str = ""
    exempted: str = ""
    place: Place = NOWHERE

    @property
    def is_blocking(self) -> bool:
        """Say whether it keeps the product from being built."""
        return self.severity == "block" and not self.exempted


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that must not be published, and what proves it: `path` leads from where it comes from."""

    code: str
    address: str
    message: str
    hint: str = ""
    path: tuple[str, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Step:
    """What a run would do with one product.

    `violations` and `refusals` may be there whatever the action; with a blocking one it is refused.
    `action`: build, up_to_date, refused (a contract change forbids it), held (rolled back and unchanged
    since), after (only if a product it reads gets new data), retired.
    """

    product: Address
    action: str
    reasons: tuple[str, ...] = ()
    changes: tuple[ContractChange, ...] = ()
    served: int | None = None
    problems: tuple[Problem, ...] = ()
    violations: tuple[Violation, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    notices: tuple[Problem, ...] = ()  # warnings: what is true today and will not be some day


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps in the order in which they would run."""

    steps: tuple[Step, ...]
    problems: tuple[Problem, ...] = ()
    as_of: str = ""
    against: str = ""  # what contracts are compared with, where it is not what is served

    @property
    def work(self) -> tuple[Step, ...]:
        """Return the steps that are not up to date."""
        return tuple(step for step in self.steps if step.action != "up_to_date")


@dataclass(frozen=True, slots=True)
class PortResult:
    """What a build made of one port. `status`: built, reused or rejected."""

    port: str
    status: str
    rows: int
    quarantined: int = 0
    checks: int = 0
    not_enforced: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    plan: str = ""


@dataclass(frozen=True, slots=True)
class FailedCheck:
    """A check that kept a build from being published, with what to look at."""

    port: str
    check: str
    status: str
    severity: str
    expectation: str
    failed_rows: int | None
    total_rows: int | None
    reason: str = ""
    value: float | None = None  # what was measured, in the rule's unit
    example: Example | None = None


@dataclass(frozen=True, slots=True)
class BuildResult:
    """How one product's build ended.

    `status`: published, rejected, failed, up_to_date, refused, held, skipped or retired.
    """

    product: Address
    status: str
    version: int | None = None  # the version published; None unless status is published
    served: int | None = None  # the version that readers see now
    build: str = ""
    ports: Mapping[str, PortResult] = field(default_factory=dict)
    failed_checks: tuple[FailedCheck, ...] = ()
    reasons: tuple[str, ...] = ()
    error: str = ""
    error_code: str = ""
    error_kind: str = ""  # the value of the error's ErrorKind
    hint: str = ""
    seconds: float = 0.0
    as_of: str = ""
    waiver: str = ""
    ended: float = 0.0  # seconds since 1970; 0 for a product that was not built
