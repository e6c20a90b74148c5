"""Rows that Python reads, as a relation of text that the engine can query."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import count

import duckdb
import pyarrow as pa

from meshwright.adapters.files.checked import ITEM, LINE, RAW

TextRow = tuple[str, int, str | None, Sequence[str | None]]  # item, line, raw text, values
_ROWS = 20_000
_serial = count()


def register_rows(
    connection: duckdb.DuckDBPyConnection, names: Sequence[str], rows: Iterable[TextRow]
) -> str:
    """Make the rows queryable once; return the SQL that reads them."""
    fields = [pa.field(name, pa.string()) for name in names]
    places = [pa.field(ITEM, pa.string()), pa.field(LINE, pa.int64()), pa.field(RAW, pa.string())]
    schema = pa.schema([*fields, *places])
    name = f"text_rows_{next(_serial)}"
    connection.register(name, pa.RecordBatchReader.from_batches(schema, _batches(schema, rows)))
    return f"SELECT * FROM {name}"


def _batches(schema: pa.Schema, rows: Iterable[TextRow]) -> Iterator[pa.RecordBatch]:
    pending: list[TextRow] = []
    for row in rows:
        pending.append(row)
        if len(pending) == _ROWS:
            yield _batch(schema, pending)
            pending = []
    if pending:
        yield _batch(schema, pending)


def _batch(schema: pa.Schema, rows: Sequence[TextRow]) -> pa.RecordBatch:
    width = len(schema) - 3
    values = [pa.array([row[3][i] for row in rows], pa.string()) for i in range(width)]
    items = pa.array([row[0] for row in rows], pa.string())
    lines = pa.array([row[1] for row in rows], pa.int64())
    raws = pa.array([row[2] for row in rows], pa.string())
    return pa.RecordBatch.from_arrays([*values, items, lines, raws], schema=schema)
