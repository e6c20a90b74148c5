"""Names and values as DuckDB text. Everything that is put into a statement is written here."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from meshwright.errors import UsageError


def identifier(name: str) -> str:
    """Quote one identifier."""
    return '"' + name.replace('"', '""') + '"'


def parts_of(name: str) -> tuple[str, ...]:
    """Split `a`, `a.b` or `a.b.c`; raise `UsageError` (`name-invalid`) for anything else."""
    parts = tuple(name.split("."))
    if len(parts) > 3 or not all(parts) or "\0" in name:
        raise UsageError("name-invalid", f"`{name}` is not a name of one to three parts")
    return parts


def qualified(parts: Iterable[str]) -> str:
    """Quote a name of several parts."""
    return ".".join(identifier(part) for part in parts)


def text(value: str) -> str:
    """Quote a string literal; raise `UsageError` (`literal-invalid`) for a NUL character."""
    if "\0" in value:
        raise UsageError("literal-invalid", "a text value holds a NUL character")
    return "'" + value.replace("'", "''") + "'"


def path_list(paths: Iterable[Path]) -> str:
    """Write a list of exact files."""
    return "[" + ", ".join(text(glob_free(path)) for path in paths) + "]"


def glob_free(path: Path) -> str:
    """Return the path so that DuckDB reads it as one file, never as a pattern."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in str(path))


def type_text(kind: str) -> str:
    """Return a SQL type that may stand in a CAST; raise `UsageError` (`type-invalid`) for other text."""
    bare = re.sub(r'"[^"]*"', "", kind)
    depth = 0
    for character in bare:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth < 0:
            break
    if depth or not re.fullmatch(r"[A-Za-z0-9_ ,()\[\]]+", bare):
        raise UsageError("type-invalid", f"`{kind}` is not a SQL type")
    return kind


def literal(value: object) -> str:
    """Write a Python value as a SQL literal of the type it has there."""
    match value:
        case None:
            return "NULL"
        case bool():
            return "TRUE" if value else "FALSE"
        case int():
            return str(value)
        case float():
            return f"{text(repr(value))}::DOUBLE"
        case Decimal():
            return _decimal(value)
        case str():
            return text(value)
        case datetime():
            kind = "TIMESTAMPTZ" if value.tzinfo else "TIMESTAMP"
            return f"{kind} {text(value.isoformat(sep=' '))}"
        case date():
            return f"DATE {text(value.isoformat())}"
        case time():
            return f"TIME {text(value.isoformat())}"
        case timedelta():
            micros = (value.days * 86400 + value.seconds) * 1_000_000 + value.microseconds
            return f"to_microseconds({micros})"
        case bytes():
            return "'" + "".join(f"\\x{byte:02X}" for byte in value) + "'::BLOB"
        case list() | tuple():
            return "[" + ", ".join(literal(item) for item in value) + "]"
        case dict():
            inner = ", ".join(f"{text(str(k))}: {literal(v)}" for k, v in value.items())
            return "{" + inner + "}"
    kind = type(value).__name__
    raise UsageError("literal-invalid", f"a value of type `{kind}` cannot be written in SQL")


def _decimal(value: Decimal) -> str:
    if not value.is_finite():
        return f"{text(str(value))}::DOUBLE"
    _, digits, exponent = value.as_tuple()
    scale = max(0, -int(exponent))
    width = max(len(digits) + max(0, int(exponent)), scale + 1)
    if width > 38:
        return f"{text(str(value))}::DOUBLE"
    return f"{text(format(value, 'f'))}::DECIMAL({width},{scale})"
