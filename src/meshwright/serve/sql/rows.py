"""Rows as messages: whole batches at a time, joined by Arrow, never row by row.

A message is its parts laid end to end: a head, then for each column a length and the bytes. Each part is an
Arrow column; joined element by element, the data buffer of the result is what goes to the client.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy
import pyarrow
import pyarrow.compute as pc

from meshwright.model.postgres import Kind, kind_of
from meshwright.model.table import Column
from meshwright.serve.sql.binary_values import binary_column
from meshwright.serve.sql.text_values import text_column

Array = Any  # pyarrow has no types
CHUNK = 4 << 20  # bytes of Arrow data that are made into messages at once
_LEAST_ROWS = 64


@dataclass(frozen=True, slots=True)
class Field:
    """A column as the client gets it."""

    name: str
    type: str
    kind: Kind
    is_binary: bool = False


def fields_of(columns: Sequence[Column], formats: Sequence[int] = ()) -> tuple[Field, ...]:
    """Return columns with their formats: none said is text, one said is for all."""
    return tuple(
        Field(column.name, column.type, kind_of(column.type), bool(_format(formats, index)))
        for index, column in enumerate(columns)
    )


def _format(formats: Sequence[int], index: int) -> int:
    if len(formats) == 1:
        return formats[0]
    return formats[index] if index < len(formats) else 0


def slices(batch: Any) -> list[Any]:
    """Cut a batch into parts of about `CHUNK` bytes, so that memory is bounded by it."""
    count = batch.num_rows
    if count == 0:
        return []
    rows = max(_LEAST_ROWS, int(count * CHUNK / max(1, batch.nbytes)))
    return [batch.slice(start, rows) for start in range(0, count, rows)]


def payloads(batch: Any, fields: Sequence[Field]) -> list[Array]:
    """Return each column as binaries."""
    return [_payload(batch.column(index), field) for index, field in enumerate(fields)]


def _payload(array: Array, field: Field) -> Array:
    if pyarrow.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pyarrow.types.is_null(array.type):
        return pyarrow.nulls(len(array), pyarrow.binary())
    write = binary_column if field.is_binary else text_column
    return pc.cast(write(array, field.kind, field.type), pyarrow.binary())


def data_rows(batch: Any, fields: Sequence[Field]) -> memoryview:
    """Return a batch as DataRow messages."""
    return joined(payloads(batch, fields), b"D")


def joined(columns: Sequence[Array], kind: bytes) -> memoryview:
    """Return rows as messages of a kind: in each, how many fields, then each with its length."""
    count = len(columns[0]) if columns else 0
    lengths = [pc.fill_null(pc.binary_length(column), -1).to_numpy() for column in columns]
    total = numpy.full(count, 6, numpy.int64)
    for length in lengths:
        total += numpy.maximum(length, 0) + 4
    parts: list[Array] = [_head(kind, total, len(columns), lengths[0])]
    for index, column in enumerate(columns):
        if index:
            parts.append(as_binary(lengths[index].astype(">i4")))
        parts.append(column)
    return buffer_of(parts)


def buffer_of(parts: Sequence[Array]) -> memoryview:
    """Return the bytes of columns joined row by row; nulls are empty."""
    whole = pc.binary_join_element_wise(*parts, b"", null_handling="replace", null_replacement=b"")
    _, offsets, data = whole.buffers()
    if data is None:
        return memoryview(b"")
    ends = numpy.frombuffer(offsets, numpy.int32, len(whole) + 1 + whole.offset)
    return memoryview(data)[ends[whole.offset] : ends[-1]]


def _head(
    kind: bytes, total: "numpy.ndarray[Any, Any]", fields: int, first: "numpy.ndarray[Any, Any]"
) -> Array:
    layout = [("kind", "S1"), ("length", ">i4"), ("fields", ">i2"), ("first", ">i4")]
    head = numpy.empty(len(total), numpy.dtype(layout))
    head["kind"], head["length"], head["fields"], head["first"] = kind, total, fields, first
    return as_binary(head)


def as_binary(values: "numpy.ndarray[Any, Any]") -> Array:
    """Return values of one width as an Arrow column of binaries, without a copy."""
    offsets = numpy.arange(len(values) + 1, dtype=numpy.int32) * values.dtype.itemsize
    return pyarrow.Array.from_buffers(
        pyarrow.binary(), len(values), [None, pyarrow.py_buffer(offsets), pyarrow.py_buffer(values)]
    )
