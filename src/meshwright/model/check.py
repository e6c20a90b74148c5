"""Checks and profiles: what an audit asks of staged data, and what it found."""

from collections.abc import Mapping
from dataclasses import dataclass, field

# (column, name, number), and where it is of a segment or has a time of its own also (…, segment, time).
Metric = tuple[str, str, float] | tuple[str, str, float, str] | tuple[str, str, float, str, str]


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """What became of one item of a contract.

    `id` is stable across builds: `column.required`, `primaryKey`, `quality.<key>`, `column.quality.<key>`.
    `status` is passed, failed, errored or not_enforced. `value` is what was measured, in the rule's unit
    (never a value of the data). A failed check of severity `error` rejects the build.
    """

    id: str
    kind: str
    status: str
    severity: str = "error"
    column: str = ""
    failed_rows: int | None = None
    total_rows: int | None = None
    value: float | None = None
    expectation: str = ""
    reason: str = ""  # of errored and not_enforced
    carried: bool = False  # true when the verdict was taken over from the version this one extends

    @property
    def rejects(self) -> bool:
        """Say whether this alone keeps the build from being published."""
        return self.status in ("failed", "errored") and self.severity == "error"


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """The shape of one column. Literals (min, max, quantiles, top) are absent for classified columns."""

    column: str
    type: str
    nulls: int
    distinct: int | None = None
    is_distinct_exact: bool = False
    minimum: object = None
    maximum: object = None
    mean: float | None = None
    deviation: float | None = None
    quantiles: tuple[float, ...] = ()  # at 0.05, 0.25, 0.5, 0.75, 0.95
    histogram: tuple[tuple[float, float, int], ...] = ()  # (from, to, rows)
    top: tuple[tuple[object, int], ...] = ()
    is_open: bool = False  # whether the outer bins also hold what lies beyond them


@dataclass(frozen=True, slots=True)
class Profile:
    """The shape of a table; `sampled_rows` says how many rows quantiles, histogram and top came from."""

    rows: int
    columns: tuple[ColumnProfile, ...] = ()
    sampled_rows: int = 0


@dataclass(frozen=True, slots=True)
class Example:
    """Rows that a failed check points at (at most 20): never a value of a classified column."""

    check: str
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of one port's audit."""

    port: str
    outcomes: tuple[CheckOutcome, ...]
    profile: Profile
    examples: tuple[Example, ...] = ()
    scans: tuple[str, ...] = ()  # the SQL that ran, for `--explain`
    quarantined: int = 0
    metrics: tuple[Metric, ...] = ()  # what becomes points of series
    newest: str = ""  # the latest time of the rows by their own column, as files write it
    details: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_rejected(self) -> bool:
        """Say whether a check of severity `error` failed."""
        return any(outcome.rejects for outcome in self.outcomes)
