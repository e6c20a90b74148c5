"""Rows by segment and by time: one more query each, and only where a port's owner asked for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from meshwright.audit.plan import AuditPlan
from meshwright.audit.sqltext import identifier, relation

MOST_SEGMENTS = 50  # of each column, those with the most rows
MOST_BUCKETS = 400
_LONGEST = 60  # characters of a value in the name of a segment


@dataclass(frozen=True, slots=True)
class Segment:
    """One value of a column: how many of the fresh rows have it, and their NULLs by column."""

    name: str
    rows: int
    nulls: dict[str, int]


def segment_sql(plan: AuditPlan) -> str:
    """Return the query that counts rows and NULLs by segment; '' where there are none."""
    by = segment_columns(plan)
    if not by or not plan.target.fresh_rows:
        return ""
    names = [identifier(name) for name in by]
    which = ", ".join(f"GROUPING({name})" for name in names)
    values = ", ".join(f"CAST({name} AS VARCHAR)" for name in names)
    nulls = "".join(f", count(*) - count({identifier(name)})" for name in counted_columns(plan))
    sets = ", ".join(f"({name})" for name in names)
    first = f"row_number() OVER (PARTITION BY {which} ORDER BY count(*) DESC, {values})"
    return (
        f"SELECT {which}, {values}, count(*){nulls} FROM {relation(plan.target.fresh)}"
        f" GROUP BY GROUPING SETS ({sets}) QUALIFY {first} <= {MOST_SEGMENTS}"
    )


def segments_from(plan: AuditPlan, rows: Sequence[tuple[object, ...]]) -> list[Segment]:
    """Read what that query gave."""
    by, counted = segment_columns(plan), counted_columns(plan)
    found = []
    for row in rows:
        which, values = row[: len(by)], row[len(by) : 2 * len(by)]
        number = next(index for index, grouped in enumerate(which) if grouped == 0)
        total, *nulls = (int(str(count)) for count in row[2 * len(by) :])
        name = _name(by[number], values[number])
        found.append(Segment(name, total, dict(zip(counted, nulls, strict=True))))
    return found


def segment_columns(plan: AuditPlan) -> list[str]:
    """Return the columns whose values are segments: there, and not classified."""
    staged = {column.name for column in plan.target.columns}
    return [name for name in plan.target.by if name in staged and name not in plan.classified]


def counted_columns(plan: AuditPlan) -> list[str]:
    """Return the columns whose NULLs are counted by segment: those that may have any."""
    never = {check.column for check in plan.checks if check.kind == "required"}
    apart = {*never, *plan.key, *plan.target.by}
    return [column.name for column in plan.target.columns if column.name not in apart]


def bucket_sql(plan: AuditPlan) -> str:
    """Return the query that counts rows by time; '' where nobody asked, or the files tell."""
    target = plan.target
    staged = {column.name for column in target.columns}
    if not target.every or target.time not in staged or not target.fresh_rows:
        return ""
    if target.intervals or target.time in plan.classified:
        return ""
    bucket = f"date_trunc('{target.every}', {identifier(target.time)})"
    return (
        f"SELECT {bucket}, count(*) FROM {relation(target.fresh)}"
        f" WHERE {identifier(target.time)} IS NOT NULL GROUP BY 1 ORDER BY 1 DESC LIMIT {MOST_BUCKETS}"
    )


def buckets_from(rows: Sequence[tuple[object, ...]]) -> dict[str, int]:
    """Return rows by the ISO start of their time, oldest first."""
    found = {}
    for start, count in reversed(rows):
        if isinstance(start, datetime):
            is_day = (start.hour, start.minute, start.second) == (0, 0, 0) and not start.tzinfo
            found[(start.date() if is_day else start).isoformat()] = int(str(count))
        elif isinstance(start, date):
            found[start.isoformat()] = int(str(count))
    return found


def _name(column: str, value: object) -> str:
    if value is None:
        return f"{column} is null"
    written = " ".join(str(value).split())
    return f"{column}={written[:_LONGEST]}"
