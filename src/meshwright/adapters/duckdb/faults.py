"""What DuckDB says, as one clear line of ours.

The line within the SQL goes to `place` as `line N`; whoever knows the file puts its name there instead.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from meshwright.errors import (
    ExhaustedError,
    InternalError,
    MeshwrightError,
    ModelError,
    UnreachableError,
)

_LINE = re.compile(r"^LINE (\d+):", re.MULTILINE)
_CANDIDATES = re.compile(
    r"^(?:Candidate bindings|Did you mean|Candidate functions):?\s*(.*)$", re.M
)
_PREFIX = re.compile(r"^[A-Z][A-Za-z ]*Error: ")
_UNKNOWN_COLUMN = (
    "not found in FROM clause",
    "does not have a column named",
    "not found in SELECT",
    "not found because the FROM clause is missing",
)


@contextmanager
def translated(lines_before: int = 0) -> Iterator[None]:
    """Raise DuckDB's errors as ours; `lines_before` is how many lines of ours precede the SQL."""
    try:
        yield
    except duckdb.Error as error:
        raise translate(error, lines_before) from error
    except MemoryError as error:
        raise ExhaustedError("engine-out-of-memory", "the engine ran out of memory") from error
    except RuntimeError as error:
        if str(error) != "Query interrupted":
            raise
        raise KeyboardInterrupt from error  # a signal, while the main thread waited for DuckDB


def translate(error: Exception, lines_before: int = 0) -> MeshwrightError:
    """Return the error of ours that says what DuckDB said."""
    whole = str(error)
    message = _one_line(whole)
    place = _place(whole, lines_before)
    match error:
        case duckdb.InterruptException():
            return _interrupted(message)
        case duckdb.OutOfMemoryException():
            return ExhaustedError(
                "engine-out-of-memory",
                f"the engine ran out of memory: {message}",
                hint="give the build more memory, or make the model read less at once",
            )
        case duckdb.PermissionException():
            return ModelError("sql-forbidden", message, place=place, hint="name an input port")
        case duckdb.InternalException() | duckdb.FatalException():
            return InternalError("engine-internal", message)
        case duckdb.IOException() | duckdb.HTTPException():
            return _io(message)
    return ModelError(_code(error, whole), message, place=place, hint=_hint(whole))


def _code(error: Exception, whole: str) -> str:
    match error:
        case duckdb.ParserException() | duckdb.SyntaxException():
            return "sql-syntax"
        case duckdb.ConversionException() | duckdb.OutOfRangeException():
            return "sql-conversion"
        case duckdb.CatalogException() if "Table with name" in whole:
            return "sql-unknown-table"
        case duckdb.CatalogException() if "Function with name" in whole:
            return "sql-unknown-function"
        case duckdb.BinderException() if any(sign in whole for sign in _UNKNOWN_COLUMN):
            return "sql-unknown-column"
        case duckdb.InvalidInputException() if "Values were not provided" in whole:
            return "sql-unbound-parameter"
    return "sql-error"


def _interrupted(message: str) -> ExhaustedError:
    if "maximum execution time" in message:
        return ExhaustedError("query-interrupted", "the query ran longer than it may")
    return ExhaustedError("query-interrupted", "the query was interrupted")


def _io(message: str) -> MeshwrightError:
    if "No space left" in message or "no space left" in message:
        return ExhaustedError("disk-full", f"no space is left: {message}")
    return UnreachableError("engine-io", message)


def _one_line(whole: str) -> str:
    first = _PREFIX.sub("", whole).strip().split("\n", 1)[0].rstrip("!. ")
    return first[:1].lower() + first[1:] if not first[:2].isupper() else first


def _hint(whole: str) -> str:
    found = _CANDIDATES.search(whole)
    if found is None or not found[1].strip():
        return ""
    names = found[1].strip().rstrip("?").replace('"', "`")
    return f"did you mean {names}?"


def _place(whole: str, lines_before: int) -> str:
    found = _LINE.search(whole)
    line = int(found[1]) - lines_before if found else 0
    return f"line {line}" if line > 0 else ""
