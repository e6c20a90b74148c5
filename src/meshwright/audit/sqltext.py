"""Names and values as SQL text. Everything that comes from a contract passes through here."""

from decimal import Decimal

from meshwright.model.types import SqlType

INTEGERS = frozenset(
    (
        *("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"),
        *("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"),
    )
)
FLOATS = frozenset(("FLOAT", "DOUBLE"))
NUMBERS = INTEGERS | FLOATS | {"DECIMAL"}
TEMPORAL = frozenset(("DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "TIME"))
_MOST_DIGITS = 38


def identifier(name: str) -> str:
    """Quote one name."""
    return '"' + name.replace('"', '""') + '"'


def relation(name: str) -> str:
    """Quote a relation's name, `a.b.c` part by part; a name that is quoted already stays."""
    if '"' in name:
        return name
    return ".".join(identifier(part) for part in name.split("."))


def text(value: str) -> str:
    """Quote a string literal. NUL, which SQL text cannot hold, is written by its code."""
    quoted = "'" + value.replace("'", "''") + "'"
    return "concat(" + ", chr(0), ".join(_parts(quoted)) + ")" if "\0" in value else quoted


def _parts(quoted: str) -> list[str]:
    return ["'" + part + "'" for part in quoted[1:-1].split("\0")]


def number(value: int | float | Decimal) -> str:
    """Write a number exactly: a decimal where it fits, else a double."""
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    if not exact.is_finite() or not -_MOST_DIGITS <= exact.adjusted() < _MOST_DIGITS:
        return f"CAST('{value}' AS DOUBLE)"
    written = format(exact, "f")
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    digits = written.lstrip("-").replace(".", "")
    return written if len(digits) <= _MOST_DIGITS else f"CAST('{value}' AS DOUBLE)"


def literal(value: object, kind: SqlType) -> str | None:
    """Write a contract's number, text or truth as one of a type; None when no value of the type equals it."""
    if value is None:
        return None
    name = kind.name
    if name in ("VARCHAR", "ENUM"):
        return text(plain(value))
    if name == "BOOLEAN":
        return _boolean(value)
    if name in NUMBERS:
        return _numeric(value)
    return None


def plain(value: object) -> str:
    """Return a value as a person would write it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _boolean(value: object) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    lowered = str(value).lower()
    return lowered if lowered in ("true", "false") else None


def _numeric(value: object) -> str | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float | Decimal):
        return number(value)
    try:
        return number(Decimal(str(value)))
    except ArithmeticError:
        return None
