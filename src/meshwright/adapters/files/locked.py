"""A DuckDB that reads exactly the given files, and can write nowhere but its own scratch folder."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import duckdb

from meshwright.adapters.files.interruption import interruptible
from meshwright.errors import DataError, ExhaustedError, InternalError, MeshwrightError

_CLOSED: dict[str, str | bool | int | float | list[str]] = {
    "autoload_known_extensions": False,
    "autoinstall_known_extensions": False,
    "allow_community_extensions": False,
    "allow_persistent_secrets": False,
    "python_enable_replacements": False,
    "python_scan_all_frames": False,
}
_SCRATCH = "meshwright-read-"
_PREFIX = re.compile(r"^[A-Z][A-Za-z ]*Error: ")


class Locked:
    """A locked connection. `scratch` is a private folder, removed at the end."""

    def __init__(self, files: Iterable[Path]) -> None:
        _sweep()
        self.scratch = Path(tempfile.mkdtemp(prefix=f"{_SCRATCH}{os.getpid()}-"))
        self.connection = duckdb.connect(":memory:", config=_CLOSED)
        written = dict.fromkeys(form for file in files for form in (str(file), glob_free(file)))
        paths = ", ".join(text(form) for form in written)
        with suppress(
            duckdb.InvalidInputException
        ):  # a notebook without ipywidgets has none to put out
            self.connection.execute("SET enable_progress_bar = false")
        self.connection.execute(
            "SET GLOBAL TimeZone = 'UTC';"
            f"SET temp_directory = {text(str(self.scratch / 'spill'))};"
            f"SET allowed_directories = [{text(str(self.scratch))}];"
            f"SET allowed_paths = [{paths}];"
            "SET enable_external_access = false;"
            "SET lock_configuration = true"
        )

    def close(self) -> None:
        """Close the connection and remove the scratch folder."""
        self.connection.close()
        shutil.rmtree(self.scratch, ignore_errors=True)


@cache
def _sweep() -> None:
    """Remove, once a process, the scratch folders of processes that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_SCRATCH}*"):
        owner = folder.name.removeprefix(_SCRATCH).partition("-")[0]
        if owner.isdigit() and not _is_alive(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def identifier(name: str) -> str:
    """Quote one identifier."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """Quote a string literal."""
    return "'" + value.replace("'", "''") + "'"


def file_list(paths: Iterable[Path]) -> str:
    """Write exact files as a list; pattern characters in their names are only characters."""
    return "[" + ", ".join(text(glob_free(path)) for path in paths) + "]"


def glob_free(path: Path) -> str:
    """Return the path so that DuckDB reads it as one file, never as a pattern."""
    return re.sub(r"([*?\[])", r"[\1]", str(path))


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Raise what DuckDB says while it reads `what` as an error of ours."""
    try:
        with interruptible():
            yield
    except duckdb.OutOfMemoryException as error:
        raise ExhaustedError(
            "engine-out-of-memory", f"out of memory while reading `{what}`"
        ) from error
    except (duckdb.InternalException, duckdb.FatalException) as error:
        raise InternalError("engine-internal", first_line(error)) from error
    except duckdb.Error as error:
        raise malformed(what, error) from error


def malformed(what: str, error: Exception) -> MeshwrightError:
    """Return the error for content that is not of its declared format."""
    return DataError("source-malformed", f"cannot read `{what}`: {first_line(error)}")


def first_line(error: Exception) -> str:
    """Return DuckDB's message as one line of ours."""
    line = _PREFIX.sub("", str(error)).strip().split("\n", 1)[0].rstrip("!. ")
    return line if line[:2].isupper() else line[:1].lower() + line[1:]
