"""The numbers of an audit that become points of series: counts, shares and distances, never a value."""

from collections.abc import Mapping, Sequence

from meshwright.audit.drift import LEAST, distances
from meshwright.audit.footers import read_footers
from meshwright.audit.grouped import Segment
from meshwright.audit.plan import AuditPlan
from meshwright.audit.sqltext import TEMPORAL
from meshwright.audit.type_rules import staged_type
from meshwright.model.check import ColumnProfile, Metric, Profile

_UNIQUE = 0.9


def measure(
    plan: AuditPlan,
    profile: Profile,
    total: int,
    segments: Sequence[Segment] = (),
    buckets: Mapping[str, int] | None = None,
) -> tuple[Metric, ...]:
    """Return every metric of a port, its columns, its segments and its times."""
    target = plan.target
    found: list[Metric] = [("", "rows", float(total))]
    if target.intervals or (profile.rows and total != profile.rows):
        found.append(("", "fresh_rows", float(profile.rows)))
    found.append(("", "bytes", float(sum(f.bytes for f in target.files_of(whole=True)))))
    for column in profile.columns:
        found += _of_column(plan, column, profile.rows)
    for segment in segments:
        found += _of_segment(segment, is_append=target.is_append or bool(target.intervals))
    counted = target.intervals or _changed(buckets or {}, target.counted)
    found += [("", "interval_rows", float(rows), "", at) for at, rows in counted.items()]
    return tuple(found)


def newest_time(plan: AuditPlan) -> str:
    """Return the latest time of the rows by their own column, as far as the files say; else ''."""
    kinds = {column.name: staged_type(column.type).name for column in plan.target.columns}
    kind = kinds.get(plan.target.time, "")
    if kind not in TEMPORAL or plan.target.time in plan.classified:
        return ""
    high = read_footers(plan.target.files, plan.target.time, kind).high
    return "" if high is None else str(high)


def _of_column(plan: AuditPlan, column: ColumnProfile, rows: int) -> list[Metric]:
    name = column.column
    if not rows:
        return []
    found: list[Metric] = [(name, "nulls", float(column.nulls))]
    found.append((name, "null_share", column.nulls / rows))
    present = rows - column.nulls
    if column.distinct is not None and len(plan.target.intervals) <= 1:  # of several, it grows
        found.append((name, "distinct", float(column.distinct)))
        if present:
            found.append((name, "distinct_share", min(column.distinct / present, 1.0)))
    if name in plan.classified or present < LEAST or _is_named_by_time(plan, column):
        return found
    if not _is_identifying(plan, column, present):
        if column.mean is not None:
            found.append((name, "mean", column.mean))
        if column.deviation is not None:
            found.append((name, "deviation", column.deviation))
        reference = plan.target.references_of.get(name)
        if reference is not None:
            found += [(name, word, value) for word, value in distances(column, reference).items()]
    return found


def _is_named_by_time(plan: AuditPlan, column: ColumnProfile) -> bool:
    """Say whether a column only repeats which interval the new rows are of (a year, a month…)."""
    return bool(plan.target.intervals) and column.distinct == 1 and column.nulls == 0


def _is_identifying(plan: AuditPlan, column: ColumnProfile, present: int) -> bool:
    """Say whether a column's values are names: nothing follows from where they lie."""
    if plan.key == (column.column,):
        return True
    return column.distinct is not None and column.distinct > _UNIQUE * present


def _of_segment(segment: Segment, *, is_append: bool) -> list[Metric]:
    rows = "fresh_rows" if is_append else "rows"
    found: list[Metric] = [("", rows, float(segment.rows), segment.name)]
    if segment.rows:
        found += [
            (column, "null_share", nulls / segment.rows, segment.name)
            for column, nulls in segment.nulls.items()
        ]
    return found


def _changed(buckets: Mapping[str, int], before: Mapping[str, float]) -> dict[str, int]:
    return {at: rows for at, rows in buckets.items() if before.get(at) != rows}
