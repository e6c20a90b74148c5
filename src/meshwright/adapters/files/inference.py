"""Find the types of text columns by looking at every value of every file.

A type is taken only when all values have it in its plain form: `00501` stays text, as do numbers too long
to be held exactly. A column without any value is text.
"""

from collections.abc import Callable, Mapping, Sequence

import duckdb

from meshwright.adapters.files.locked import identifier, text
from meshwright.adapters.files.options import FileOptions
from meshwright.model.table import Column

_SAMPLE = 2000
_TYPES = ("BOOLEAN", "BIGINT", "DOUBLE", "DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE")
_DAY = r"\d{4}-\d{2}-\d{2}"
_TIME = r"[ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?"


def infer_types(
    connection: duckdb.DuckDBPyConnection,
    relation: Callable[[], str],
    names: Sequence[str],
    options: FileOptions,
) -> tuple[Column, ...]:
    """Return a type for each column of a relation of text; `relation` gives its SQL anew for each pass."""
    every = _TYPES[:-1] if options.timestampformat else _TYPES
    sample = f"{relation()} LIMIT {_SAMPLE}"
    guessed = _that_hold(connection, sample, dict.fromkeys(names, every), options)
    asked = {
        n: every if kinds is None else kinds[:1] for n, kinds in guessed.items() if kinds != ()
    }
    found = _that_hold(connection, relation(), asked, options)
    again = {n: every for n, kinds in found.items() if kinds == () and asked[n] != every}
    found |= _that_hold(connection, relation(), again, options) if again else {}
    return tuple(Column(name, (found.get(name) or ("VARCHAR",))[0]) for name in names)


def find_unfit(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    types: Mapping[str, str],
    options: FileOptions,
) -> str:
    """Return a column with a value that is not of its inferred type, or ''."""
    asked = {name: (kind,) for name, kind in types.items() if kind in _TYPES}
    found = _that_hold(connection, relation, asked, options)
    return next((name for name, kinds in found.items() if kinds == ()), "")


def _that_hold(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    candidates: Mapping[str, tuple[str, ...]],
    options: FileOptions,
) -> dict[str, tuple[str, ...] | None]:
    """Return for each column the candidate types that all its values have; None where it has no value."""
    asked = [(name, kind) for name, kinds in candidates.items() for kind in kinds]
    if not asked:
        return {}
    checks = ", ".join(
        f"bool_and({_check(identifier(name), kind, options)})" for name, kind in asked
    )
    (row,) = connection.execute(f"SELECT {checks} FROM ({relation})").fetchall()
    answers = list(zip(asked, row, strict=True))
    seen = {name for (name, _), answer in answers if answer is not None}
    return {
        name: tuple(kind for (n, kind), answer in answers if n == name and answer)
        if name in seen
        else None
        for name in candidates
    }


def _check(column: str, kind: str, options: FileOptions) -> str:
    match kind:
        case "BOOLEAN":
            return f"lower({column}) IN ('true', 'false')"
        case "BIGINT":
            return f"regexp_full_match({column}, '-?(0|[1-9][0-9]{{0,17}})')"
        case "DOUBLE":
            point = r"\." if options.decimal == "." else ","
            number = rf"-?((0|[1-9]\d{{0,14}})({point}\d*)?|{point}\d+)([eE][+-]?\d{{1,3}})?"
            plain = column if point == r"\." else f"replace({column}, ',', '.')"
            is_finite = f"isfinite(TRY_CAST({plain} AS DOUBLE))"  # 2E400 is too great to be one
            return f"(regexp_full_match({column}, {text(number)}) AND {is_finite})"
        case "DATE":
            return _dated(column, _DAY, "DATE", options.dateformat)
        case "TIMESTAMP":
            return _dated(column, f"{_DAY}({_TIME})?", "TIMESTAMP", options.timestampformat)
    zoned = rf"{_DAY}{_TIME}(Z|[+-]\d{{2}}(:?\d{{2}})?)"
    return _dated(column, zoned, "TIMESTAMPTZ", "")


def _dated(column: str, pattern: str, kind: str, form: str) -> str:
    if form:
        parsed = f"try_strptime({column}, {text(form)})"
        return f"CASE WHEN {column} IS NOT NULL THEN {parsed} IS NOT NULL END"
    return (
        f"CASE WHEN {column} IS NOT NULL THEN regexp_full_match({column}, {text(pattern)}) "
        f"AND try_cast({column} AS {kind}) IS NOT NULL END"
    )
