"""Open a SQLite database to read it and nothing else."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from meshwright.errors import DataError, DescriptorError, UnreachableError, did_you_mean

_ALLOWED = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
    sqlite3.SQLITE_TRANSACTION,
}
_BUSY = 5.0


class Undecodable(bytes):
    """Text that is not UTF-8: no column's type holds it."""


def open_database(path: Path) -> sqlite3.Connection:
    """Open read-only; raise `UnreachableError` where there is no such file."""
    if not path.is_file():
        raise UnreachableError(
            "source-not-found",
            f"there is no database `{path}`",
            hint="paths start at the product's folder",
        )
    uri = f"{path.absolute().as_uri()}?mode=ro"
    with reading(path):
        database = sqlite3.connect(uri, uri=True, check_same_thread=False, timeout=_BUSY)
    database.text_factory = _text
    return database


def lock_down(database: sqlite3.Connection) -> None:
    """From now on allow reading only: no ATTACH, PRAGMA or extension, whatever a query says."""

    def judge(action: int, _first: str | None, second: str | None, *_: object) -> int:
        if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() == "load_extension":
            return sqlite3.SQLITE_DENY
        return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY

    database.set_authorizer(judge)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Raise what SQLite says as an error of ours."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise _operational(path, error) from error
    except sqlite3.DatabaseError as error:
        raise DataError("source-malformed", f"cannot read `{path}`: {_line(error)}") from error


def _operational(path: Path, error: sqlite3.OperationalError) -> Exception:
    message = _line(error)
    if "locked" in message or "busy" in message:
        return UnreachableError(
            "source-busy", f"`{path}` is locked by a writer", hint="run it again"
        )
    if "unable to open" in message or "readonly" in message or "disk I/O" in message:
        return UnreachableError("source-not-found", f"cannot open `{path}`: {message}")
    return DescriptorError("source-query-invalid", f"the query on `{path.name}` fails: {message}")


def tables_of(database: sqlite3.Connection) -> list[str]:
    """Return the names of tables and views."""
    rows = database.execute(
        "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'"
    )
    return [str(name) for (name,) in rows]


def find_table(database: sqlite3.Connection, path: Path, table: str) -> str:
    """Return the table's name as it is written there; raise `DescriptorError` when there is none."""
    names = tables_of(database)
    for name in names:
        if name.lower() == table.lower():
            return name
    raise DescriptorError(
        "source-table-unknown",
        f"`{path.name}` has no table `{table}`",
        hint=did_you_mean(table, names),
    )


def quoted(name: str) -> str:
    """Quote an identifier."""
    return '"' + name.replace('"', '""') + '"'


def _text(raw: bytes) -> str | Undecodable:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return Undecodable(raw)


def _line(error: Exception) -> str:
    line = str(error).split("\n", 1)[0]
    return line[:1].lower() + line[1:]
