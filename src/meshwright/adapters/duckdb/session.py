"""A session: one locked DuckDB, one cursor for each call, every text through the gate."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

import duckdb

from meshwright.adapters.duckdb import gate
from meshwright.adapters.duckdb.faults import translated
from meshwright.adapters.duckdb.lockdown import Lockdown
from meshwright.adapters.duckdb.naming import identifier, parts_of, path_list, qualified, text
from meshwright.adapters.duckdb.staging import stage_intervals, stage_whole
from meshwright.errors import ModelError, UnreachableError, UsageError
from meshwright.model.address import RESERVED_DOMAINS
from meshwright.model.table import Column, DataFile
from meshwright.spi.engine import ArrowStream, Reach

Query = str | duckdb.Statement
_OWN_CATALOGS = frozenset({"memory", "main"})


class DuckDBSession:
    """What `spi.engine.Session` says, on DuckDB."""

    def __init__(self, reach: Reach) -> None:
        self._lockdown = Lockdown(reach)
        self._readable = frozenset(reach.read)
        self._writable = frozenset(Path(os.path.normpath(folder)) for folder in reach.write)
        self._lock = Lock()
        self._names: set[tuple[str, ...]] = set()
        self._spaces: set[tuple[str, ...]] = set()
        self._cursors: set[duckdb.DuckDBPyConnection] = set()

    def scan(self, name: str, files: Sequence[Path]) -> None:
        """Name the rows of exactly these Parquet files."""
        if not files:
            raise UsageError("scan-empty", f"`{name}` has no files")
        for file in files:
            self._require_readable(file)
        sql = f"SELECT * FROM read_parquet({path_list(files)}, union_by_name = true)"
        with self._cursor() as cursor:
            self._create(cursor, name, "VIEW", sql, 1)

    def define(self, name: str, sql: str, *, keep: bool = False) -> None:
        """Name the result of a SELECT: as a view, or computed once when `keep`."""
        with self._cursor() as cursor:
            passed = self._passed(cursor, sql)
            self._create(cursor, name, "TABLE" if keep else "VIEW", passed, 1)

    def stage(
        self, sql: str, path: Path, *, interval: tuple[str, str] | None = None
    ) -> tuple[DataFile, ...]:
        """Write the result of a SELECT to Parquet; each file appears whole or not at all."""
        path = Path(os.path.normpath(path))
        if not self._may_write(path):
            raise ModelError(
                "sql-forbidden", f"`{path}` is outside the folders that may be written"
            )
        with self._cursor() as cursor:
            passed = self._passed(cursor, sql)
            if interval is None:
                return (stage_whole(cursor, passed, path),)
            columns = _columns(cursor, passed)
            return stage_intervals(cursor, passed, path, columns, interval)

    def columns(self, sql: str) -> tuple[Column, ...]:
        """Return the columns that a SELECT would give, without running it."""
        with self._cursor() as cursor:
            return _columns(cursor, self._passed(cursor, sql))

    def rows(self, sql: str, *, trusted: bool = False) -> list[tuple[object, ...]]:
        """Return the rows of a small SELECT; `trusted` skips the gate, but never for what may write."""
        with self._cursor() as cursor:
            skips = trusted and gate.only_reads(sql)
            query = self._single(cursor, sql) if skips else self._passed(cursor, sql)
            try:
                with translated():
                    cursor.execute(query)
                    if not _has_zones(cursor):
                        return cursor.fetchall()
            except ModelError as error:
                if error.code == "sql-unknown-table":
                    self._passed(cursor, sql)  # says what is known here
                raise
        return self._rows_by_arrow(query)

    def stream(self, sql: str) -> ArrowStream:
        """Return the rows of a SELECT as an Arrow stream."""
        cursor = self._take_cursor()
        try:
            passed = self._passed(cursor, sql)
            with translated():
                return _Stream(cursor.sql(passed))
        except BaseException:
            self._drop_cursor(cursor)
            raise

    def cancel(self) -> None:
        """Interrupt whatever runs."""
        with self._lock:
            for cursor in self._cursors:
                cursor.interrupt()

    def close(self) -> None:
        """Close every cursor and the database; remove what was spilled."""
        with self._lock:
            cursors, self._cursors = self._cursors, set()
        for cursor in cursors:
            cursor.close()
        self._lockdown.close()

    def _rows_by_arrow(self, query: Query) -> list[tuple[object, ...]]:
        """Return rows with times that have a zone: DuckDB itself would need `pytz` for them."""
        with self._cursor() as cursor, translated():
            columns = [column.to_pylist() for column in cursor.sql(query).to_arrow_table().columns]
            return list(zip(*columns, strict=True))

    def _single(self, cursor: duckdb.DuckDBPyConnection, sql: str) -> Query:
        """Return a trusted text as the one SELECT that the parser says it is."""
        with translated():
            found = cursor.extract_statements(sql)
        if len(found) != 1 or found[0].type != duckdb.StatementType.SELECT:
            return self._passed(cursor, sql)
        return found[0]

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        cursor = self._take_cursor()
        try:
            yield cursor
        finally:
            self._drop_cursor(cursor)

    def _take_cursor(self) -> duckdb.DuckDBPyConnection:
        with self._lock, translated():
            cursor = self._lockdown.connection.cursor()
            self._cursors.add(cursor)
            return cursor

    def _drop_cursor(self, cursor: duckdb.DuckDBPyConnection) -> None:
        with self._lock:
            self._cursors.discard(cursor)
        cursor.close()

    def _passed(self, cursor: duckdb.DuckDBPyConnection, sql: str) -> str:
        judged = gate.passed(cursor, sql)
        gate.require_known(judged, frozenset(self._names))
        return judged.sql

    def _may_write(self, path: Path) -> bool:
        return not self._writable.isdisjoint((path, *path.parents))

    def _require_readable(self, file: Path) -> None:
        if file in self._readable or self._may_write(file):
            if file.is_file():
                return
            raise UnreachableError("file-missing", f"`{file}` is not there")
        raise ModelError("sql-forbidden", f"`{file}` is not among the files that may be read")

    def _create(
        self, cursor: duckdb.DuckDBPyConnection, name: str, kind: str, sql: str, lines_before: int
    ) -> None:
        parts = parts_of(name)
        self._prepare_space(cursor, parts[:-1])
        other = "TABLE" if kind == "VIEW" else "VIEW"
        statement = f"CREATE OR REPLACE {kind} {qualified(parts)} AS (\n{sql}\n)"
        with translated(lines_before):
            if tuple(part.lower() for part in parts) in self._names:
                _drop(cursor, other, parts)
            cursor.execute(statement)
        with self._lock:
            self._names.add(tuple(part.lower() for part in parts))

    def _prepare_space(self, cursor: duckdb.DuckDBPyConnection, space: tuple[str, ...]) -> None:
        """Make the schema, and for three parts the in-memory database around it."""
        if not space or space in self._spaces:
            return
        if space[0].lower() in RESERVED_DOMAINS:
            raise UsageError(
                "name-reserved", f"`{space[0]}` is a name that the engine keeps for itself"
            )
        with self._lock, translated():
            if len(space) == 2 and space[0].lower() not in _OWN_CATALOGS:
                cursor.execute(f"ATTACH IF NOT EXISTS ':memory:' AS {identifier(space[0])}")
            cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {qualified(space)}")
            self._spaces.add(space)


class _Stream:
    """The rows of a query in motion; holds the query's cursor by its relation."""

    def __init__(self, relation: duckdb.DuckDBPyRelation) -> None:
        self._relation = relation

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        with translated():
            return self._relation.__arrow_c_stream__(requested_schema)


def _has_zones(cursor: duckdb.DuckDBPyConnection) -> bool:
    return any("TIME ZONE" in str(column[1]) for column in cursor.description or ())


def _columns(cursor: duckdb.DuckDBPyConnection, sql: str) -> tuple[Column, ...]:
    with translated(1):
        rows = cursor.execute(f"DESCRIBE (\n{sql}\n)").fetchall()
    return tuple(Column(str(row[0]), str(row[1])) for row in rows)


def _drop(cursor: duckdb.DuckDBPyConnection, kind: str, parts: tuple[str, ...]) -> None:
    listed = f"duckdb_{kind.lower()}s()"
    named = f"{kind.lower()}_name = {text(parts[-1])}"
    if cursor.execute(f"SELECT 1 FROM {listed} WHERE {named}").fetchall():
        cursor.execute(f"DROP {kind} IF EXISTS {qualified(parts)}")
