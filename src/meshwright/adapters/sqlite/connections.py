"""Connections to one SQLite file, lent to one thread at a time, and the meaning of SQLite's errors.

What must stay true: a connection comes back to the pool outside of any transaction, or is closed.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock

from meshwright.errors import (
    ExhaustedError,
    InternalError,
    LedgerError,
    MeshwrightError,
    UnreachableError,
)

BUSY_SECONDS = 60.0


class ConnectionPool:
    """Idle connections to one file; as many exist as were in use at once."""

    def __init__(self, path: Path, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self.path = path
        self._busy_seconds = busy_seconds
        self._idle: list[sqlite3.Connection] = []
        self._lock = Lock()
        self._is_closed = False

    @contextmanager
    def lend(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection in autocommit mode; whatever transaction is left open is rolled back."""
        connection = self._take()
        try:
            yield connection
        finally:
            if connection.in_transaction:
                with suppress(sqlite3.Error):
                    connection.rollback()
            self._give_back(connection)

    def close(self) -> None:
        """Close every idle connection, and each lent one as soon as it comes back."""
        with self._lock:
            idle, self._idle, self._is_closed = self._idle, [], True
        for connection in idle:
            connection.close()

    def _take(self) -> sqlite3.Connection:
        with self._lock:
            if self._is_closed:
                raise InternalError("state-closed", f"`{self.path}` is used after it was closed")
            if self._idle:
                return self._idle.pop()
        return self._connect()

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._lock:
            if not self._is_closed and not connection.in_transaction:
                self._idle.append(connection)
                return
        connection.close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path,
            timeout=self._busy_seconds,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
        )
        try:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA cache_size = -16384")
        except sqlite3.Error:
            connection.close()
            raise
        return connection


_TRUTH = ("facts", "signed_checkpoints")  # what cannot be made again
_READ_ONLY = {
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_READONLY_CANTINIT,
    sqlite3.SQLITE_READONLY_DIRECTORY,
    sqlite3.SQLITE_READONLY_DBMOVED,
    sqlite3.SQLITE_READONLY_ROLLBACK,
    sqlite3.SQLITE_READONLY_RECOVERY,
    sqlite3.SQLITE_READONLY_CANTLOCK,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
}


def explain(error: sqlite3.Error, path: Path) -> MeshwrightError:
    """Return what an error of SQLite means to someone who runs a mesh."""
    code = getattr(error, "sqlite_errorcode", 0)
    primary = code & 0xFF
    if primary in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return LedgerError(
            "state-corrupt",
            f"`{path}` is not a readable database: {error}",
            hint="restore it from a backup; the published data files are not touched by this",
        )
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return UnreachableError(
            "state-busy",
            f"`{path}` is kept busy by another process",
            hint="try again when the other process has ended",
        )
    if primary in _READ_ONLY or code in _READ_ONLY:
        return read_only(path)
    if primary in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return ExhaustedError(
            "state-disk", f"`{path}` cannot be written: {error}", hint="free some disk space"
        )
    gone = str(error).partition("no such table: ")[2]
    if gone:
        return LedgerError(
            "state-table-missing",
            f"`{path}` has no table `{gone}` any more",
            hint="restore it from a backup" if gone in _TRUTH else "mesh ledger rebuild",
        )
    return InternalError("state-sql", f"`{path}` refused a statement: {error}")


def read_only(path: Path) -> UnreachableError:
    """Return the error of a state that cannot be opened for writing."""
    return UnreachableError(
        "state-read-only",
        f"`{path}` cannot be opened for writing",
        hint=f"make `{path.parent}` writable, or set `state:` in mesh.yaml to a folder that is",
    )


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn the errors of SQLite into ours."""
    try:
        yield
    except sqlite3.Error as error:
        raise explain(error, path) from error
