"""Choose the scans: which measures share a pass over the data, and which are cheaper alone.

A small table is judged by one fused query. In a large one, exact distinct counts run alone (inside a wide
query they multiply its memory), dear predicates run once a distinct value where there are few, and keys of
integers and dates within a narrow range are counted in a bitmap. Uniqueness is exact in every case: a
64-bit hash that never repeats proves it, and one that does is looked into.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from meshwright.audit.footers import ColumnFooters, holds, read_footers
from meshwright.audit.plan import (
    Check,
    Duplicates,
    Measure,
    Orphans,
    Query,
    RowCount,
    Rows,
    Scan,
)
from meshwright.audit.profiling import profile_measures, value_measures
from meshwright.audit.sqltext import identifier, relation
from meshwright.audit.target import AuditTarget

ROWS = "#rows"
BITS_A_ROW = 64
MOST_BITS = 1_000_000_000
_PLAIN_INTEGERS = frozenset(("TINYINT", "SMALLINT", "INTEGER", "BIGINT"))


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
        wide: list[Measure] = []
        if target.rows_of(whole=whole) is None and (mine or not whole):
            wide.append(Measure(ROWS, "count(*)"))
        values: dict[str, list[Check]] = {}
        for check in mine:
            probe = check.probe
            if isinstance(probe, Rows) and probe.by_value and is_tiered:
                values.setdefault(probe.column, []).append(check)
            elif isinstance(probe, Rows):
                wide.append(Measure(check.id, _count_of(probe.predicate)))
            elif isinstance(probe, RowCount):
                wide.append(Measure(check.id, "count(*)"))
        keys = _key_scans(mine, source, target, whole=whole)
        if not whole:
            grouped = frozenset(values) if is_tiered else frozenset()
            wide += profile_measures(target, profile, is_tiered=is_tiered, skipped=grouped)
        if not is_tiered:
            wide += [measure for scan in keys for measure in scan.measures]
            keys = []
        found += _wide(wide, source)
        found += [_values(column, group, source, profile) for column, group in values.items()]
        found += keys
        found += [
            Scan(
                "orphans",
                f"{source} WHERE {c.probe.predicate}",
                (Measure(c.id, "count(*)"),),
                source,
            )
            for c in mine
            if isinstance(c.probe, Orphans)
        ]
        found += _overlaps(mine, target) if not whole else []
    found += [_query(check, target) for check in todo if isinstance(check.probe, Query)]
    return tuple(found)


def nulls_key(check: Check) -> str:
    """Return the key of the measure that counts a key's NULLs."""
    return f"{check.id}#nulls"


def overlap_key(check: Check) -> str:
    """Return the key of the measure that counts fresh keys that the rows that stay have too."""
    return f"{check.id}#kept"


def any_null(keys: Sequence[str]) -> str:
    """Return what is true when a key is not whole."""
    return "(" + " OR ".join(f"{key} IS NULL" for key in keys) + ")"


def no_null(keys: Sequence[str]) -> str:
    """Return what is true when a key is whole."""
    return "(" + " AND ".join(f"{key} IS NOT NULL" for key in keys) + ")"


def tuple_of(keys: Sequence[str]) -> str:
    """Return a key as one expression."""
    return keys[0] if len(keys) == 1 else f"row({', '.join(keys)})"


def _count_of(predicate: str) -> str:
    return f"count(*) FILTER (WHERE {predicate})"


def _wide(measures: Sequence[Measure], source: str) -> list[Scan]:
    return [Scan("wide", source, tuple(measures), source)] if measures else []


def _values(column: str, checks: Sequence[Check], source: str, profile: str) -> Scan:
    name, count = identifier(column), identifier("mesh rows")
    grouped = f"(SELECT {name}, count(*) AS {count} FROM {source} GROUP BY {name})"
    predicates = {c.id: c.probe.predicate for c in checks if isinstance(c.probe, Rows)}
    measures = [
        Measure(key, f"coalesce(sum({count}) FILTER (WHERE {predicate}), 0)")
        for key, predicate in predicates.items()
    ]
    measures += value_measures(column, name, count, profile)
    by_row = {key: _count_of(predicate) for key, predicate in predicates.items()}
    return Scan("values", grouped, tuple(measures), source, column, by_row)


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


def _key_scans(
    checks: Sequence[Check], source: str, target: AuditTarget, *, whole: bool
) -> list[Scan]:
    found: dict[tuple[str, ...], list[Measure]] = {}
    for check in checks:
        probe = check.probe
        if not isinstance(probe, Duplicates):
            continue
        footers = [
            read_footers(target.files_of(whole=whole), column, kind)
            for column, kind in zip(probe.columns, probe.types, strict=False)
        ]
        measures = found.setdefault(probe.keys, [])
        measures.append(Measure(check.id, _surplus(probe, footers)))
        if probe.nulls_fail and not all(each.nulls == 0 for each in footers):
            measures.append(Measure(nulls_key(check), _count_of(any_null(probe.keys))))
    return [
        Scan("keys", source, tuple(measures), source, ", ".join(k)) for k, measures in found.items()
    ]


def _surplus(probe: Duplicates, footers: Sequence[ColumnFooters]) -> str:
    """Return how many rows repeat a key, or more where a hash repeats that a key doesn't."""
    keys = probe.keys
    has_nulls = not footers or any(each.nulls != 0 for each in footers)
    filled = f"count(*) FILTER (WHERE {no_null(keys)})" if has_nulls else "count(*)"
    ordinal = _ordinal(probe, footers)
    if ordinal:
        return f"{filled} - {ordinal}"
    if len(keys) == 1:
        return f"count({keys[0]}) - count(DISTINCT {keys[0]})"
    hashed = f"hash({', '.join(keys)})"
    if has_nulls:
        hashed = f"CASE WHEN {no_null(keys)} THEN {hashed} END"
    return f"{filled} - count(DISTINCT {hashed})"


def _ordinal(probe: Duplicates, footers: Sequence[ColumnFooters]) -> str:
    """Count distinct keys in a bitmap, where each key has a place in a narrow range; else ''."""
    if not footers or len(footers) != len(probe.keys):
        return ""
    place, size = "", 1
    for key, kind, known in zip(probe.keys, probe.types, footers, strict=True):
        low, high = known.low, known.high
        if kind in _PLAIN_INTEGERS and isinstance(low, Decimal) and isinstance(high, Decimal):
            offset, width = f"({key}::BIGINT - ({low}))", int(high - low) + 1
        elif kind == "DATE" and type(low) is date and type(high) is date:
            offset, width = f"({key} - DATE '{low}')", (high - low).days + 1
        else:
            return ""
        place = f"{place} * {width} + {offset}" if place else offset
        size *= width
    if size > min(MOST_BITS, BITS_A_ROW * max(footers[0].rows, 1)):
        return ""
    return f"coalesce(bit_count(bitstring_agg(({place})::BIGINT, 0, {size - 1})), 0)"


def _overlaps(checks: Sequence[Check], target: AuditTarget) -> list[Scan]:
    """Find fresh keys among the rows that stay, unless the files' ranges exclude it."""
    found = []
    for check in checks if target.is_append else ():
        probe = check.probe
        if not isinstance(probe, Duplicates) or _are_apart(probe, target):
            continue
        key = tuple_of(probe.keys)
        others = f"SELECT {key} FROM {relation(target.kept)} WHERE {no_null(probe.keys)}"
        source = relation(target.fresh)
        where = f"{source} WHERE {no_null(probe.keys)} AND {key} IN ({others})"
        found.append(Scan("keys", where, (Measure(overlap_key(check), "count(*)"),), source,
                          ", ".join(probe.keys), note="among the rows that stay"))  # fmt: skip
    return found


def _are_apart(probe: Duplicates, target: AuditTarget) -> bool:
    for column, kind in zip(probe.columns, probe.types, strict=False):
        fresh = read_footers(target.files, column, kind)
        if fresh.low is None or fresh.high is None:
            continue
        ranges = [read_footers([file], column, kind) for file in target.kept_files if file.rows]
        if all(_is_apart(fresh, kept) for kept in ranges):
            return True
    return False


def _is_apart(one: ColumnFooters, other: ColumnFooters) -> bool:
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return False
    return one.high < other.low or other.high < one.low  # type: ignore[operator]
