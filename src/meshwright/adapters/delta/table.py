"""Open a Delta table and ask it what it says; turn the library's errors into ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

from deltalake import DeltaTable
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError

from meshwright.errors import UnreachableError

APP = "meshwright"


class RaceLostError(Exception):
    """Somebody else committed first; look again."""


def find_table(folder: Path) -> DeltaTable | None:
    """Open the table in its newest state, or return None where there is none."""
    with errors(folder):
        try:
            return DeltaTable(str(folder))
        except TableNotFoundError:
            return None


def followed(table: DeltaTable) -> int:
    """Return the sequence that the table's log last followed."""
    return table.transaction_version(APP) or 0


def sizes_of(table: DeltaTable) -> dict[str, int]:
    """Return path and bytes of every file of the table."""
    actions = table.get_add_actions(flatten=True)
    paths = actions.column("path").to_pylist()
    sizes = actions.column("size_bytes").to_pylist()
    return {unquote(path): size for path, size in zip(paths, sizes, strict=True)}


@contextmanager
def errors(folder: Path) -> Iterator[None]:
    """Raise `RaceLostError` for a lost race and `UnreachableError` for whatever else goes wrong."""
    try:
        yield
    except CommitFailedError as error:
        raise RaceLostError(_first_line(error)) from error
    except TableNotFoundError:
        raise
    except (DeltaError, OSError) as error:
        raise UnreachableError(
            "table-log-broken",
            f"the Delta log of `{folder}` cannot be read or written: {_first_line(error)}",
            hint=f"move `{folder / '_delta_log'}` away and run again: it is written anew",
        ) from error


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
