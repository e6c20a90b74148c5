"""The source `sqlite`: what `spi.source.Source` says, on one table or query of a SQLite database."""

import hashlib
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from meshwright.adapters.sqlite_source.database import (
    find_table,
    lock_down,
    open_database,
    quoted,
    reading,
)
from meshwright.errors import DataError, DescriptorError, UnreachableError, did_you_mean
from meshwright.model.product import SourceSpec
from meshwright.model.table import Column
from meshwright.spi.source import Reading, SourceItem

_OPTIONS = ("table", "query")


class SQLiteSource:
    """One table or one query. Opening checks the options and touches no file."""

    def __init__(self, spec: SourceSpec) -> None:
        for name in spec.options:
            if name not in _OPTIONS:
                raise DescriptorError(
                    "source-option-unknown",
                    f"`{name}` is not an option of a SQLite source",
                    hint=did_you_mean(name, _OPTIONS),
                )
        if len(spec.options) != 1 or not isinstance(next(iter(spec.options.values())), str):
            raise DescriptorError(
                "source-option-invalid", "a SQLite source needs one of `table`, `query`"
            )
        if len(spec.paths) != 1:
            raise DescriptorError("source-option-invalid", "a SQLite source is one database file")
        self._path = Path(os.path.normpath(spec.base / os.path.expanduser(spec.paths[0])))
        self._table = str(spec.options.get("table", ""))
        self._query = str(spec.options.get("query", ""))
        self._declared = dict(spec.columns)
        self._name = f"{spec.paths[0]}:{self._table or 'query'}"

    def watched(self) -> tuple[str, ...]:
        """Return the database and its write-ahead log."""
        return (str(self._path), f"{self._path}-wal")

    def items(self) -> tuple[SourceItem, ...]:
        """List the table (or query): it may have changed when the database or its log has."""
        size, marks = 0, []
        for file in self._files():
            state = file.stat()
            size += state.st_size
            marks.append(f"{state.st_size}-{state.st_mtime_ns}")
        return (SourceItem(self._name, size, "+".join(marks)),)

    def digest(self, item: SourceItem) -> str:
        """Return a digest of the database's bytes and of its write-ahead log."""
        whole = hashlib.blake2b(item.name.encode(), digest_size=20)
        for file in self._files():
            with file.open("rb") as stream:
                whole.update(hashlib.file_digest(stream, "sha256").digest())
        return whole.hexdigest()

    def columns(self, items: Sequence[SourceItem]) -> tuple[Column, ...]:  # noqa: ARG002
        """Return declared types, else those the table declares, else those its values have."""
        from meshwright.adapters.sqlite_source.types import spelled_type, type_of_values

        with closing(open_database(self._path)) as database, reading(self._path):
            found = self._described(database)
            for name, kind in self._declared.items():
                if name not in found:
                    raise DataError(
                        "column-missing",
                        f"`{self._name}` has no declared column `{name}`",
                        hint=did_you_mean(name, found),
                    )
                found[name] = spelled_type(kind)
            lock_down(database)
            for name in [name for name, kind in found.items() if not kind]:
                sql = f"SELECT DISTINCT typeof({quoted(name)}) FROM ({self._selected()})"
                found[name] = type_of_values({str(kind) for (kind,) in database.execute(sql)})
        return tuple(Column(name, kind) for name, kind in found.items())

    def read(self, items: Sequence[SourceItem], columns: Sequence[Column]) -> Reading:  # noqa: ARG002
        """Read the rows as these columns."""
        from meshwright.adapters.sqlite_source.rows import SQLiteReading

        database = open_database(self._path)
        try:
            with reading(self._path):
                here = self._described(database)
                has_rowid = bool(self._table) and _has_rowid(database, self._selected())
                lock_down(database)
            unknown = [name for name in here if name not in {c.name for c in columns}]
            gone = [column.name for column in columns if column.name not in here]
            if unknown or gone:
                raise DataError(
                    "source-columns-changed",
                    f"the columns of `{self._name}` changed: {', '.join(unknown + gone)}",
                )
            return SQLiteReading(
                database, self._path, self._name, self._selected(), columns, has_rowid
            )
        except BaseException:
            database.close()
            raise

    def _files(self) -> list[Path]:
        if not self._path.is_file():
            raise UnreachableError(
                "source-not-found",
                f"there is no database `{self._path}`",
                hint="paths start at the product's folder",
            )
        log = self._path.with_name(f"{self._path.name}-wal")
        return [self._path, log] if log.is_file() and log.stat().st_size else [self._path]

    def _selected(self) -> str:
        return f"SELECT * FROM {quoted(self._table)}" if self._table else self._query

    def _described(self, database: sqlite3.Connection) -> dict[str, str]:
        """Return the columns with the types that their declarations mean ('' where they say nothing)."""
        from meshwright.adapters.sqlite_source.types import type_of_declared

        if self._table:
            self._table = find_table(database, self._path, self._table)
        view = quoted("meshwright input")
        try:
            database.execute(f"CREATE TEMP VIEW {view} AS {self._selected().rstrip().rstrip(';')}")
            rows = database.execute(f"PRAGMA temp.table_info({view})").fetchall()
            database.execute(f"DROP VIEW temp.{view}")
        except (sqlite3.ProgrammingError, sqlite3.Warning) as error:
            raise DescriptorError(
                "source-query-invalid", f"the query on `{self._path.name}` is not one SELECT"
            ) from error
        return {str(row[1]): type_of_declared(str(row[2] or "")) for row in rows}


def _has_rowid(database: sqlite3.Connection, selected: str) -> bool:
    try:
        database.execute(f"{selected.replace('SELECT *', 'SELECT rowid, *', 1)} LIMIT 0")
    except sqlite3.OperationalError:
        return False
    return True
