"""PostgreSQL's names and numbers for the types of SQL: what its clients are told that a column is."""

from dataclasses import dataclass
from functools import lru_cache

from meshwright.errors import UsageError
from meshwright.model.types import SqlType, parse_type


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of PostgreSQL: its object id, width in bytes (-1: it varies), modifier, and array's id."""

    name: str
    oid: int
    size: int = -1
    array: int = 0
    modifier: int = -1
    element: "Kind | None" = None  # of an array


BOOL = Kind("bool", 16, 1, 1000)
BYTEA = Kind("bytea", 17, -1, 1001)
INT8 = Kind("int8", 20, 8, 1016)
INT2 = Kind("int2", 21, 2, 1005)
INT4 = Kind("int4", 23, 4, 1007)
TEXT = Kind("text", 25, -1, 1009)
OID = Kind("oid", 26, 4, 1028)
JSON = Kind("json", 114, -1, 199)
FLOAT4 = Kind("float4", 700, 4, 1021)
FLOAT8 = Kind("float8", 701, 8, 1022)
DATE = Kind("date", 1082, 4, 1182)
TIME = Kind("time", 1083, 8, 1183)
TIMESTAMP = Kind("timestamp", 1114, 8, 1115)
TIMESTAMPTZ = Kind("timestamptz", 1184, 8, 1185)
INTERVAL = Kind("interval", 1186, 16, 1187)
NUMERIC = Kind("numeric", 1700, -1, 1231)
UUID = Kind("uuid", 2950, 16, 2951)

_KINDS = {
    "BOOLEAN": BOOL,
    "TINYINT": INT2,
    "UTINYINT": INT2,
    "SMALLINT": INT2,
    "USMALLINT": INT4,
    "INTEGER": INT4,
    "UINTEGER": INT8,
    "BIGINT": INT8,
    "UBIGINT": NUMERIC,
    "HUGEINT": NUMERIC,
    "UHUGEINT": NUMERIC,
    "FLOAT": FLOAT4,
    "DOUBLE": FLOAT8,
    "DECIMAL": NUMERIC,
    "BLOB": BYTEA,
    "DATE": DATE,
    "TIME": TIME,
    "TIME WITH TIME ZONE": TIME,  # Arrow carries no zone of a time
    "TIMESTAMP": TIMESTAMP,
    "TIMESTAMP_S": TIMESTAMP,
    "TIMESTAMP_MS": TIMESTAMP,
    "TIMESTAMP_NS": TIMESTAMP,
    "TIMESTAMP WITH TIME ZONE": TIMESTAMPTZ,
    "INTERVAL": INTERVAL,
    "UUID": UUID,
    "JSON": JSON,
}
BY_OID = {kind.oid: kind for kind in (*_KINDS.values(), TEXT, OID)}
BY_ARRAY = {kind.array: kind for kind in BY_OID.values()}


@lru_cache(maxsize=1024)
def kind_of(type_text: str) -> Kind:
    """Return how a type of DuckDB goes over the wire; what has no like of it goes as text."""
    try:
        return _kind(parse_type(type_text))
    except UsageError:
        return TEXT


def _kind(found: SqlType) -> Kind:
    if found.element is not None:
        return JSON if found.element.is_nested else array_of(_kind(found.element))
    if found.is_nested or found.name in ("UNION", "VARIANT"):
        return JSON
    kind = _KINDS.get(found.name, TEXT)
    if found.name == "DECIMAL" and len(found.parameters) == 2:
        precision, scale = (int(part) for part in found.parameters)
        return Kind(kind.name, kind.oid, kind.size, kind.array, ((precision << 16) | scale) + 4)
    return kind


def array_of(element: Kind) -> Kind:
    """Return the array type of a type."""
    return Kind(f"_{element.name}", element.array, -1, 0, element.modifier, element)


def type_of(oid: int) -> str:
    """Return the type of SQL that a parameter of a client's type has."""
    if oid in BY_ARRAY:
        return f"{_TYPES.get(BY_ARRAY[oid].oid, 'VARCHAR')}[]"
    return _TYPES.get(oid, "VARCHAR")


_TYPES = {
    kind_of(name).oid: name
    for name in (
        "BOOLEAN", "BLOB", "BIGINT", "SMALLINT", "INTEGER", "JSON", "FLOAT", "DOUBLE", "DATE", "TIME",
        "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "INTERVAL", "UUID",
    )
} | {1700: "DECIMAL(38,9)"}  # fmt: skip
