"""Given rows of a model test as a SELECT: typed as the real input is, or as the values look."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from meshwright.errors import ModelError, did_you_mean
from meshwright.model.table import Column

_DATE = re.compile(r"\d{4}-\d\d-\d\d\Z")
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?\Z")
GivenRow = Mapping[str, object]


def given_select(
    name: str,
    rows: Sequence[GivenRow],
    known: Sequence[Column] | None,
    quote: Callable[[object], str],
    declared: Mapping[str, str] | None = None,
) -> str:
    """Return a SELECT that gives `rows`; columns that are known but not given are NULL.

    `known` are all columns of the input, `declared` the types of some. Raises `ModelError`:
    `test-column-unknown` for a column that the input has not, `test-given-missing` where neither rows
    nor columns are known.
    """
    columns = (
        _known_columns(name, rows, known) if known else _inferred_columns(rows, declared or {})
    )
    if not columns:
        raise ModelError(
            "test-given-missing",
            f"the test gives no rows for `{name}`, and its columns are not known",
            hint=f"add `{name}` under `given`, with one row at least",
        )
    names = ", ".join(_identifier(column.name) for column in columns)
    folded = [{key.lower(): value for key, value in row.items()} for row in rows]
    written = ", ".join(_row(row, columns, quote) for row in folded or [{}])
    nothing = "" if rows else " where false"
    return f"select * from (values {written}) as given({names}){nothing}"


def _row(row: GivenRow, columns: Iterable[Column], quote: Callable[[object], str]) -> str:
    cells = (
        f"cast({_value(row.get(column.name.lower()), quote)} as {column.type})"
        for column in columns
    )
    return f"({', '.join(cells)})"


def _known_columns(
    name: str, rows: Sequence[GivenRow], known: Sequence[Column]
) -> tuple[Column, ...]:
    names = {column.name.lower() for column in known}
    for row in rows:
        for column in row:
            if column.lower() not in names:
                raise ModelError(
                    "test-column-unknown",
                    f"`{name}` has no column `{column}`",
                    hint=did_you_mean(column, [c.name for c in known]),
                )
    return tuple(known)


def _inferred_columns(rows: Iterable[GivenRow], declared: Mapping[str, str]) -> tuple[Column, ...]:
    types = {name.lower(): kind for name, kind in declared.items()}
    names = {name.lower(): name for name in declared}
    values: dict[str, list[object]] = {name: [] for name in types}
    for row in rows:
        for column, value in row.items():
            names.setdefault(column.lower(), column)
            values.setdefault(column.lower(), []).append(value)
    return tuple(
        Column(names[folded], types.get(folded) or _type(found)) for folded, found in values.items()
    )


def _type(values: Iterable[object]) -> str:
    """Return the SQL type that holds all these values."""
    present = [value for value in values if value is not None]
    if not present:
        return "VARCHAR"
    kinds = {_kind(value) for value in present}
    if kinds == {"LIST"}:
        items = [item for value in present if isinstance(value, list | tuple) for item in value]
        return f"{_type(items)}[]"
    if kinds == {"STRUCT"}:
        fields = _inferred_columns((v for v in present if isinstance(v, Mapping)), {})
        listed = ", ".join(f"{_identifier(field.name)} {field.type}" for field in fields)
        return f"STRUCT({listed})"
    if len(kinds) == 1:
        return kinds.pop()
    if kinds <= {"BIGINT", "DECIMAL(38,9)", "DOUBLE"}:
        return "DOUBLE"
    return "TIMESTAMP" if kinds == {"DATE", "TIMESTAMP"} else "VARCHAR"


def _kind(value: object) -> str:
    match value:
        case bool():
            return "BOOLEAN"
        case int():
            return "BIGINT"
        case float():
            return "DOUBLE"
        case Decimal():
            return "DECIMAL(38,9)"
        case datetime():
            return "TIMESTAMP"
        case date():
            return "DATE"
        case list() | tuple():
            return "LIST"
        case Mapping():
            return "STRUCT"
    text = str(value)
    return "DATE" if _DATE.match(text) else "TIMESTAMP" if _TIMESTAMP.match(text) else "VARCHAR"


def _value(value: object, quote: Callable[[object], str]) -> str:
    """Write a value as text where its type allows, so that the cast alone decides what it is."""
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(item, quote) for item in value) + "]"
    if isinstance(value, Mapping):
        fields = (f"{quote(str(key))}: {_value(item, quote)}" for key, item in value.items())
        return "{" + ", ".join(fields) + "}"
    return quote(value)


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
