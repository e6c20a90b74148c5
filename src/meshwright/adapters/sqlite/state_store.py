"""The state store on SQLite in WAL mode: readers never wait, writers wait in line.

What must stay true: a reader sees one committed state for as long as it reads; what `write` committed is on
disk (`synchronous=FULL`) before it returns; one process has at most one write transaction open.
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from threading import Lock, get_ident

from meshwright.adapters.sqlite.connections import (
    BUSY_SECONDS,
    ConnectionPool,
    explain,
    explained,
    read_only,
)
from meshwright.errors import InternalError, UnreachableError, UsageError
from meshwright.spi.state_store import Reader, Row, Value, Writer

SCHEMA_VERSION = 5  # the number of files in `migrations`
APPLICATION_ID = int.from_bytes(b"MESH", "big")


class SQLiteStateStore:
    """The ledger and its projections in `<folder>/state.db`, locks in `<folder>/*.lock`."""

    def __init__(self, folder: Path, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self.folder = Path(folder)
        self.path = self.folder / "state.db"
        self._busy_seconds = busy_seconds
        self._pool = ConnectionPool(self.path, busy_seconds=busy_seconds)
        self._write_lock = Lock()
        self._writing_thread = 0

    def prepare(self) -> None:
        """Create or migrate the tables; one `PRAGMA` when they are current.

        Raises `UsageError` (`state-newer`, `state-foreign`), `LedgerError` (`state-corrupt`) or
        `UnreachableError` (`state-read-only`).
        """
        try:
            if self.path.exists() and self._schema_version() == SCHEMA_VERSION:
                return
            self.folder.mkdir(parents=True, exist_ok=True)
            self._migrate()
        except OSError as error:
            raise read_only(self.path) from error

    def restore_tables(self, tables: Collection[str]) -> None:
        """Create those of these tables that were dropped, and their indexes, by the migrations."""
        with self.write() as writer:
            there = {str(name) for (name,) in writer.rows("SELECT name FROM sqlite_schema")}
            if there.issuperset(tables):
                return
            from meshwright.adapters.sqlite.migrating import schema  # imports the migration tool

            for name, table, sql in schema():
                if table in tables and name not in there:
                    writer.run(sql)

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """Open a snapshot: every query sees what was committed when it was opened."""
        with explained(self.path), self._pool.lend() as connection:
            connection.execute("BEGIN")
            connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchall()
            yield _Transaction(connection, self.path)
            connection.rollback()

    @contextmanager
    def write(self) -> Iterator[Writer]:
        """Open the one write transaction; commit at the end, roll back on any exception."""
        with self._turn(), explained(self.path), self._pool.lend() as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield _Transaction(connection, self.path)
            connection.commit()

    def hold(self, name: str, holder: str, wait: float) -> AbstractContextManager[None]:
        """Hold a lock file that the operating system frees when this process dies."""
        from meshwright.adapters.sqlite.holding import hold  # imports the lock library

        return hold(self.folder, name, holder, wait)

    def close(self) -> None:
        """Close all connections; the last process to close folds the WAL into the database."""
        self._pool.close()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Line the writers of this process up: waiting here is fair and cheap, in SQLite it is neither."""
        if self._writing_thread == get_ident():
            raise InternalError("write-nested", "a write transaction was opened within another")
        if not self._write_lock.acquire(timeout=self._busy_seconds):
            raise UnreachableError("state-busy", f"`{self.path}` is kept busy by another thread")
        self._writing_thread = get_ident()
        try:
            yield
        finally:
            self._writing_thread = 0
            self._write_lock.release()

    def _migrate(self) -> None:
        """Migrate, as the only process that does; another one may have done it while this one waited."""
        from meshwright.adapters.sqlite.migrating import migrate  # imports the migration tool

        with self.hold("prepare", "prepare the state", wait=60.0), explained(self.path):
            if self._schema_version() != SCHEMA_VERSION:
                migrate(self.path)

    def _schema_version(self) -> int:
        with explained(self.path), self._pool.lend() as connection:
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            owner = int(connection.execute("PRAGMA application_id").fetchone()[0])
        if owner not in (0, APPLICATION_ID) or (version and not owner):
            raise UsageError(
                "state-foreign",
                f"`{self.path}` is a database of another program",
                hint="move it away, or set `state:` in mesh.yaml to another folder",
            )
        if version > SCHEMA_VERSION:
            raise UsageError(
                "state-newer",
                f"`{self.path}` was written by a newer Meshwright "
                f"(schema {version}; this one knows {SCHEMA_VERSION})",
                hint="pip install --upgrade meshwright",
            )
        return version


class _Transaction:
    """What one thread does between begin and end."""

    __slots__ = ("_connection", "_path")

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    def rows(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        """Return all rows of a query."""
        try:
            return self._connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise explain(error, self._path) from error

    def run(self, sql: str, values: Sequence[Value] = ()) -> None:
        """Run one statement."""
        try:
            self._connection.execute(sql, values)
        except sqlite3.Error as error:
            raise explain(error, self._path) from error

    def run_many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        """Run one statement for each row of values."""
        try:
            self._connection.executemany(sql, rows)
        except sqlite3.Error as error:
            raise explain(error, self._path) from error
