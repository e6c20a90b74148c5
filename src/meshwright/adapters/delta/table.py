"""Open a Delta table and ask it what it says; turn the library's errors into ours."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from deltalake import DeltaTable
from deltalake.exceptions import CommitFailedError, TableNotFoundError

from meshwright.errors import MeshwrightError, UnreachableError

APP = "meshwright"


class RaceLostError(Exception):
    """Somebody else committed first; look again."""


def find_table(folder: Path) -> DeltaTable | None:
    """Open the table in its newest state, or return None where there is none."""
    if not (folder / "_delta_log").exists():
        return None
    with errors(folder):
        try:
            return DeltaTable(str(folder))
        except TableNotFoundError:
            return None


def followed(table: DeltaTable) -> int:
    """Return the sequence that the table's log last followed."""
    return table.transaction_version(APP) or 0


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a table: path to bytes, and those whose bounds of some columns are literal."""

    sizes: Mapping[str, int]
    bounded: frozenset[str] = frozenset()


def list_files(table: DeltaTable, columns: frozenset[str] = frozenset()) -> Listing:
    """Return the files of the table; `bounded` are those with a bound of one of `columns`."""
    actions = table.get_add_actions(flatten=True)
    paths = [unquote(path) for path in actions.column("path").to_pylist()]
    sizes = actions.column("size_bytes").to_pylist()
    bounds = {f"{end}.{column}" for column in columns for end in ("min", "max")}
    found: set[str] = set()
    for name in bounds.intersection(actions.column_names):
        values = actions.column(name).to_pylist()
        found.update(path for path, value in zip(paths, values, strict=True) if value is not None)
    return Listing(dict(zip(paths, sizes, strict=True)), frozenset(found))


@contextmanager
def errors(folder: Path) -> Iterator[None]:
    """Raise `RaceLostError` for a lost race and `UnreachableError` for whatever else goes wrong.

    The library raises plain `ValueError` and `Exception` too, so that no list of types is complete.
    """
    try:
        yield
    except CommitFailedError as error:
        raise RaceLostError(_first_line(error)) from error
    except (MeshwrightError, RaceLostError, TableNotFoundError):
        raise
    except Exception as error:
        raise UnreachableError(
            "table-log-broken",
            f"the Delta log of `{folder}` cannot be read or written: {_first_line(error)}",
            hint=f"move `{folder / '_delta_log'}` away and run again: it is written anew",
        ) from error


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
