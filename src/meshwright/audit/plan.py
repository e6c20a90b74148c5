"""The plan of an audit: checks, how each is measured, and the scans that measure them together."""

from collections.abc import Mapping
from dataclasses import dataclass

from meshwright.audit.sqltext import identifier, relation
from meshwright.audit.target import AuditTarget
from meshwright.model.contract import Threshold

MOST_EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class Settled:
    """The contract and the staged columns alone decide: passed, failed, errored or not_enforced."""

    status: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Bound:
    """A limit on a top-level column, which exact minima and maxima can answer.

    `operator` is what a violating value satisfies: `<`, `<=`, `>`, `>=`.
    """

    operator: str
    limit: str  # as footers write it


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows fail one by one. `predicate` is true (never only NULL) for a failing row.

    `nulls` says that exactly the NULLs of `column` fail; `bound` that a limit does; `by_value` that the
    predicate depends on the value of `column` alone, so that it may be run on distinct values; `is_dear` that
    it is no filter that an engine runs on the dictionary of a column.
    `lengths` are of all text that passes (least, greatest); `length_limit` is what a wrong length satisfies.
    """

    predicate: str
    column: str = ""
    nulls: bool = False
    bound: Bound | None = None
    by_value: bool = False
    is_dear: bool = False
    lengths: tuple[int, int | None] | None = None
    length_limit: tuple[str, int] | None = None

    def implies(self, other: "Rows") -> bool:
        """Say whether a row that passes this must pass the other, which is about the same column."""
        if self.lengths is None or other.length_limit is None:
            return False
        sign, limit = other.length_limit
        least, greatest = self.lengths
        return least >= limit if sign == "<" else greatest is not None and greatest <= limit


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Rows fail together: those that share their key with another. Rows with a NULL in it share nothing,
    but fail by themselves when `nulls_fail`. `columns` are the plain columns, where all keys are such."""

    keys: tuple[str, ...]
    columns: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    nulls_fail: bool = False


@dataclass(frozen=True, slots=True)
class Orphans:
    """Rows fail whose key, without NULLs, is nowhere in another relation."""

    keys: tuple[str, ...]
    relation: str
    columns: tuple[str, ...]

    @property
    def predicate(self) -> str:
        """Return what is true for an orphan."""
        theirs = [f"parent.{identifier(column)}" for column in self.columns]
        known = " AND ".join(f"{column} IS NOT NULL" for column in theirs)
        given = " AND ".join(f"{key} IS NOT NULL" for key in self.keys)
        mine = self.keys[0] if len(self.keys) == 1 else f"row({', '.join(self.keys)})"
        parent = theirs[0] if len(theirs) == 1 else f"row({', '.join(theirs)})"
        source = f"SELECT {parent} FROM {relation(self.relation)} AS parent WHERE {known}"
        return f"({given} AND {mine} NOT IN ({source}))"


@dataclass(frozen=True, slots=True)
class RowCount:
    """The number of rows is the value."""


@dataclass(frozen=True, slots=True)
class Query:
    """A SELECT gives one value; in it the audited rows are called `table`."""

    sql: str
    table: str


Probe = Settled | Rows | Duplicates | Orphans | RowCount | Query


@dataclass(frozen=True, slots=True)
class Check:
    """One item of a contract, compiled.

    Without `thresholds` no row may fail. `columns` are the top-level columns that an example shows.
    `is_private` keeps the measured value of a query over classified data out of everything.
    """

    id: str
    kind: str
    probe: Probe
    column: str = ""
    severity: str = "error"
    expectation: str = ""
    thresholds: tuple[Threshold, ...] = ()
    unit: str = "rows"
    columns: tuple[str, ...] = ()
    on_whole: bool = False  # judged on the table as it will be, else on the fresh rows
    is_private: bool = False


@dataclass(frozen=True, slots=True)
class Measure:
    """One aggregate of a scan. `key` is a check's id, or starts with `#` for the profile's numbers."""

    key: str
    sql: str


@dataclass(frozen=True, slots=True)
class Scan:
    """One query that gives one row of measures.

    `by_row` takes the place of a `values` scan whose column turns out to have too many distinct values.
    """

    kind: str  # wide | ranges | values | rows | keys | orphans | query
    source: str
    measures: tuple[Measure, ...]
    relation: str = ""
    column: str = ""
    by_row: "Scan | None" = None
    note: str = ""
    prefix: str = ""

    @property
    def sql(self) -> str:
        """Return the query."""
        wanted = ",\n  ".join(measure.sql for measure in self.measures)
        return f"{self.prefix}SELECT\n  {wanted}\nFROM {self.source}"


@dataclass(frozen=True, slots=True)
class AuditPlan:
    """All that an audit will do. `answered` maps checks to failed rows that file statistics gave."""

    port: str
    target: AuditTarget
    checks: tuple[Check, ...]
    scans: tuple[Scan, ...]
    answered: Mapping[str, int]
    key: tuple[str, ...] = ()
    classified: frozenset[str] = frozenset()
    profile: str = "full"  # none | light | full
    is_tiered: bool = False
