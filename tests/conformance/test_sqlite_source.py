"""`SQLiteSource` passes the suite of sources, by table and by query."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from meshwright.adapters.sqlite_source import SQLiteSource
from meshwright.model.product import SourceSpec
from meshwright.spi.source import Source
from meshwright.testing.source import Row, SourceConformance


class TestSQLiteTable(SourceConformance):
    """A table."""

    options: dict[str, object] = {"table": "rows"}  # noqa: RUF012

    def make_source(self, spec: SourceSpec) -> Source:
        return SQLiteSource(spec)

    def make_rows(self, folder: Path, rows: Sequence[Row]) -> SourceSpec:
        with closing(sqlite3.connect(folder / "silo.db")) as database, database:
            database.execute("DROP TABLE IF EXISTS rows")
            database.execute("CREATE TABLE rows (id INTEGER, code TEXT, price REAL, day DATE)")
            values = [(*row[:3], str(row[3]) if row[3] else None) for row in rows]
            database.executemany("INSERT INTO rows VALUES (?, ?, ?, ?)", values)
        return SourceSpec("sqlite", folder, ("silo.db",), options=self.options)


class TestSQLiteQuery(TestSQLiteTable):
    """A query over it."""

    options: dict[str, object] = {"query": "SELECT id, code, price, day FROM rows -- all\n;"}  # noqa: RUF012
