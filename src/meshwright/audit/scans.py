"""Choose the scans: which measures share a pass over the data, and which are cheaper alone.

A small table is judged by one fused query. In a large one, exact distinct counts run alone (inside a wide
query they multiply its memory), dear predicates run once a distinct value where there are few, and keys of
integers and dates within a narrow range are counted in a bitmap. Uniqueness is exact in every case: a
64-bit hash that never repeats proves it, and one that does is looked into.
"""

from collections.abc import Mapping, Sequence

from meshwright.audit.footers import holds, read_footers
from meshwright.audit.key_scans import key_scans, overlap_scans
from meshwright.audit.plan import (
    MOST_EXAMPLES,
    Check,
    Duplicates,
    Measure,
    Orphans,
    Query,
    RowCount,
    Rows,
    Scan,
)
from meshwright.audit.profiling import profile_measures
from meshwright.audit.sampling import value_measures
from meshwright.audit.sqltext import identifier, relation
from meshwright.audit.target import AuditTarget

ROWS = "#rows"


def answer_from_files(checks: Sequence[Check], target: AuditTarget) -> dict[str, int]:
    """Return the failed rows of the checks that file statistics answer exactly."""
    types = {column.name: column.type for column in target.columns}
    answered: dict[str, int] = {}
    for check in checks:
        files = target.files_of(whole=check.on_whole)
        total = target.rows_of(whole=check.on_whole)
        probe = check.probe
        if isinstance(probe, RowCount) and total is not None:
            answered[check.id] = total
        elif isinstance(probe, Rows | Duplicates | Orphans) and total == 0:
            answered[check.id] = 0
        elif isinstance(probe, Rows) and probe.column and files:
            kind = types[probe.column]
            footers = read_footers(files, probe.column, kind)
            if probe.nulls and footers.nulls is not None:
                answered[check.id] = footers.nulls
            elif probe.bound and holds(probe.bound, footers, kind):
                answered[check.id] = 0
    return answered


def plan_scans(
    checks: Sequence[Check],
    answered: Mapping[str, int],
    target: AuditTarget,
    *,
    profile: str,
    is_tiered: bool,
) -> tuple[Scan, ...]:
    """Return the scans that measure every check that is not answered yet, and the profile."""
    todo = [check for check in checks if check.id not in answered]
    found: list[Scan] = []
    for whole in (False, True):
        mine = [check for check in todo if check.on_whole == whole]
        source = relation(target.relation(whole=whole))
        by_row, ranges, values = _sorted(mine, is_tiered=is_tiered)
        wide = [Measure(check.id, _measure(check)) for check in by_row]
        if target.rows_of(whole=whole) is None and (mine or not whole):
            wide.append(Measure(ROWS, "count(*)"))
        keys = key_scans(mine, source, target, whole=whole, is_tiered=is_tiered)
        if not is_tiered:
            wide += [measure for scan in keys for measure in scan.measures]
            keys = []
        if not whole:
            counted = frozenset(values)
            counted |= frozenset() if target.is_append else _unique_columns(mine)
            wide += profile_measures(target, profile, is_tiered=is_tiered, counted=counted)
        found += [Scan("wide", source, tuple(wide), source)] if wide else []
        found += [_range_scan(group, source, column) for column, group in ranges.items()]
        found += [_value_scan(group, source, column, profile) for column, group in values.items()]
        found += keys
        found += [_orphan_scan(check, source) for check in mine if isinstance(check.probe, Orphans)]
        found += overlap_scans(mine, target) if not whole else []
    found += [_query(check, target) for check in todo if isinstance(check.probe, Query)]
    return tuple(found)


Grouped = dict[str, list[Check]]


def _sorted(checks: Sequence[Check], *, is_tiered: bool) -> tuple[list[Check], Grouped, Grouped]:
    """Sort checks into those of the wide scan, and those better measured column by column."""
    by_row: list[Check] = []
    ranges: Grouped = {}
    values: Grouped = {}
    for check in checks:
        probe = check.probe
        if isinstance(probe, RowCount):
            by_row.append(check)
        elif isinstance(probe, Rows):
            if is_tiered and probe.by_value:
                values.setdefault(probe.column, []).append(check)
            elif is_tiered and probe.column and (probe.bound or probe.nulls):
                ranges.setdefault(probe.column, []).append(check)
            else:
                by_row.append(check)
    return by_row, ranges, values


def _unique_columns(checks: Sequence[Check]) -> frozenset[str]:
    """Return the columns whose distinct values the proof of uniqueness counts."""
    probes = [check.probe for check in checks if isinstance(check.probe, Duplicates)]
    return frozenset(probe.columns[0] for probe in probes if len(probe.columns) == 1)


def _measure(check: Check) -> str:
    return _count_of(check.probe.predicate) if isinstance(check.probe, Rows) else "count(*)"


def _count_of(predicate: str) -> str:
    return f"count(*) FILTER (WHERE {predicate})"


def _range_scan(checks: Sequence[Check], source: str, column: str) -> Scan:
    """Count what is beyond a limit: the filter skips the row groups that hold no such value."""
    predicates = {c.id: c.probe.predicate for c in checks if isinstance(c.probe, Rows)}
    return Scan(
        "ranges",
        f"{source} WHERE {' OR '.join(predicates.values())}",
        tuple(Measure(key, _count_of(predicate)) for key, predicate in predicates.items()),
        source,
        column,
    )


def bad_key(check: str) -> str:
    """Return the key of the measure that lists some values that fail a check."""
    return f"#bad:{check}"


def shown_key(check: str) -> str:
    """Return the key of the measure that keeps some rows that fail a check, as they may be shown."""
    return f"#shown:{check}"


def _value_scan(checks: Sequence[Check], source: str, column: str, profile: str) -> Scan:
    """Judge each distinct value once; where there are too many, each row, with one filter for all.

    A cheap filter reads rows faster than distinct values are found, which only a profile wants besides.
    """
    name, count = identifier(column), identifier("mesh rows")
    predicates = {c.id: c.probe.predicate for c in checks if isinstance(c.probe, Rows)}
    bad = [
        Measure(bad_key(c.id), f"min({name}, {MOST_EXAMPLES}) FILTER (WHERE {predicates[c.id]})")
        for c in checks
        if c.kind != "missingValues"
    ]
    summed = [
        Measure(key, f"coalesce(sum({count}) FILTER (WHERE {predicate}), 0)")
        for key, predicate in predicates.items()
    ]
    counted = [Measure(key, _count_of(predicate)) for key, predicate in predicates.items()]
    by_row = Scan(
        "rows",
        f"{source} WHERE {' OR '.join(_not_implied(checks))}",
        (*counted, *bad),
        source,
        column,
    )
    if profile == "none" and not any(isinstance(c.probe, Rows) and c.probe.is_dear for c in checks):
        return by_row
    return Scan(
        "values",
        f"(SELECT {name}, count(*) AS {count} FROM {source} GROUP BY {name})",
        (*summed, *bad, *value_measures(column, name, count, profile)),
        source,
        column,
        by_row=by_row,
    )


def _not_implied(checks: Sequence[Check]) -> list[str]:
    """Return the predicates, without those that fail only where another one does."""
    probes = [check.probe for check in checks if isinstance(check.probe, Rows)]
    return [p.predicate for p in probes if not any(other.implies(p) for other in probes)]


def _orphan_scan(check: Check, source: str) -> Scan:
    assert isinstance(check.probe, Orphans)
    where = f"{source} WHERE {check.probe.predicate}"
    return Scan("orphans", where, (Measure(check.id, "count(*)"),), source)


def _query(check: Check, target: AuditTarget) -> Scan:
    probe = check.probe
    assert isinstance(probe, Query)
    source = relation(target.relation(whole=True))
    table = identifier(probe.table)
    return Scan(
        "query",
        f"(\n{probe.sql}\n) AS answer LIMIT 2",
        (Measure(check.id, "*"),),
        source,
        prefix=f"WITH {table} AS (SELECT * FROM {source}) ",
    )
