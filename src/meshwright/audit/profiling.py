"""The profile: the shape of the fresh rows, measured in the checks' own scans as far as they reach.

Rows, nulls and ranges come from the files; mean, deviation and distinct counts ride on the wide scan;
quantiles, histogram and top values come from a sample. Mean and deviation are of finite values. A
classified column gets counts only: no literal of it is measured, so that none can leak.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

from meshwright.audit.footers import read_footers
from meshwright.audit.plan import AuditPlan, Duplicates, Measure
from meshwright.audit.sqltext import FLOATS, NUMBERS, TEMPORAL, identifier
from meshwright.audit.target import AuditTarget
from meshwright.audit.type_rules import staged_type
from meshwright.model.check import ColumnProfile, Profile
from meshwright.model.table import Column

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
SAMPLE_ROWS = 20_000
_BINS = 20
_TOP = 10
_PLAIN = NUMBERS | TEMPORAL | {"VARCHAR", "BOOLEAN"}

Measured = Mapping[str, object]


def profile_measures(
    target: AuditTarget, level: str, *, is_tiered: bool, skipped: frozenset[str]
) -> list[Measure]:
    """Return the profile's share of the wide scan over the fresh rows."""
    if level == "none" or target.fresh_rows == 0:
        return []
    found: list[Measure] = []
    for column in target.columns:
        name, kind = identifier(column.name), staged_type(column.type).name
        footers = read_footers(target.files, column.name, kind)
        if footers.nulls is None:
            found.append(Measure(f"#nulls:{column.name}", f"count(*) - count({name})"))
        if kind not in _PLAIN or (level == "light" and is_tiered):
            continue
        if column.name not in skipped:
            found.append(Measure(f"#distinct:{column.name}", f"approx_count_distinct({name})"))
        if kind in NUMBERS:
            finite = f" FILTER (WHERE isfinite({name}))" if kind in FLOATS else ""
            found.append(Measure(f"#mean:{column.name}", f"avg({name}){finite}"))
            found.append(Measure(f"#deviation:{column.name}", f"stddev_samp({name}){finite}"))
    return found


def value_measures(column: str, name: str, count: str, level: str) -> list[Measure]:
    """Return what a scan over a column's distinct values gives the profile: exact distinct, top values."""
    if level == "none":
        return []
    return [
        Measure(f"#exact:{column}", f"count({name})"),
        Measure(
            f"#top:{column}",
            f"arg_max(struct_pack(v := CAST({name} AS VARCHAR), n := {count}), {count}, {_TOP}) "
            f"FILTER (WHERE {name} IS NOT NULL)",
        ),
    ]


def sample_columns(plan: AuditPlan) -> list[Column]:
    """Return the columns of which a sample may show literals."""
    if plan.profile != "full" or plan.target.fresh_rows == 0:
        return []
    return [
        column
        for column in plan.target.columns
        if column.name not in plan.classified and staged_type(column.type).name in _PLAIN
    ]


def number_measures(columns: Sequence[Column], target: AuditTarget) -> list[Measure]:
    """Return quantiles and histogram of the numeric columns of a sample."""
    found: list[Measure] = []
    listed = ", ".join(str(q) for q in QUANTILES)
    for column in columns:
        kind = staged_type(column.type).name
        if kind not in NUMBERS:
            continue
        name = f"CAST({identifier(column.name)} AS DOUBLE)"
        finite = f"FILTER (WHERE isfinite({name}))" if kind in FLOATS else ""
        found.append(
            Measure(f"#quantiles:{column.name}", f"quantile_cont({name}, [{listed}]) {finite}")
        )
        edges = _edges(column, kind, target)
        if edges:
            bins = ", ".join(f"{edge!r}::DOUBLE" for edge in edges[1:])
            found.append(
                Measure(f"#histogram:{column.name}", f"histogram({name}, [{bins}]) {finite}")
            )
        else:
            found.append(Measure(f"#low:{column.name}", f"min({name}) {finite}"))
            found.append(Measure(f"#high:{column.name}", f"max({name}) {finite}"))
    return found


def _edges(column: Column, kind: str, target: AuditTarget) -> list[float]:
    footers = read_footers(target.files, column.name, kind)
    if not isinstance(footers.low, Decimal) or not isinstance(footers.high, Decimal):
        return []
    return bin_edges(float(footers.low), float(footers.high))


def bin_edges(low: float, high: float) -> list[float]:
    """Return the edges of equally wide bins from low to high."""
    if not low < high or high - low == float("inf"):
        return []
    width = (high - low) / _BINS
    return [low + width * number for number in range(_BINS)] + [high]


def top_sql(columns: Sequence[Column], source: str) -> str:
    """Return a query of (column, value, rows): the most frequent values of a sample's columns."""
    parts = []
    for column in columns:
        name = identifier(column.name)
        label = "'" + column.name.replace("'", "''") + "'"
        parts.append(
            f"(SELECT {label} AS c, CAST({name} AS VARCHAR) AS v, count(*) AS n FROM {source} "
            f"WHERE {name} IS NOT NULL GROUP BY {name} ORDER BY n DESC, v LIMIT {_TOP})"
        )
    return " UNION ALL ".join(parts)


def is_worth_top(column: Column, measured: Measured, rows: int) -> bool:
    """Say whether a column repeats its values enough for its top values to mean something."""
    if f"#top:{column.name}" in measured:
        return False
    distinct = measured.get(f"#distinct:{column.name}")
    return not isinstance(distinct, int) or distinct <= max(_TOP, rows // 2)


def assemble(
    plan: AuditPlan,
    measured: Measured,
    rows: int,
    sampled: int,
    top: Mapping[str, list[tuple[object, int]]],
) -> Profile:
    """Put the measures of all scans together."""
    if plan.profile == "none":
        return Profile(rows)
    columns = tuple(
        _column_profile(plan, column, measured, rows, top) for column in plan.target.columns
    )
    return Profile(rows, columns, sampled)


def _column_profile(
    plan: AuditPlan,
    column: Column,
    measured: Measured,
    rows: int,
    top: Mapping[str, list[tuple[object, int]]],
) -> ColumnProfile:
    name, kind = column.name, staged_type(column.type).name
    footers = read_footers(plan.target.files, name, kind)
    nulls = footers.nulls if footers.nulls is not None else _whole(measured.get(f"#nulls:{name}"))
    exact = measured.get(f"#exact:{name}")
    distinct = exact if exact is not None else measured.get(f"#distinct:{name}")
    is_exact = exact is not None
    if not is_exact and name in _proven_unique(plan, measured):
        distinct, is_exact = rows - (nulls or 0), True
    shape = ColumnProfile(name, column.type, nulls or 0, _count(distinct), is_exact)
    if name in plan.classified:
        return shape
    low, high = _range(plan, column, kind, measured)
    quantiles = measured.get(f"#quantiles:{name}")
    return ColumnProfile(
        name,
        column.type,
        shape.nulls,
        shape.distinct,
        is_exact,
        low,
        high,
        _real(measured.get(f"#mean:{name}")),
        _real(measured.get(f"#deviation:{name}")),
        tuple(float(q) for q in quantiles) if isinstance(quantiles, list) else (),
        _histogram(plan.target, column, kind, measured),
        tuple(_top_values(measured.get(f"#top:{name}")) or top.get(name, ())),
    )


def _proven_unique(plan: AuditPlan, measured: Measured) -> set[str]:
    return {
        check.probe.columns[0]
        for check in plan.checks
        if isinstance(check.probe, Duplicates)
        and len(check.probe.columns) == 1
        and measured.get(check.id) == 0
        and (not plan.target.is_append or not check.on_whole)
    }


def _range(plan: AuditPlan, column: Column, kind: str, measured: Measured) -> tuple[object, object]:
    footers = read_footers(plan.target.files, column.name, kind)
    if footers.is_exact and footers.low is not None and footers.high is not None:
        return footers.low, footers.high
    if kind == "VARCHAR":
        known = [f.statistics.get(column.name) for f in plan.target.files if f.rows]
        lows = [k.minimum for k in known if k and k.is_exact and k.minimum is not None]
        highs = [k.maximum for k in known if k and k.is_exact and k.maximum is not None]
        if known and len(lows) == len(highs) == len(known):
            return min(lows), max(highs)
    return measured.get(f"#low:{column.name}"), measured.get(f"#high:{column.name}")


def _histogram(
    target: AuditTarget, column: Column, kind: str, measured: Measured
) -> tuple[tuple[float, float, int], ...]:
    counted = measured.get(f"#histogram:{column.name}")
    edges = _edges(column, kind, target)
    if not isinstance(counted, dict) or not edges:
        return ()
    return tuple((low, high, int(counted.get(high, 0))) for low, high in pairwise(edges))


def _top_values(found: object) -> list[tuple[object, int]]:
    if not isinstance(found, list):
        return []
    values = [(each["v"], int(each["n"])) for each in found if isinstance(each, dict)]
    return sorted(values, key=lambda each: (-each[1], str(each[0])))


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _count(value: object) -> int | None:
    return int(value) if isinstance(value, int | float | Decimal) else None


def _real(value: object) -> float | None:
    if not isinstance(value, int | float | Decimal):
        return None
    found = float(value)
    return found if found == found and abs(found) != float("inf") else None
