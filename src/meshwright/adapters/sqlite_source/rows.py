"""Stream a table's rows as Arrow, chunk by chunk, setting aside the rows whose values do not fit."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import pyarrow as pa

from meshwright.adapters.sqlite_source.database import quoted, reading
from meshwright.adapters.sqlite_source.types import arrow_type, convert
from meshwright.model.table import Column
from meshwright.spi.engine import ArrowStream
from meshwright.spi.source import RejectedRow

_CHUNK = 20_000
_KEPT = 1000
_LONGEST = 2000


class SQLiteReading:
    """One pass over one table or query, in one read transaction."""

    def __init__(
        self,
        database: sqlite3.Connection,
        path: Path,
        item: str,
        selected: str,
        columns: Sequence[Column],
        has_rowid: bool,
    ) -> None:
        self._database = database
        self._path = path
        self._item = item
        self._columns = columns
        self._has_rowid = has_rowid
        names = ", ".join(quoted(column.name) for column in columns)
        if has_rowid:
            self._sql = selected.replace("SELECT *", f"SELECT rowid, {names}", 1)
        else:
            self._sql = f"SELECT {names} FROM (\n{selected.rstrip().rstrip(';')}\n)"
        self._schema = pa.schema([pa.field(c.name, arrow_type(c.type)) for c in columns])
        self._rejected: list[RejectedRow] = []
        self._count = 0

    def stream(self) -> ArrowStream:
        """Return the good rows."""
        stream: ArrowStream = pa.RecordBatchReader.from_batches(self._schema, self._batches())
        return stream

    def rejected(self) -> Sequence[RejectedRow]:
        """Return the first rows that did not fit."""
        return self._rejected

    def rejected_count(self) -> int:
        """Return how many rows did not fit."""
        return self._count

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def _batches(self) -> Iterator[pa.RecordBatch]:
        with reading(self._path):
            cursor = self._database.execute(self._sql)
            done = 0
            while rows := list(islice(cursor, _CHUNK)):
                yield self._batch(rows, done)
                done += len(rows)

    def _batch(self, rows: Sequence[tuple[object, ...]], done: int) -> pa.RecordBatch:
        first = 1 if self._has_rowid else 0
        values = list(zip(*rows, strict=True))[first:]
        arrays, bad = [], dict[int, Column]()
        for column, column_values in zip(self._columns, values, strict=True):
            array, places = convert(column_values, column.type)
            arrays.append(array)
            for place in places:
                bad.setdefault(place, column)
        batch = pa.RecordBatch.from_arrays(arrays, schema=self._schema)
        if not bad:
            return batch
        for place, column in sorted(bad.items()):
            line = int(str(rows[place][0])) if first else done + place + 1
            self._reject(line, column, rows[place][first:])
        return batch.filter(pa.array([place not in bad for place in range(len(rows))]))

    def _reject(self, line: int, column: Column, values: Sequence[object]) -> None:
        self._count += 1
        if len(self._rejected) < _KEPT:
            named = {c.name: v for c, v in zip(self._columns, values, strict=True)}
            text = json.dumps(named, default=repr, ensure_ascii=False)[:_LONGEST]
            error = f"a value is not {column.type}"
            self._rejected.append(RejectedRow(self._item, line, column.name, error, text))
