"""`SQLiteStateStore` passes the suite of state stores, and says clearly what is wrong with a bad file."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from meshwright.adapters.sqlite import SQLiteStateStore
from meshwright.adapters.sqlite.migrating import FOLDER, migrate, number
from meshwright.adapters.sqlite.state_store import APPLICATION_ID, SCHEMA_VERSION
from meshwright.errors import MeshwrightError
from meshwright.spi.state_store import StateStore
from meshwright.testing.state_store import StateStoreConformance


class TestSQLiteStateStore(StateStoreConformance):
    """The common suite."""

    def opening(self, folder: Path) -> Callable[[], StateStore]:
        return partial(SQLiteStateStore, folder)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SQLiteStateStore]:
    store = SQLiteStateStore(tmp_path)
    store.prepare()
    yield store
    store.close()


def _refusal(folder: Path) -> MeshwrightError:
    store = SQLiteStateStore(folder)
    with pytest.raises(MeshwrightError) as caught:
        store.prepare()
    store.close()
    return caught.value


def _execute(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def test_the_schema_version_counts_the_migrations() -> None:
    """Each migration file carries the next number, and the last one is the current version."""
    files = sorted(FOLDER.glob("*.sql"))
    assert [number(path.stem) for path in files] == list(range(1, SCHEMA_VERSION + 1))
    for path in files:
        assert f"PRAGMA user_version = {number(path.stem)};" in path.read_text()


def test_a_prepared_file_is_marked_as_ours(store: SQLiteStateStore) -> None:
    """The file carries our application id and schema version, and is in WAL mode."""
    with store.read() as reader:
        pragmas = [
            reader.rows(f"PRAGMA {name}")[0][0]
            for name in ("application_id", "user_version", "journal_mode")
        ]
    assert pragmas == [APPLICATION_ID, SCHEMA_VERSION, "wal"]


def test_commits_are_synced(store: SQLiteStateStore) -> None:
    """`synchronous` is FULL (2) on the connection that commits."""
    with store.write() as writer:
        assert writer.rows("PRAGMA synchronous") == [(2,)]


def test_any_folder_name_will_do(tmp_path: Path) -> None:
    """Characters that mean something in a URI or a glob mean nothing in a path."""
    store = SQLiteStateStore(tmp_path / "a [b]* #1 %20 ?x=é")
    store.prepare()
    assert store.path.is_file()
    store.close()


def test_a_newer_file_is_refused(store: SQLiteStateStore) -> None:
    """A schema from the future is not touched, and the hint is to upgrade."""
    _execute(store.path, "PRAGMA user_version = 99")
    error = _refusal(store.folder)
    assert error.code == "state-newer"
    assert "99" in error.message
    assert "--upgrade" in error.hint


def test_text_is_no_database(tmp_path: Path) -> None:
    """A file that is not SQLite's is named, and left as it is."""
    (tmp_path / "state.db").write_text("not a database, but long enough to look at " * 50)
    before = (tmp_path / "state.db").read_bytes()
    assert _refusal(tmp_path).code == "state-corrupt"
    assert (tmp_path / "state.db").read_bytes() == before


def test_a_damaged_page_is_said(store: SQLiteStateStore) -> None:
    """Garbage inside the file is one clear error when it is read."""
    store.close()
    damaged = bytearray(store.path.read_bytes())
    damaged[4096:] = b"\xa5" * len(damaged[4096:])
    store.path.write_bytes(bytes(damaged))
    opened = SQLiteStateStore(store.folder)
    with pytest.raises(MeshwrightError) as caught, opened.read() as reader:
        reader.rows("SELECT * FROM facts")
    opened.close()
    assert caught.value.code == "state-corrupt"


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    """Another program's file gets no tables of ours."""
    _execute(tmp_path / "state.db", "CREATE TABLE t (x)", "PRAGMA user_version = 7")
    assert _refusal(tmp_path).code == "state-foreign"


def test_a_folder_that_cannot_be_is_said(tmp_path: Path) -> None:
    """A path through a file is one clear error."""
    (tmp_path / "file").write_text("")
    error = _refusal(tmp_path / "file" / "state")
    assert error.code == "state-read-only"
    assert "mesh.yaml" in error.hint


_UNPRIVILEGED = """
import os, sys
from pathlib import Path
from meshwright.adapters.sqlite import SQLiteStateStore, holding, migrating
from meshwright.errors import MeshwrightError

if os.getuid() == 0:
    os.setuid(65534)
store = SQLiteStateStore(Path("state"))
try:
    store.prepare()
    with store.write() as writer:
        writer.run("DELETE FROM aliases")
except MeshwrightError as error:
    print(error.code)
"""


@pytest.mark.parametrize("is_there", [True, False])
def test_a_read_only_folder_is_said(tmp_path: Path, is_there: bool) -> None:
    """Without the right to write, a state that is there is not changed, and one that isn't is not made."""
    folder = tmp_path / "state"
    folder.mkdir()
    if is_there:
        store = SQLiteStateStore(folder)
        store.prepare()
        store.close()
    tmp_path.chmod(0o755)
    folder.chmod(0o555)
    done = subprocess.run(
        [sys.executable, "-c", _UNPRIVILEGED], cwd=tmp_path, capture_output=True, text=True
    )
    folder.chmod(0o755)
    assert (done.stdout.strip(), done.stderr) == ("state-read-only", "")


def test_a_migration_that_died_before_it_was_marked_is_not_run_again(
    store: SQLiteStateStore,
) -> None:
    """The schema version alone says what was applied, whatever the tool remembers or has locked."""
    _execute(
        store.path,
        "DELETE FROM _yoyo_migrations",
        "INSERT INTO yoyo_lock (locked, ctime, pid) VALUES (1, '2020-01-01', 1)",
    )
    migrate(store.path)
    with store.read() as reader:
        assert reader.rows("SELECT count(*) FROM _yoyo_migrations") == [(SCHEMA_VERSION,)]
        assert reader.rows("SELECT count(*) FROM yoyo_lock") == [(0,)]


@pytest.fixture
def next_migration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the SQL of the migration after the current one goes."""
    folder = tmp_path / "migrations"
    shutil.copytree(FOLDER, folder)
    monkeypatch.setattr("meshwright.adapters.sqlite.migrating.FOLDER", folder)
    return folder / f"{SCHEMA_VERSION + 1:04}-next.sql"


def test_a_migration_keeps_what_is_there(store: SQLiteStateStore, next_migration: Path) -> None:
    """The next version's SQL runs once, on the data of this version."""
    with store.write() as writer:
        writer.run("INSERT INTO aliases VALUES ('a', 'x')")
    next_migration.write_text(
        "ALTER TABLE aliases ADD COLUMN since TEXT NOT NULL DEFAULT 'then';\n"
        f"PRAGMA user_version = {SCHEMA_VERSION + 1};\n"
    )
    migrate(store.path)
    migrate(store.path)
    with store.read() as reader:
        assert reader.rows("SELECT * FROM aliases") == [("a", "x", "then")]
        assert reader.rows("PRAGMA user_version") == [(SCHEMA_VERSION + 1,)]


def test_a_migration_that_fails_changes_nothing(
    store: SQLiteStateStore, next_migration: Path
) -> None:
    """All statements of a migration are applied, or none."""
    next_migration.write_text(
        "ALTER TABLE aliases ADD COLUMN since TEXT;\nINSERT INTO nowhere VALUES (1);\n"
        f"PRAGMA user_version = {SCHEMA_VERSION + 1};\n"
    )
    with pytest.raises(sqlite3.OperationalError):
        migrate(store.path)
    with store.read() as reader:
        assert reader.rows("PRAGMA user_version") == [(SCHEMA_VERSION,)]
        assert reader.rows("SELECT * FROM aliases") == []
        assert len(reader.rows("PRAGMA table_info(aliases)")) == 2


def test_a_preparation_that_died_is_taken_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file with nothing but the migration tool's tables, and its lock taken, is prepared."""
    with monkeypatch.context() as patch:
        patch.setattr("meshwright.adapters.sqlite.migrating.FOLDER", tmp_path / "none")
        migrate(tmp_path / "state.db")
    _execute(tmp_path / "state.db", "INSERT INTO yoyo_lock VALUES (1, '2020-01-01', 1)")
    store = SQLiteStateStore(tmp_path)
    store.prepare()
    with store.read() as reader:
        assert reader.rows("SELECT * FROM facts") == []
    store.close()


def test_a_write_within_a_write_is_our_own_fault(store: SQLiteStateStore) -> None:
    """It is an error at once, not a wait for oneself."""
    with pytest.raises(MeshwrightError) as caught, store.write(), store.write():
        pass
    assert caught.value.code == "write-nested"


def test_a_busy_database_is_said(store: SQLiteStateStore) -> None:
    """When another connection does not let go in time, the error says so."""
    other = SQLiteStateStore(store.folder, busy_seconds=0.05)
    with store.write(), pytest.raises(MeshwrightError) as caught, other.write():
        pass
    other.close()
    assert caught.value.code == "state-busy"


def test_connections_are_used_again(store: SQLiteStateStore) -> None:
    """As many connections exist as were in use at once, not one for each transaction."""
    for _ in range(10):
        with store.read():
            pass
        with store.write():
            pass
    assert len(store._pool._idle) == 1


def test_a_closed_store_says_so(tmp_path: Path) -> None:
    """Using a store after closing it is our own fault."""
    store = SQLiteStateStore(tmp_path)
    store.prepare()
    store.close()
    with pytest.raises(MeshwrightError) as caught, store.read():
        pass
    assert caught.value.code == "state-closed"


def test_opening_a_current_database_imports_no_library(store: SQLiteStateStore) -> None:
    """Locks, migrations and signatures cost their import only when they are used."""
    code = (
        "import sys; from pathlib import Path; from meshwright.adapters.sqlite import *;"
        " store = SQLiteStateStore(Path(sys.argv[1])); store.prepare(); store.close();"
        " print([m for m in ('yoyo', 'filelock', 'cryptography', 'asyncio') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(store.folder)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
