"""SQL types of SQLite's columns, and how its loosely typed values become them.

SQLite keeps any value in any column; a value that is not what its column's declared type says is never
changed into something that fits: its row is rejected.
"""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

import pyarrow as pa

from meshwright.errors import DescriptorError

_DECIMAL = re.compile(r"(?:DECIMAL|NUMERIC)\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)\Z")
_EXACT: dict[str, set[type]] = {
    "BIGINT": {int, type(None)},
    "DOUBLE": {float, int, type(None)},
    "VARCHAR": {str, type(None)},
    "BLOB": {bytes, type(None)},
}
_ARROW = {
    "BOOLEAN": pa.bool_(),
    "TINYINT": pa.int8(),
    "SMALLINT": pa.int16(),
    "INTEGER": pa.int32(),
    "INT": pa.int32(),
    "BIGINT": pa.int64(),
    "FLOAT": pa.float32(),
    "REAL": pa.float32(),
    "DOUBLE": pa.float64(),
    "VARCHAR": pa.string(),
    "TEXT": pa.string(),
    "BLOB": pa.binary(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us"),
    "TIMESTAMP WITH TIME ZONE": pa.timestamp("us", "UTC"),
    "TIMESTAMPTZ": pa.timestamp("us", "UTC"),
}


_SPELLED = {
    "INT": "INTEGER",
    "REAL": "FLOAT",
    "TEXT": "VARCHAR",
    "TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE",
}


def type_of_declared(declared: str) -> str:
    """Return the SQL type that a declared column type means; '' where its values must say."""
    upper = " ".join(declared.upper().split())
    found = _DECIMAL.match(upper)
    if found is not None and 0 < int(found[1]) <= 38:
        return f"DECIMAL({found[1]},{found[2] or 0})"
    if "BOOL" in upper:
        return "BOOLEAN"
    if "INT" in upper and "INTERVAL" not in upper and "POINT" not in upper:
        return "BIGINT"
    if any(sign in upper for sign in ("CHAR", "CLOB", "TEXT", "STRING", "JSON", "UUID")):
        return "VARCHAR"
    if "BLOB" in upper or "BINARY" in upper:
        return "BLOB"
    if any(sign in upper for sign in ("REAL", "FLOA", "DOUB")):
        return "DOUBLE"
    if upper.startswith(("DATETIME", "TIMESTAMP")):
        return "TIMESTAMP"
    return "DATE" if upper == "DATE" else ""


def type_of_values(kinds: set[str]) -> str:
    """Return the SQL type that holds all values of these storage classes (`typeof`)."""
    seen = kinds - {"null"}
    if seen == {"integer"}:
        return "BIGINT"
    if seen and seen <= {"integer", "real"}:
        return "DOUBLE"
    return "BLOB" if seen == {"blob"} else "VARCHAR"


def spelled_type(kind: str) -> str:
    """Return a declared type as DuckDB spells it; raise `DescriptorError` for one that SQLite cannot give."""
    arrow_type(kind)
    upper = " ".join(kind.upper().split())
    found = _DECIMAL.match(upper)
    if found is not None:
        return f"DECIMAL({found[1]},{found[2] or 0})"
    return _SPELLED.get(upper, upper)


def arrow_type(kind: str) -> pa.DataType:
    """Return the Arrow type of a SQL type; raise `DescriptorError` for one that SQLite cannot give."""
    upper = " ".join(kind.upper().split())
    found = _DECIMAL.match(upper)
    if found is not None:
        return pa.decimal128(int(found[1]), int(found[2] or 0))
    if upper not in _ARROW:
        raise DescriptorError(
            "source-type-unknown",
            f"`{kind}` is not a type that a column of a SQLite source can have",
            hint=f"known: {', '.join(_ARROW)}, DECIMAL(p,s)",
        )
    return _ARROW[upper]


def convert(values: Sequence[object], kind: str) -> tuple[pa.Array, list[int]]:
    """Return the values as an Arrow array, and the places of those that do not fit (NULL in the array)."""
    arrow = arrow_type(kind)
    if set(map(type, values)) <= _EXACT.get(kind.upper(), set()):
        return pa.array(values, arrow), []
    reader = _reader(arrow)
    good: list[object] = []
    bad: list[int] = []
    for place, value in enumerate(values):
        try:
            good.append(None if value is None else reader(value))
        except (TypeError, ValueError, OverflowError, InvalidOperation):
            good.append(None)
            bad.append(place)
    return pa.array(good, arrow), bad


def _reader(arrow: pa.DataType) -> Callable[[object], object]:
    if pa.types.is_integer(arrow):
        bound = 1 << (arrow.bit_width - 1)
        return lambda value: _integer(value, bound)
    if pa.types.is_decimal(arrow):
        return lambda value: _decimal(value, arrow.precision, arrow.scale)
    if pa.types.is_timestamp(arrow):
        return lambda value: _timestamp(value, arrow.tz is not None)
    for test, reader in _READERS:
        if test(arrow):
            return reader
    return _text


def _integer(value: object, bound: int) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and -bound <= value < bound:
        return value
    raise ValueError


def _real(value: object) -> float:
    if isinstance(value, int | float):
        return float(value)
    raise ValueError


def _text(value: object) -> str:
    if isinstance(value, bytes):
        raise ValueError
    return value if isinstance(value, str) else str(value)


def _bytes(value: object) -> bytes:
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, bytes):
        return bytes(value)
    raise ValueError


def _boolean(value: object) -> bool:
    if isinstance(value, str):
        value = {"true": 1, "false": 0}.get(value.lower(), value)
    if value in (0, 1):
        return bool(value)
    raise ValueError


def _date(value: object) -> date:
    if not isinstance(value, str):
        raise ValueError
    moment = datetime.fromisoformat(value)
    if moment != datetime(moment.year, moment.month, moment.day):
        raise ValueError
    return moment.date()


def _timestamp(value: object, is_zoned: bool) -> datetime:
    if not isinstance(value, str):
        raise ValueError
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC) if is_zoned else moment
    moment = moment.astimezone(UTC)
    return moment if is_zoned else moment.replace(tzinfo=None)


def _decimal(value: object, precision: int, scale: int) -> Decimal:
    if not isinstance(value, int | float | str):
        raise ValueError
    number = Decimal(repr(value) if isinstance(value, float) else str(value))
    exact = number.quantize(Decimal(1).scaleb(-scale))
    if exact != number or exact.adjusted() >= precision - scale:
        raise ValueError
    return exact


_READERS: tuple[tuple[Callable[[pa.DataType], bool], Callable[[object], object]], ...] = (
    (pa.types.is_floating, _real),
    (pa.types.is_boolean, _boolean),
    (pa.types.is_date, _date),
    (pa.types.is_binary, _bytes),
)
