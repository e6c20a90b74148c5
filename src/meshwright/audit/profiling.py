"""The profile: the shape of the fresh rows, measured in the checks' own scans as far as they reach.

Rows, nulls and ranges come from the files; distinct counts, mean and deviation ride on the wide scan; what
`sampling` adds comes from some of the rows. Mean and deviation are of finite values. Of a classified column
there are counts only: no literal of it is kept.
"""

from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise

from meshwright.audit.footers import read_footers
from meshwright.audit.plan import AuditPlan, Check, Duplicates, Measure
from meshwright.audit.sampling import LARGEST, PLAIN, SAMPLED, bin_edges, top_values
from meshwright.audit.sqltext import FLOATS, NUMBERS, identifier
from meshwright.audit.target import AuditTarget
from meshwright.audit.type_rules import staged_type
from meshwright.model.check import ColumnProfile, Profile
from meshwright.model.table import Column

Measured = Mapping[str, object]


def profile_measures(
    target: AuditTarget, level: str, *, is_tiered: bool, counted: frozenset[str]
) -> list[Measure]:
    """Return the profile's share of the wide scan over the fresh rows.

    `counted` are columns whose distinct values another scan counts. `light` leaves out what costs a scan of
    a large table, and the mean and deviation of any.
    """
    if level == "none" or target.fresh_rows == 0:
        return []
    found: list[Measure] = []
    for column in target.columns:
        name, kind = identifier(column.name), staged_type(column.type).name
        if read_footers(target.files, column.name, kind).nulls is None:
            found.append(Measure(f"#nulls:{column.name}", f"count(*) - count({name})"))
        if kind not in PLAIN or (level == "light" and is_tiered):
            continue
        if column.name not in counted:
            found.append(Measure(f"#distinct:{column.name}", f"approx_count_distinct({name})"))
        if kind in NUMBERS and level == "full":
            finite = f" FILTER (WHERE isfinite({name}))" if kind in FLOATS else ""
            found.append(Measure(f"#mean:{column.name}", f"avg({name}){finite}"))
            found.append(Measure(f"#deviation:{column.name}", f"stddev_samp({name}){finite}"))
    return found


def assemble(plan: AuditPlan, measured: Measured, repeats: Mapping[str, int], rows: int) -> Profile:
    """Put the measures of all scans together; `repeats` are the rows that repeat a key, by check."""
    if plan.profile == "none":
        return Profile(rows)
    counted = {
        check.column: 0 if measured.get(check.id) == 0 else repeats[check.id]
        for check in plan.checks
        if _counts_column(check, plan) and (measured.get(check.id) == 0 or check.id in repeats)
    }
    columns = tuple(
        _column_profile(plan, column, measured, rows, counted.get(column.name))
        for column in plan.target.columns
    )
    sampled = measured.get(SAMPLED)
    return Profile(rows, columns, sampled if isinstance(sampled, int) else 0)


def _column_profile(
    plan: AuditPlan, column: Column, measured: Measured, rows: int, repeats: int | None
) -> ColumnProfile:
    name, kind = column.name, staged_type(column.type).name
    footers = read_footers(plan.target.files, name, kind)
    nulls = footers.nulls if footers.nulls is not None else _count(measured.get(f"#nulls:{name}"))
    exact = _count(measured.get(f"#exact:{name}"))
    if repeats is not None:
        exact = rows - (nulls or 0) - repeats
    distinct = exact if exact is not None else _near(measured, name, rows - (nulls or 0))
    if name in plan.classified:
        return ColumnProfile(name, column.type, nulls or 0, distinct, exact is not None)
    low, high = _range(plan, column, kind, measured)
    quantiles = measured.get(f"#quantiles:{name}")
    return ColumnProfile(
        name,
        column.type,
        nulls or 0,
        distinct,
        exact is not None,
        low,
        high,
        _real(measured.get(f"#mean:{name}")),
        _real(measured.get(f"#deviation:{name}")),
        tuple(float(q) for q in quantiles) if isinstance(quantiles, list) else (),
        _histogram(plan.target, column, measured),
        tuple(top_values(measured.get(f"#top:{name}"))),
        name in plan.target.bins,
    )


def _near(measured: Measured, name: str, most: int) -> int | None:
    """Return about how many values a column has: an estimate may be above the rows that hold any."""
    distinct = _count(measured.get(f"#distinct:{name}"))
    return None if distinct is None else min(distinct, most)


def _counts_column(check: Check, plan: AuditPlan) -> bool:
    """Say whether a check counts what repeats of one column, among the fresh rows alone."""
    is_of_one = isinstance(check.probe, Duplicates) and check.probe.columns == (check.column,)
    return is_of_one and not plan.target.is_append


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
    target: AuditTarget, column: Column, measured: Measured
) -> tuple[tuple[float, float, int], ...]:
    counted = measured.get(f"#histogram:{column.name}")
    if not isinstance(counted, dict):
        return ()
    edges = bin_edges(column, target)
    keys = [*edges[1:-1], LARGEST] if column.name in target.bins else edges[1:]
    found = zip(pairwise(edges), keys, strict=True)
    return tuple((low, high, int(counted.get(key, 0))) for (low, high), key in found)


def _count(value: object) -> int | None:
    return int(value) if isinstance(value, int | float | Decimal) else None


def _real(value: object) -> float | None:
    if not isinstance(value, int | float | Decimal):
        return None
    found = float(value)
    return found if found == found and abs(found) != float("inf") else None
