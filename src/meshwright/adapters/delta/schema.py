"""SQL columns as a Delta schema, and which columns Delta cannot hold.

Types follow the Delta protocol, "Schema Serialization Format"
(https://github.com/delta-io/delta/blob/master/PROTOCOL.md). Every column is nullable in the log: what a
contract requires is enforced before a file gets here.
"""

from collections.abc import Mapping, Sequence

from meshwright.errors import InternalError, UsageError
from meshwright.model.table import UNSTORABLE, Column
from meshwright.model.types import SqlType, parse_type

DeltaType = str | Mapping[str, object]
PRIMITIVES = {
    "BIGINT": "long",
    "BLOB": "binary",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "DOUBLE": "double",
    "ENUM": "string",
    "FLOAT": "float",
    "INTEGER": "integer",
    "SMALLINT": "short",
    "TIMESTAMP": "timestamp_ntz",
    "TIMESTAMP WITH TIME ZONE": "timestamp",
    "TINYINT": "byte",
    "VARCHAR": "string",
}
_NESTED = ("STRUCT", "LIST", "MAP")


def schema_of(columns: Sequence[Column]) -> dict[str, object]:
    """Return the schema of a table as the value of Delta's `schemaString`."""
    return _struct([(column.name, delta_type(parse_type(column.type))) for column in columns])


def refusals(columns: Sequence[Column]) -> dict[str, str]:
    """Return the columns that Delta cannot hold, each with the cast to write."""
    found = {column.name: _advice(column.type) for column in columns}
    return {name: advice for name, advice in found.items() if advice}


def has_naive_timestamps(columns: Sequence[Column]) -> bool:
    """Say whether a table of these columns needs the table feature `timestampNtz`."""
    inner = (kind for column in columns for kind in parse_type(column.type).walk())
    return any(kind.name == "TIMESTAMP" for kind in inner)


def delta_type(kind: SqlType) -> DeltaType:
    """Return a SQL type as Delta writes it; the type must have passed `refusals`."""
    if kind.element is not None:
        return {"type": "array", "elementType": delta_type(kind.element), "containsNull": True}
    if kind.key is not None and kind.value is not None:
        key, value = delta_type(kind.key), delta_type(kind.value)
        return {"type": "map", "keyType": key, "valueType": value, "valueContainsNull": True}
    if kind.fields:
        return _struct([(name, delta_type(inner)) for name, inner in kind.fields])
    if kind.name == "DECIMAL":
        precision, scale = decimal_size(kind)
        return f"decimal({precision},{scale})"
    if kind.name not in PRIMITIVES:
        raise InternalError("type-not-refused", f"`{kind}` reached the table store")
    return PRIMITIVES[kind.name]


def decimal_size(kind: SqlType) -> tuple[int, int]:
    """Return precision and scale of a DECIMAL; DuckDB's default where none is written."""
    given = [int(parameter) for parameter in kind.parameters]
    precision, scale = [*given, 0][:2] if given else (18, 3)
    return precision, scale


def _struct(fields: Sequence[tuple[str, DeltaType]]) -> dict[str, object]:
    listed = [{"name": n, "type": t, "nullable": True, "metadata": {}} for n, t in fields]
    return {"type": "struct", "fields": listed}


def _advice(text: str) -> str:
    try:
        outer = parse_type(text)
    except UsageError:
        return "VARCHAR"
    for kind in outer.walk():
        advice = _plain_advice(kind)
        if advice:
            return advice if kind is outer else f"{advice} for the {kind} inside"
    return ""


def _plain_advice(kind: SqlType) -> str:
    if kind.name in UNSTORABLE:
        return UNSTORABLE[kind.name]
    if (
        kind.name == "ARRAY"
    ):  # Parquet of a fixed array with a null in it is not readable everywhere
        return f"{kind.element}[]"
    if kind.is_nested and kind.name in _NESTED:
        return ""
    if kind.name == "DECIMAL":
        return "" if decimal_size(kind)[0] <= 38 else "DECIMAL(38,0)"
    return "" if kind.name in PRIMITIVES else "VARCHAR"
