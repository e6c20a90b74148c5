"""How uniqueness is proven, exactly: by a bitmap, by a hash that never repeats, or by counting.

Keys of integers and dates within a narrow range have a place in a bitmap. Other keys of several columns
are hashed to 64 bits: no repeated hash proves that no key repeats, and a repeated one is looked into. In a
large table there is a bitmap for each stretch of the range, which costs the same, and only the stretches with
repeats are counted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from meshwright.audit.footers import ColumnFooters, read_footers
from meshwright.audit.plan import Check, Duplicates, Measure, Scan
from meshwright.audit.sqltext import relation
from meshwright.audit.target import AuditTarget

BITS_A_ROW = 64
MOST_BITS = 1_000_000_000
_STRETCHES = 256  # as many as fit one byte, whose groups need no hashing
_PLAIN_INTEGERS = frozenset(("TINYINT", "SMALLINT", "INTEGER", "BIGINT"))


@dataclass(frozen=True, slots=True)
class Place:
    """A key's place in a bitmap of `size` bits; `bounds` are of a single column, else None."""

    sql: str
    size: int
    bounds: tuple[str, int] | None = None  # the column and its lowest value


def nulls_key(check: Check) -> str:
    """Return the key of the measure that counts a key's NULLs."""
    return f"{check.id}#nulls"


def overlap_key(check: Check) -> str:
    """Return the key of the measure that counts fresh keys that the rows that stay have too."""
    return f"{check.id}#kept"


def stretches_key(check: Check) -> str:
    """Return the key of the measure that lists the stretches of a key's range that hold repeats."""
    return f"#stretches:{check.id}"


def any_null(keys: Sequence[str]) -> str:
    """Return what is true when a key is not whole."""
    return "(" + " OR ".join(f"{key} IS NULL" for key in keys) + ")"


def no_null(keys: Sequence[str]) -> str:
    """Return what is true when a key is whole."""
    return "(" + " AND ".join(f"{key} IS NOT NULL" for key in keys) + ")"


def tuple_of(keys: Sequence[str]) -> str:
    """Return a key as one expression."""
    return keys[0] if len(keys) == 1 else f"row({', '.join(keys)})"


def key_scans(
    checks: Sequence[Check], source: str, target: AuditTarget, *, whole: bool, is_tiered: bool
) -> list[Scan]:
    """Return one scan for each key, whatever number of checks is about it."""
    found: dict[tuple[str, ...], list[Check]] = {}
    for check in checks:
        if isinstance(check.probe, Duplicates):
            found.setdefault(check.probe.keys, []).append(check)
    return [
        _key_scan(group, source, target, whole=whole, is_tiered=is_tiered)
        for group in found.values()
    ]


def _key_scan(
    checks: Sequence[Check], source: str, target: AuditTarget, *, whole: bool, is_tiered: bool
) -> Scan:
    probe = checks[0].probe
    assert isinstance(probe, Duplicates)
    footers, names = _footers(probe, target, whole=whole), ", ".join(probe.keys)
    place = _place(probe, footers)
    has_nulls = not footers or any(each.nulls != 0 for each in footers)
    fails = [c for c in checks if isinstance(c.probe, Duplicates) and c.probe.nulls_fail]
    nulls = f"count(*) FILTER (WHERE {any_null(probe.keys)})"
    lacking = [Measure(nulls_key(check), nulls) for check in fails if has_nulls]
    if is_tiered and place and place.size >= _STRETCHES and not lacking:
        where = f" WHERE {no_null(probe.keys)}" if has_nulls else ""
        repeats = [Measure(check.id, "coalesce(sum(n - bits), 0)") for check in checks]
        stretches = [
            Measure(stretches_key(check), "list(stretch) FILTER (WHERE n <> bits)")
            for check in checks
        ]
        inner = _by_stretch(place, f"{source}{where}")
        return Scan("keys", inner, (*repeats, *stretches), source, names)
    surplus = _surplus(probe, place, has_nulls=has_nulls)
    measures = [Measure(check.id, surplus) for check in checks]
    return Scan("keys", source, (*measures, *lacking), source, names)


def _by_stretch(place: Place, source: str) -> str:
    shift = _shift(place)
    bits = f"bitstring_agg({place.sql} & {2**shift - 1}, 0, {2**shift - 1})"
    return (
        f"(SELECT ({place.sql} >> {shift})::UTINYINT AS stretch, count(*) AS n, "
        f"bit_count({bits}) AS bits FROM {source} GROUP BY stretch)"
    )


def _shift(place: Place) -> int:
    """Return the power of two that parts a place's range into at most 256 stretches."""
    return max(0, (place.size - 1).bit_length() - (_STRETCHES - 1).bit_length())


def _footers(probe: Duplicates, target: AuditTarget, *, whole: bool) -> list[ColumnFooters]:
    files = target.files_of(whole=whole)
    pairs = zip(probe.columns, probe.types, strict=False)
    return [read_footers(files, column, kind) for column, kind in pairs]


def _surplus(probe: Duplicates, place: Place | None, *, has_nulls: bool) -> str:
    """Return how many rows repeat a key, or more where a hash repeats that a key doesn't."""
    keys = probe.keys
    filled = f"count(*) FILTER (WHERE {no_null(keys)})" if has_nulls else "count(*)"
    if place:
        return f"{filled} - {_bits(place)}"
    if len(keys) == 1:
        return f"count({keys[0]}) - count(DISTINCT {keys[0]})"
    hashed = f"hash({', '.join(keys)})"
    if has_nulls:
        hashed = f"CASE WHEN {no_null(keys)} THEN {hashed} END"
    return f"{filled} - count(DISTINCT {hashed})"


def _bits(place: Place) -> str:
    if place.bounds:
        column, low = place.bounds
        bits = f"bitstring_agg({column}, {low}, {low + place.size - 1})"
    else:
        bits = f"bitstring_agg({place.sql}, 0, {place.size - 1})"
    return f"coalesce(bit_count({bits}), 0)"


def _place(probe: Duplicates, footers: Sequence[ColumnFooters]) -> Place | None:
    if not footers or len(footers) != len(probe.keys):
        return None
    place, size, bounds = "", 1, None
    for key, kind, known in zip(probe.keys, probe.types, footers, strict=True):
        low, high = known.low, known.high
        if kind in _PLAIN_INTEGERS and isinstance(low, Decimal) and isinstance(high, Decimal):
            offset, width = f"({key}::BIGINT - ({low}))", int(high - low) + 1
            bounds = (key, int(low))
        elif kind == "DATE" and type(low) is date and type(high) is date:
            offset, width = f"({key} - DATE '{low}')::BIGINT", (high - low).days + 1
        else:
            return None
        place = f"({place} * {width} + {offset})" if place else offset
        size *= width
    if size > min(MOST_BITS, BITS_A_ROW * max(footers[0].rows, 1)):
        return None
    return Place(place, size, bounds if len(probe.keys) == 1 else None)


def overlap_scans(checks: Sequence[Check], target: AuditTarget) -> list[Scan]:
    """Find fresh keys among the rows that stay, unless the files' ranges exclude it."""
    found = []
    for check in checks if target.is_append else ():
        probe = check.probe
        if not isinstance(probe, Duplicates) or _are_apart(probe, target):
            continue
        key, filled = tuple_of(probe.keys), no_null(probe.keys)
        others = f"SELECT {key} FROM {relation(target.kept)} WHERE {filled}"
        source = relation(target.fresh)
        where = f"{source} WHERE {filled} AND {key} IN ({others})"
        measures = (Measure(overlap_key(check), "count(*)"),)
        names = ", ".join(probe.keys)
        found.append(Scan("keys", where, measures, source, names, note="among the rows that stay"))
    return found


def _are_apart(probe: Duplicates, target: AuditTarget) -> bool:
    for column, kind in zip(probe.columns, probe.types, strict=False):
        fresh = read_footers(target.files, column, kind)
        ranges = [read_footers([file], column, kind) for file in target.kept_files if file.rows]
        if all(_is_apart(fresh, kept) for kept in ranges):
            return True
    return False


def _is_apart(one: ColumnFooters, other: ColumnFooters) -> bool:
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return False
    return one.high < other.low or other.high < one.low  # type: ignore[operator]


def members_sql(
    check: Check, target: AuditTarget, shown: Mapping[str, str], most: int, stretches: Sequence[int]
) -> str:
    """Return a query for the rows that share a key, those that repeat one, and the worst keys.

    `shown` maps columns to what may be shown of them; `stretches` narrow the search where they are known.
    """
    probe = check.probe
    assert isinstance(probe, Duplicates)
    where = no_null(probe.keys)
    place = _place(probe, _footers(probe, target, whole=True))
    if stretches and place:
        where += f" AND ({' OR '.join(_within(place, each) for each in stretches)})"
    listed = ", ".join(f"{key} AS k{number}" for number, key in enumerate(probe.keys))
    places = ", ".join(str(place) for place, _ in enumerate(probe.keys, 1))
    packed = ", ".join([*shown.values(), "n"])
    worst = f"arg_max(row({packed}), n, {most})" if shown else "NULL"
    return (
        f"SELECT coalesce(sum(n), 0), coalesce(sum(n - 1), 0), {worst} FROM (SELECT {listed}, "
        f"count(*) AS n FROM {relation(target.relation(whole=True))} WHERE {where} "
        f"GROUP BY {places} HAVING count(*) > 1)"  # a name could be that of a column of the table
    )


def _within(place: Place, stretch: int) -> str:
    width = 2 ** _shift(place)
    first, last = stretch * width, (stretch + 1) * width - 1
    if place.bounds:  # a plain range, which skips row groups
        column, low = place.bounds
        return f"{column} BETWEEN {low + first} AND {low + last}"
    return f"{place.sql} BETWEEN {first} AND {last}"
