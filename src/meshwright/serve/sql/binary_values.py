"""Columns in binary format, as PostgreSQL sends values: whole columns at a time where the width is fixed.

Every function takes an Arrow array and returns one of binaries with the same nulls.
"""

import struct
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

import numpy
import pyarrow
import pyarrow.compute as pc

from meshwright.model import postgres as kinds
from meshwright.model.postgres import Kind
from meshwright.serve.sql.text_values import text_column

Array = Any  # pyarrow has no types
_EPOCH_DAYS = 10957  # from 1970-01-01 to 2000-01-01
_EPOCH_MICROS = _EPOCH_DAYS * 86_400_000_000
_INTERVAL = numpy.dtype([("months", "<i4"), ("days", "<i4"), ("nanoseconds", "<i8")])
_INTERVAL_SENT = numpy.dtype([("micros", ">i8"), ("days", ">i4"), ("months", ">i4")])


def binary_column(array: Array, kind: Kind, type_text: str) -> Array:
    """Return a column in binary format."""
    if kind.element is not None:
        return _arrays(array, kind.element, type_text)
    if kind.oid == kinds.BYTEA.oid:
        return array
    writer = _WRITERS.get(kind.oid)
    return writer(array) if writer else text_column(array, kind, type_text)


def fixed(values: "numpy.ndarray[Any, Any]", array: Array) -> Array:
    """Return numbers of one width as binaries, null where the array is."""
    width, count = values.dtype.itemsize, len(values)
    offsets = numpy.arange(count + 1, dtype=numpy.int32) * width
    data = pyarrow.py_buffer(numpy.ascontiguousarray(values))
    buffers = [None, pyarrow.py_buffer(offsets), data]
    made = pyarrow.Array.from_buffers(pyarrow.binary(), count, buffers)
    if not array.null_count:
        return made
    return pc.if_else(pc.is_valid(array), made, pyarrow.scalar(None, pyarrow.binary()))


def _numbers(sent: str, stored: Any) -> Callable[[Array], Array]:
    def write(array: Array) -> Array:
        return fixed(_filled(pc.cast(array, stored)).astype(sent), array)

    return write


def _filled(array: Array) -> "numpy.ndarray[Any, Any]":
    return pc.fill_null(array, 0).to_numpy(zero_copy_only=False)  # type: ignore[no-any-return]


def _booleans(array: Array) -> Array:
    return fixed(_filled(pc.cast(array, pyarrow.uint8())), array)


def _dates(array: Array) -> Array:
    days = _filled(array.view(pyarrow.int32()))
    return fixed((days - _EPOCH_DAYS).astype(">i4"), array)


def _timestamps(array: Array) -> Array:
    zone = array.type.tz
    micros = _filled(
        pc.cast(array, pyarrow.timestamp("us", zone), safe=False).view(pyarrow.int64())
    )
    return fixed((micros - _EPOCH_MICROS).astype(">i8"), array)


def _times(array: Array) -> Array:
    return fixed(_filled(array.view(pyarrow.int64())).astype(">i8"), array)


def _intervals(array: Array) -> Array:
    data = array.buffers()[1]
    stored = numpy.frombuffer(data, _INTERVAL, len(array) + array.offset)[array.offset :]
    sent = numpy.empty(len(array), _INTERVAL_SENT)
    sent["micros"] = stored["nanoseconds"] // 1000
    sent["days"], sent["months"] = stored["days"], stored["months"]
    return fixed(sent, array)


def _uuids(array: Array) -> Array:
    return _each(array, lambda value: UUID(str(value)).bytes)


def _numerics(array: Array) -> Array:
    return _each(array, lambda value: numeric_bytes(Decimal(value)))


def _each(array: Array, write: Callable[[Any], bytes]) -> Array:
    return pyarrow.array(
        [None if value is None else write(value) for value in array.to_pylist()], pyarrow.binary()
    )


def numeric_bytes(value: Decimal) -> bytes:
    """Return a number as groups of four decimal digits, with weight, sign and scale."""
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        return struct.pack("!hhHh", 0, 0, 0xC000, 0)
    scale = max(0, -exponent)
    whole = int("".join(map(str, digits))) * 10 ** max(0, exponent)
    padding = -scale % 4
    whole *= 10**padding
    groups: list[int] = []
    while whole:
        whole, group = divmod(whole, 10_000)
        groups.append(group)
    weight = len(groups) - (scale + padding) // 4 - 1
    while groups and groups[0] == 0:
        groups.pop(0)
    groups.reverse()
    head = struct.pack("!hhHh", len(groups), weight if groups else 0, 0x4000 * sign, scale)
    return head + struct.pack(f"!{len(groups)}H", *groups)


def _arrays(array: Array, element: Kind, type_text: str) -> Array:
    """Return arrays of one dimension: the elements as a column, then cut into values."""
    if array.offset or pyarrow.types.is_fixed_size_list(array.type):
        array = pyarrow.array(array.to_pylist(), pyarrow.list_(array.type.value_type))
    element_type = type_text[: type_text.rindex("[")]
    items = binary_column(array.values, element, element_type)
    encoded = [
        b"\xff\xff\xff\xff" if item is None else struct.pack("!i", len(item)) + item
        for item in pc.cast(items, pyarrow.binary()).to_pylist()
    ]
    offsets = array.offsets.to_pylist()
    is_null = pc.is_null(array).to_pylist()
    found: list[bytes | None] = []
    for index in range(len(array)):
        values = encoded[offsets[index] : offsets[index + 1]]
        found.append(None if is_null[index] else _array_bytes(values, element))
    return pyarrow.array(found, pyarrow.binary())


def _array_bytes(values: list[bytes], element: Kind) -> bytes:
    if not values:
        return struct.pack("!iiI", 0, 0, element.oid)
    has_null = any(value == b"\xff\xff\xff\xff" for value in values)
    head = struct.pack("!iiIii", 1, int(has_null), element.oid, len(values), 1)
    return head + b"".join(values)


_WRITERS: dict[int, Callable[[Array], Array]] = {
    kinds.BOOL.oid: _booleans,
    kinds.INT2.oid: _numbers(">i2", pyarrow.int16()),
    kinds.INT4.oid: _numbers(">i4", pyarrow.int32()),
    kinds.INT8.oid: _numbers(">i8", pyarrow.int64()),
    kinds.OID.oid: _numbers(">u4", pyarrow.uint32()),
    kinds.FLOAT4.oid: _numbers(">f4", pyarrow.float32()),
    kinds.FLOAT8.oid: _numbers(">f8", pyarrow.float64()),
    kinds.NUMERIC.oid: _numerics,
    kinds.DATE.oid: _dates,
    kinds.TIME.oid: _times,
    kinds.TIMESTAMP.oid: _timestamps,
    kinds.TIMESTAMPTZ.oid: _timestamps,
    kinds.INTERVAL.oid: _intervals,
    kinds.UUID.oid: _uuids,
}
