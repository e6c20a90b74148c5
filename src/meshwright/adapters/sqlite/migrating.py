"""Bring `state.db` to the current schema with yoyo-migrations, one SQL file after the other.

Each file sets `user_version` to its number inside its own transaction, so that number is the truth and
yoyo's table follows it. The caller holds the `prepare` lock: it dies with its process, which yoyo's own
lock row does not.
"""

import sqlite3
from datetime import UTC, datetime
from functools import cache
from glob import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from yoyo import read_migrations
from yoyo.backends.core.sqlite3 import SQLiteBackend
from yoyo.connections import DatabaseURI
from yoyo.migrations import MigrationList

FOLDER = Path(__file__).parent / "migrations"


class _Backend(SQLiteBackend):  # type: ignore[misc]
    """Yoyo on a plain connection: any path, no shared cache, no look-up of user and host names."""

    def connect(self, dburi: DatabaseURI) -> sqlite3.Connection:
        return sqlite3.connect(
            dburi.database,
            timeout=60.0,
            isolation_level=None,
            detect_types=sqlite3.PARSE_DECLTYPES,
        )

    def get_log_data(
        self, migration: object | None = None, operation: str = "apply"
    ) -> dict[str, object]:
        return {
            "id": str(uuid4()),
            "migration_id": getattr(migration, "id", None),
            "migration_hash": getattr(migration, "hash", None),
            "username": "",
            "hostname": "",
            "created_at_utc": datetime.now(UTC).replace(tzinfo=None),
            "operation": operation,
        }


def migrate(path: Path) -> None:
    """Apply every migration that the database does not have yet; called with the `prepare` lock held."""
    with _Backend(_uri(path), "_yoyo_migrations") as backend:
        backend.execute("PRAGMA journal_mode = WAL")
        backend.init_database()
        backend.break_lock()
        migrations = _migrations(FOLDER)
        applied = int(backend.execute("PRAGMA user_version").fetchone()[0])
        unmarked = backend.to_apply(migrations)
        backend.mark_migrations([m for m in unmarked if number(m.id) <= applied])
        backend.apply_migrations(backend.to_apply(migrations))


def schema() -> list[tuple[str, str, str]]:
    """Return what the migrations make, tables before their indexes: its name, its table and its SQL."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "state.db"
        migrate(path)
        connection = sqlite3.connect(path)
        try:
            return connection.execute(
                "SELECT name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL"
                " ORDER BY type = 'index', name"
            ).fetchall()
        finally:
            connection.close()


def number(migration: str) -> int:
    """Return the schema version that a migration leads to: the digits its name starts with."""
    return int(migration.partition("-")[0])


@cache
def _migrations(folder: Path) -> MigrationList:
    """Read the files once a process: to take them apart costs more than to run them."""
    found = read_migrations(escape(str(folder)))
    for migration in found:
        migration.load()
    return found


def _uri(path: Path) -> DatabaseURI:
    return DatabaseURI("sqlite", None, None, None, None, str(path), {})
