"""Look at the first rows, to choose how all of them are read.

A column of few values is judged by value, one of many row by row. Where the first rows hold few that fail, a
scan keeps the rows that it finds failing, to be shown: looking for them again would read everything twice.
Where they hold many, some are found at once, and keeping the first of millions costs more than the scan.
"""

from collections.abc import Sequence
from dataclasses import replace

from meshwright.audit.examples import kept_rows
from meshwright.audit.plan import MOST_EXAMPLES, AuditPlan, Check, Measure, Rows, Scan
from meshwright.audit.scans import bad_key, shown_key
from meshwright.audit.sqltext import identifier
from meshwright.spi.engine import Session

# A column with more distinct values than this in the first rows is judged row by row.
FEW_VALUES = 12_000
FIRST_ROWS = 20_000
_KEEPING = ("ranges", "rows")
_UNKNOWN = FIRST_ROWS  # what could not be looked at is taken to be many


class FirstRows:
    """What the first rows of one relation show: distinct values by column, failing rows by check."""

    def __init__(self, plan: AuditPlan, scans: Sequence[Scan]) -> None:
        self._plan = plan
        self._columns = [scan.column for scan in scans if scan.kind == "values"]
        checks = {check.id: check for check in plan.checks}
        apart = [each for scan in scans if (each := _apart(scan)) is not None]
        self._checks = [checks[m.key] for scan in apart for m in scan.measures if m.key in checks]
        self._relation = scans[0].relation
        self._values: dict[str, int] = {}
        self._failing: dict[str, int] = {}

    @property
    def sql(self) -> str:
        """Return the query; empty where there is nothing to choose."""
        counts = [f"approx_count_distinct({identifier(name)})" for name in self._columns]
        counts += [f"count(*) FILTER (WHERE {predicate_of(check)})" for check in self._checks]
        source = f"(SELECT * FROM {self._relation} LIMIT {FIRST_ROWS})"
        return f"SELECT {', '.join(counts)} FROM {source}" if counts else ""

    def look(self, session: Session) -> None:
        """Run the query."""
        counts = [n if isinstance(n, int) else 0 for n in session.rows(self.sql, trusted=True)[0]]
        self._values = dict(zip(self._columns, counts, strict=False))
        failing = counts[len(self._columns) :]
        self._failing = {c.id: n for c, n in zip(self._checks, failing, strict=True)}

    def chosen(self, scan: Scan) -> Scan:
        """Return a scan as it should be run; without a look, row by row and keeping none."""
        if scan.kind == "values" and self._values.get(scan.column, _UNKNOWN) <= FEW_VALUES:
            return scan
        apart = _apart(scan)
        return scan if apart is None else self._keeping(apart)

    def _keeping(self, scan: Scan) -> Scan:
        measures = list(scan.measures)
        for check in self._checks:
            rows = kept_rows(check, self._plan)
            is_here = any(measure.key == check.id for measure in measures)
            if not is_here or not rows or self._failing.get(check.id, _UNKNOWN) >= MOST_EXAMPLES:
                continue
            kept = f"min({rows}, {MOST_EXAMPLES}) FILTER (WHERE {predicate_of(check)})"
            measures = [m for m in measures if m.key != bad_key(check.id)]
            measures.append(Measure(shown_key(check.id), kept))
        return replace(scan, measures=tuple(measures))


def predicate_of(check: Check) -> str:
    """Return what is true for a row that fails a check of rows."""
    assert isinstance(check.probe, Rows)
    return check.probe.predicate


def _apart(scan: Scan) -> Scan | None:
    """Return the scan of one column's failing rows alone, if it is or may become one."""
    return scan if scan.kind in _KEEPING else scan.by_row
