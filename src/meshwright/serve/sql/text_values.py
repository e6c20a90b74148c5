"""Columns in text format, as PostgreSQL writes values: whole columns at a time.

Every function takes an Arrow array and returns one of strings or binaries with the same nulls. What no
column-wise operation can write (intervals, arrays, structs) is written value by value.
"""

import json
import math
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pyarrow
import pyarrow.compute as pc

from meshwright.model import postgres as kinds
from meshwright.model.postgres import Kind

Array = Any  # pyarrow has no types
_TEN_DIGITS = 6  # decimals of a larger scale are written with an exponent by Arrow


def text_column(array: Array, kind: Kind, type_text: str) -> Array:
    """Return a column as text."""
    if type_text == "BIT":
        return _each(array, bits)
    if kind.element is not None:
        element = kind.element
        return _each(array, lambda value: array_text(value, element))
    return _WRITERS.get(kind.oid, _plain)(array)


def _plain(array: Array) -> Array:
    if pyarrow.types.is_string(array.type) or pyarrow.types.is_large_string(array.type):
        return array
    if pyarrow.types.is_nested(array.type):
        return _each(array, json_text)
    if pyarrow.types.is_binary(array.type) or pyarrow.types.is_large_binary(array.type):
        return _hexed(array)
    return pc.cast(array, pyarrow.string())


def _booleans(array: Array) -> Array:
    return pc.if_else(array, "t", "f")


def _floats(array: Array) -> Array:
    text = pc.cast(array, pyarrow.string())
    if pc.all(pc.is_finite(array), min_count=0).as_py():
        return text
    for ours, theirs in (("nan", "NaN"), ("inf", "Infinity")):
        text = pc.replace_substring(text, ours, theirs)
    return text


def _decimals(array: Array) -> Array:
    kind = array.type
    if not pyarrow.types.is_decimal(kind):
        return pc.cast(array, pyarrow.string())
    if kind.scale > _TEN_DIGITS:
        return _each(array, lambda value: format(value, "f"))
    return pc.cast(array, pyarrow.string())


def _moments(array: Array) -> Array:
    text = pc.cast(array, pyarrow.string())
    if array.type.unit == "s":
        return _years(text)
    return _years(pc.utf8_rtrim(pc.utf8_rtrim(text, "0"), "."))


def _timestamps(array: Array) -> Array:
    if array.type.unit == "ns":
        array = pc.cast(array, pyarrow.timestamp("us"), safe=False)
    return _moments(array)


def _zoned(array: Array) -> Array:
    plain = pc.cast(pc.cast(array, pyarrow.timestamp("us", "UTC")), pyarrow.timestamp("us"))
    return pc.binary_join_element_wise(_moments(plain), "+00", "")


def _years(text: Array) -> Array:
    """Write years before the first as PostgreSQL does; hardly any column has one."""
    if not pc.any(pc.starts_with(text, "-"), min_count=0).as_py():
        return text
    return _each(text, before_christ)


def before_christ(text: str) -> str:
    """Return `0044-03-15 BC` for the astronomical `-0043-03-15`."""
    if not text.startswith("-"):
        return text
    year, rest = text[1:].split("-", 1)
    return f"{int(year) + 1:04d}-{rest} BC"


def _dates(array: Array) -> Array:
    return _years(pc.cast(array, pyarrow.string()))


def _hexed(array: Array) -> Array:
    return _each(array, lambda value: "\\x" + value.hex())


def _each(array: Array, write: Callable[[Any], str]) -> Array:
    return pyarrow.array(
        [None if value is None else write(value) for value in array.to_pylist()], pyarrow.string()
    )


def bits(value: bytes) -> str:
    """Return DuckDB's BIT as zeros and ones: its first byte says how many bits are filling."""
    return "".join(f"{byte:08b}" for byte in value[1:])[value[0] :]


def interval_text(value: Any) -> str:
    """Return an interval in the style `postgres`: `1 year 2 mons 3 days 04:05:06.7`."""
    months, days, nanoseconds = value
    years, months = int(math.copysign(abs(months) // 12, months)), int(math.fmod(months, 12))
    micros = nanoseconds // 1000 if nanoseconds >= 0 else -(-nanoseconds // 1000)
    parts, was_negative = [], False
    for number, unit in ((years, "year"), (months, "mon"), (days, "day")):
        if number:
            sign = "+" if was_negative and number > 0 else ""
            parts.append(f"{sign}{number} {unit}{'' if number == 1 else 's'}")
            was_negative = number < 0
    if micros or not parts:
        sign = "-" if micros < 0 else "+" if was_negative else ""
        parts.append(sign + clock_text(abs(micros)))
    return " ".join(parts)


def clock_text(micros: int) -> str:
    """Return `04:05:06.7` for so many microseconds; hours may be many."""
    seconds, rest = divmod(micros, 1_000_000)
    fraction = f".{rest:06d}".rstrip("0") if rest else ""
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{fraction}"


def array_text(values: list[Any], element: Kind) -> str:
    """Return an array's text: `{1,NULL,"a b"}`."""
    return "{" + ",".join(_element(value, element) for value in values) + "}"


def _element(value: Any, kind: Kind) -> str:
    if value is None:
        return "NULL"
    text = scalar_text(value, kind)
    is_plain = (
        text and text.upper() != "NULL" and not any(c in '{},"\\' or c.isspace() for c in text)
    )
    return text if is_plain else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def scalar_text(value: Any, kind: Kind) -> str:
    """Return one Python value as text."""
    match value:
        case bool():
            return "t" if value else "f"
        case float():
            return _float_text(value)
        case Decimal():
            return format(value, "f")
        case bytes():
            return "\\x" + value.hex()
        case datetime():
            text = value.replace(tzinfo=None).isoformat(sep=" ")
            text = text.rstrip("0") if "." in text else text
            return text + ("+00" if kind.oid == kinds.TIMESTAMPTZ.oid else "")
        case time():
            text = value.isoformat()
            return text.rstrip("0") if "." in text else text
        case date():
            return value.isoformat()
        case tuple():
            return interval_text(value)
        case dict() | list():
            return json_text(value)
    return str(value)


def _float_text(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return repr(value).removesuffix(".0")


def json_text(value: Any) -> str:
    """Return a struct, map or list as JSON. A map comes from Arrow as a list of pairs."""
    match value:
        case None | bool() | int() | str():
            return json.dumps(value, ensure_ascii=False)
        case float():
            return json.dumps(value) if math.isfinite(value) else json.dumps(_float_text(value))
        case Decimal():
            return format(value, "f")
        case dict():
            return (
                "{"
                + ", ".join(f"{json_text(str(k))}: {json_text(v)}" for k, v in value.items())
                + "}"
            )
        case timedelta():
            return json.dumps(str(value))
    if isinstance(value, list):
        if value and all(isinstance(pair, tuple) and len(pair) == 2 for pair in value):
            return json_text(dict(value))
        return "[" + ", ".join(json_text(item) for item in value) + "]"
    return json.dumps(scalar_text(value, kinds.TEXT), ensure_ascii=False)


_WRITERS: dict[int, Callable[[Array], Array]] = {
    kinds.BOOL.oid: _booleans,
    kinds.FLOAT4.oid: _floats,
    kinds.FLOAT8.oid: _floats,
    kinds.NUMERIC.oid: _decimals,
    kinds.DATE.oid: _dates,
    kinds.TIME.oid: _moments,
    kinds.TIMESTAMP.oid: _timestamps,
    kinds.TIMESTAMPTZ.oid: _zoned,
    kinds.BYTEA.oid: _hexed,
    kinds.INTERVAL.oid: lambda array: _each(array, interval_text),
}
