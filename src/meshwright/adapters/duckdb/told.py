"""What of an error may leave a process: never a path, a key or the text of a view, and no hidden value.

DuckDB speaks of the text of the query (syntax, names, types) before it reads any row; that is told. What it
says while it computes quotes values, and they may be of rows and columns that the asker does not see: where a
view hides something, the kind of error is told, and the line, no more.
"""

import re
from collections.abc import Mapping, Sequence

import duckdb

from meshwright import errors
from meshwright.adapters.duckdb.faults import translate
from meshwright.errors import ExhaustedError, InternalError, MeshwrightError

_OF_THE_TEXT = (
    MeshwrightError, duckdb.ParserException, duckdb.SyntaxException, duckdb.BinderException,
    duckdb.CatalogException,
)  # fmt: skip
_PLAIN = {
    "sql-conversion": "a value cannot be converted, or is out of range",
    "sql-error": "the query fails on a value",
    "sql-unbound-parameter": "a parameter has no value",
    "sql-forbidden": "the query asks for what it may not have",
    "engine-io": "the rows of a port cannot be read",
    "engine-internal": "the engine failed",
}
_KINDS: dict[str, type[duckdb.Error]] = {
    "conversion": duckdb.ConversionException,
    "out of range": duckdb.OutOfRangeException,
    "invalid input": duckdb.InvalidInputException,
    "out of memory": duckdb.OutOfMemoryException,
    "interrupt": duckdb.InterruptException,
    "io": duckdb.IOException,
}
_KIND = re.compile(rf"({'|'.join(_KINDS)}) Error: ", re.IGNORECASE)
_PATH = re.compile(r"(?:/[\w.@=+-]+){2,}")


def told(error: Exception, paths: Sequence[str], hides: bool) -> dict[str, str]:
    """Return an error as the parts of which the pool makes it again."""
    error = error if isinstance(error, duckdb.Error | MeshwrightError) else _as_duckdb(error)
    known = _known(error)
    message = known.message
    is_plain = known.code in ("engine-io", "engine-internal", "sql-forbidden")
    tells_values = hides and not isinstance(error, _OF_THE_TEXT)
    if is_plain or tells_values or _tells_place(message, paths):
        message = _PLAIN.get(known.code, _PLAIN["sql-error"])
    if isinstance(error, MeshwrightError) or known.code.startswith("query-"):
        message = known.message
    hint = "" if _tells_place(known.hint, paths) else known.hint
    kind = type(known).__name__
    return {
        "class": kind, "code": known.code, "message": message, "hint": hint, "place": known.place,
    }  # fmt: skip


def error_of(parts: Mapping[str, object]) -> MeshwrightError:
    """Make an error of what a process told."""
    made = getattr(errors, str(parts.get("class")), InternalError)
    kind = made if isinstance(made, type) and issubclass(made, MeshwrightError) else InternalError
    words = {name: str(parts.get(name, "")) for name in ("hint", "place")}
    return kind(str(parts.get("code", "")), str(parts.get("message", "")), **words)


def too_long() -> ExhaustedError:
    """Return the error of a query that ran out of time."""
    hint = "ask for less at once, or run it as a product"
    return ExhaustedError("query-timeout", "the query ran longer than it may", hint=hint)


def too_large() -> ExhaustedError:
    """Return the error of a query that ran out of memory."""
    hint = "ask for less at once, or run it as a product"
    return ExhaustedError("query-memory", "the query needs more memory than it may have", hint=hint)


def _as_duckdb(error: Exception) -> Exception:
    """Return what DuckDB raised, of an error that reached us as text through an Arrow stream."""
    found = _KIND.search(str(error))
    kind = _KINDS.get(found[1].lower()) if found else None
    return kind(str(error)[found.start() :]) if found and kind else error


def _known(error: Exception) -> MeshwrightError:
    match error:
        case MeshwrightError():
            return error
        case duckdb.InterruptException():
            return too_long()
        case duckdb.OutOfMemoryException() | MemoryError():
            return too_large()
        case duckdb.Error():
            return translate(error)
    if "bad_alloc" in str(error) or "malloc" in str(error):
        return too_large()
    return InternalError("engine-internal", "the engine failed")


def _tells_place(message: str, paths: Sequence[str]) -> bool:
    return _PATH.search(message) is not None or any(path in message for path in paths)
