"""The cache on SQLite: it may vanish, so it is never synced, and recreated when it cannot be read."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock

FORMAT = 1


class SQLiteCache:
    """Bytes by section and key in `<folder>/cache.db`. Nothing here ever raises for a bad or missing file:
    what cannot be read is a miss, what cannot be written is forgotten.
    """

    def __init__(self, folder: Path) -> None:
        self.path = Path(folder) / "cache.db"
        self._lock = Lock()
        self._connection: sqlite3.Connection | None = None

    def load(self, section: str) -> dict[str, bytes]:
        """Return everything of a section."""
        rows = self._rows("SELECT key, value FROM entries WHERE section = ?", (section,))
        return dict(rows)

    def get(self, section: str, key: str) -> bytes | None:
        """Return one value."""
        rows = self._rows(
            "SELECT key, value FROM entries WHERE section = ? AND key = ?", (section, key)
        )
        return rows[0][1] if rows else None

    def put(self, section: str, items: Mapping[str, bytes]) -> None:
        """Store values, all at once."""
        self._change(
            "INSERT OR REPLACE INTO entries (section, key, value) VALUES (?, ?, ?)",
            [(section, key, value) for key, value in items.items()],
        )

    def drop(self, section: str, keys: Iterable[str]) -> None:
        """Forget values."""
        self._change(
            "DELETE FROM entries WHERE section = ? AND key = ?", [(section, key) for key in keys]
        )

    def close(self) -> None:
        """Close the file. Called once."""
        with self._lock:
            self._disconnect()

    def _rows(self, sql: str, values: tuple[str, ...]) -> list[tuple[str, bytes]]:
        with self._mended():
            return self._open().execute(sql, values).fetchall()
        return []

    def _change(self, sql: str, rows: list[tuple[str, ...] | tuple[str, str, bytes]]) -> None:
        with self._mended():
            connection = self._open()
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(sql, rows)
            connection.commit()

    @contextmanager
    def _mended(self) -> Iterator[None]:
        """Run alone; throw the file away when it turns out to be broken."""
        with self._lock:
            try:
                yield
            except (sqlite3.Error, OSError) as error:
                broken = _is_broken(error)
                self._disconnect()
                if broken:
                    self._remove()

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = self._connect()
        return self._connection

    def _connect(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            return _connect(self.path)
        except sqlite3.DatabaseError as error:
            if not _is_broken(error):
                raise
            self._remove()
            return _connect(self.path)

    def _disconnect(self) -> None:
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def _remove(self) -> None:
        for suffix in ("", "-wal", "-shm", "-journal"):
            with suppress(OSError):
                self.path.with_name(self.path.name + suffix).unlink()


def _is_broken(error: Exception) -> bool:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_ERROR)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=5.0, isolation_level=None, check_same_thread=False)
    try:
        _shape(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _shape(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA synchronous = OFF")
    if connection.execute("PRAGMA user_version").fetchone()[0] == FORMAT:
        return
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN IMMEDIATE")
    if connection.execute("PRAGMA user_version").fetchone()[0] != FORMAT:
        tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        for (name,) in tables.fetchall():
            connection.execute(f'DROP TABLE "{name}"')
        connection.execute(
            "CREATE TABLE entries (section TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL,"
            " PRIMARY KEY (section, key)) WITHOUT ROWID"
        )
        connection.execute(f"PRAGMA user_version = {FORMAT}")
    connection.commit()
