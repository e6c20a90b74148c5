"""Judge the SQL types that a contract or a build file declares, without an engine.

`model.types` reads a type's text; here is what exists, what a logical type may be held in, and what a table
cannot keep. Type names are DuckDB's; an engine's own catalog has the last word when a build runs.
"""

from meshwright.documents.wording import nearest_hint
from meshwright.errors import UsageError
from meshwright.model.table import UNSTORABLE
from meshwright.model.types import ALIASES, SqlType
from meshwright.model.types import parse_type as read_type

_FAMILIES = {
    "string": "VARCHAR",
    "boolean": "BOOLEAN",
    "integer": "TINYINT SMALLINT INTEGER BIGINT HUGEINT UTINYINT USMALLINT UINTEGER UBIGINT UHUGEINT"
    " BIGNUM VARINT OID",
    "decimal": "DECIMAL",
    "float": "FLOAT DOUBLE",
    "date": "DATE",
    "timestamp": "TIMESTAMP TIMESTAMP_S TIMESTAMP_MS TIMESTAMP_NS",
    "time": "TIME TIME_NS",
    "binary": "BLOB",
    "uuid": "UUID GUID",
    "interval": "INTERVAL",
    "json": "JSON VARIANT",
    "object": "STRUCT",
    "map": "MAP",
    "enum": "ENUM",
    "array": "LIST ARRAY",
    "other": "BIT UNION GEOMETRY",
}
_FAMILY = {name: family for family, names in _FAMILIES.items() for name in names.split()} | {
    "TIMESTAMP WITH TIME ZONE": "timestamp",
    "TIME WITH TIME ZONE": "time",
}
_KNOWN = [*_FAMILY, *(alias for aliases in ALIASES.values() for alias in aliases)]
_FOREIGN = {
    "NUMBER": "DECIMAL(18,3)", "BYTES": "BLOB", "DATETIME2": "TIMESTAMP", "NTEXT": "VARCHAR",
    "MONEY": "DECIMAL(19,4)", "SERIAL": "INTEGER", "BIGSERIAL": "BIGINT", "VARCHAR2": "VARCHAR",
    "OBJECT": "STRUCT(name VARCHAR)", "CLOB": "VARCHAR", "BYTEINT": "TINYINT", "MEDIUMINT": "INTEGER",
    "TIMESTAMP_LTZ": "TIMESTAMPTZ", "TIMESTAMP_TZ": "TIMESTAMPTZ", "SUPER": "JSON", "XML": "VARCHAR",
}  # fmt: skip
_SIZED = {"VARCHAR": 1, "TIMESTAMP": 1, "DECIMAL": 2}
_NEED_PARTS = {
    "STRUCT": "STRUCT(name VARCHAR, size INTEGER)", "MAP": "MAP(VARCHAR, INTEGER)", "LIST": "VARCHAR[]",
    "ARRAY": "FLOAT[3]", "UNION": "UNION(number INTEGER, text VARCHAR)", "ROW": "STRUCT(name VARCHAR)",
}  # fmt: skip

LOGICAL_FAMILIES = {
    "string": {"string", "enum", "uuid", "json"},
    "integer": {"integer", "decimal"},
    "number": {"integer", "decimal", "float"},
    "boolean": {"boolean"},
    "date": {"date"},
    "timestamp": {"timestamp"},
    "time": {"time", "string"},
    "object": {"object", "json", "map"},
    "array": {"array", "json"},
    "map": {"map", "json"},
    "vector": {"array"},
}
EXAMPLES = {
    "string": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE or DECIMAL(18,2)", "boolean": "BOOLEAN",
    "date": "DATE", "timestamp": "TIMESTAMP", "time": "VARCHAR", "object": "STRUCT(name VARCHAR)",
    "array": "VARCHAR[]", "map": "MAP(VARCHAR, VARCHAR)", "vector": "FLOAT[3]",
}  # fmt: skip


class TypeTextError(ValueError):
    """A text that is no SQL type; `hint` says what to write instead."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def parse_type(text: str) -> SqlType:
    """Read a type that exists; raise `TypeTextError` that says what is wrong and what is nearest."""
    try:
        declared = read_type(text)
    except UsageError as error:
        raise TypeTextError(error.message, _foreign(text) or error.hint) from None
    for part in declared.walk():
        _judge(part, text)
    return declared


def unstorable(declared: SqlType) -> tuple[str, str] | None:
    """Return the part of a type that a table cannot keep and what to cast it to, or None."""
    for part in declared.walk():
        name = part.name.removesuffix("_NS") if part.name == "TIME_NS" else part.name
        if name in UNSTORABLE:
            return name, UNSTORABLE[name]
    return None


def fits(logical: str, declared: SqlType, api_version: str = "v3.2.0") -> bool:
    """Say whether a SQL type can hold a logical type; in v3.0 a `date` is also a timestamp."""
    families = LOGICAL_FAMILIES.get(logical)
    family = _FAMILY.get(declared.name, "")
    if families is None or family in families:
        return logical != "integer" or family != "decimal" or _scale(declared) == 0
    return logical == "date" and family == "timestamp" and api_version < "v3.1"


def _scale(declared: SqlType) -> int:
    if not declared.parameters:
        return 3
    return int(declared.parameters[1]) if len(declared.parameters) > 1 else 0


def _judge(part: SqlType, text: str) -> None:
    name, sizes = part.name, part.parameters
    if name in _NEED_PARTS and not part.is_nested:
        raise TypeTextError(f"`{text}` does not say of what", f"for example `{_NEED_PARTS[name]}`")
    if name not in _FAMILY:
        message = f"`{text}` is not a SQL type"
        raise TypeTextError(
            message, _foreign(text) or nearest_hint(name, _KNOWN, "for example `VARCHAR`")
        )
    if name in ("ENUM", "LIST", "ARRAY") or not sizes:
        return
    if len(sizes) > _SIZED.get(name, 0) or not all(isinstance(size, int) for size in sizes):
        hint = f"write `{name}`" if name not in _SIZED else f"for example `{name}(10)`"
        raise TypeTextError(f"{name} takes no such size: `{text}`", hint)
    if name == "DECIMAL":
        width, scale = (*sizes, 0)[:2]
        if not 1 <= int(width) <= 38 or not 0 <= int(scale) <= int(width):
            message = f"`{text}` is impossible: the width is 1 to 38, the scale at most the width"
            raise TypeTextError(message, "for example `DECIMAL(18,2)`")


def _foreign(text: str) -> str:
    """Return what to write instead of another database's type, or an empty string."""
    upper = " ".join(text.upper().split())
    for name, here in _FOREIGN.items():
        if upper == name or upper.startswith((f"{name}(", f"{name}<", f"{name} ")):
            return f"did you mean `{here}`?"
    if "<" in upper:
        return "write `TYPE[]` for a list, `STRUCT(name TYPE)` for a struct, `MAP(TYPE, TYPE)` for a map"
    if upper.endswith(" UNSIGNED"):
        return "did you mean `UINTEGER`?"
    return ""
