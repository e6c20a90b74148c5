"""Read the SQL type that a contract or a build file declares, without an engine.

Type names are those that DuckDB knows. What matters here is whether a type exists, its family, and whether
a table can keep it; an engine's own catalog has the last word when a build runs.
"""

import re
from dataclasses import dataclass

from meshwright.errors import did_you_mean
from meshwright.model.table import UNSTORABLE

_FAMILIES = {
    "string": "VARCHAR CHAR BPCHAR TEXT STRING NVARCHAR",
    "boolean": "BOOLEAN BOOL LOGICAL",
    "integer": "TINYINT SMALLINT INTEGER BIGINT HUGEINT UTINYINT USMALLINT UINTEGER UBIGINT UHUGEINT"
    " INT INT1 INT2 INT4 INT8 INT16 INT32 INT64 INT128 SHORT LONG SIGNED INTEGRAL OID"
    " UINT8 UINT16 UINT32 UINT64 UINT128 BIGNUM VARINT",
    "decimal": "DECIMAL NUMERIC DEC",
    "float": "FLOAT DOUBLE REAL FLOAT4 FLOAT8",
    "date": "DATE",
    "timestamp": "TIMESTAMP DATETIME TIMESTAMP_S TIMESTAMP_MS TIMESTAMP_US TIMESTAMP_NS TIMESTAMPTZ"
    " TIMESTAMPTZ_NS",
    "time": "TIME TIMETZ TIME_NS",
    "binary": "BLOB BINARY VARBINARY BYTEA",
    "uuid": "UUID GUID",
    "interval": "INTERVAL",
    "json": "JSON VARIANT",
    "object": "STRUCT ROW",
    "map": "MAP",
    "enum": "ENUM",
    "other": "BIT BITSTRING UNION GEOMETRY",
}
FAMILY = {name: family for family, names in _FAMILIES.items() for name in names.split()}
_CANONICAL = {
    "UINT8": "UTINYINT", "UINT16": "USMALLINT", "UINT32": "UINTEGER", "UINT64": "UBIGINT",
    "INT128": "HUGEINT", "UINT128": "UHUGEINT", "GUID": "UUID", "BITSTRING": "BIT",
    "TIMETZ": "TIME WITH TIME ZONE", "VARINT": "BIGNUM", "TIME_NS": "TIME",
}  # fmt: skip
_PHRASES = (
    ("DOUBLE PRECISION", "DOUBLE"),
    ("CHARACTER VARYING", "VARCHAR"),
    ("CHARACTER", "VARCHAR"),
    ("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ"),
    ("TIMESTAMP WITHOUT TIME ZONE", "TIMESTAMP"),
    ("TIME WITH TIME ZONE", "TIMETZ"),
    ("TIME WITHOUT TIME ZONE", "TIME"),
)
_FOREIGN = {
    "NUMBER": "DECIMAL(18,3)", "BYTES": "BLOB", "DATETIME2": "TIMESTAMP", "INT UNSIGNED": "UINTEGER",
    "NTEXT": "VARCHAR", "MONEY": "DECIMAL(19,4)", "SERIAL": "INTEGER", "BIGSERIAL": "BIGINT",
    "VARCHAR2": "VARCHAR", "OBJECT": "STRUCT(name TYPE)", "LIST": "TYPE[]", "ARRAY": "TYPE[]",
    "CLOB": "VARCHAR", "BYTEINT": "TINYINT", "MEDIUMINT": "INTEGER", "TIMESTAMP_NTZ": "TIMESTAMP",
    "TIMESTAMP_LTZ": "TIMESTAMPTZ", "TIMESTAMP_TZ": "TIMESTAMPTZ", "SUPER": "JSON", "XML": "VARCHAR",
}  # fmt: skip
_SIZED = {"VARCHAR", "CHAR", "BPCHAR", "TEXT", "STRING", "NVARCHAR", "TIMESTAMP", "DATETIME"}
_NAME = re.compile(r"\s*(\"[^\"]+\"|[A-Za-z_][A-Za-z0-9_]*)")


class TypeTextError(ValueError):
    """A text that is no SQL type; `hint` says what to write instead."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class SqlType:
    """A type that exists. `family` is one of string, integer, decimal, timestamp, array, object…"""

    name: str
    family: str
    precision: tuple[int, ...] = ()
    parts: tuple["SqlType", ...] = ()

    @property
    def unstorable(self) -> tuple[str, str] | None:
        """Return the part of this type that a table cannot keep and what to cast it to, or None."""
        canonical = _CANONICAL.get(self.name, self.name)
        if canonical in UNSTORABLE:
            return canonical, UNSTORABLE[canonical]
        return next((found for part in self.parts if (found := part.unstorable)), None)


def parse_type(text: str) -> SqlType:
    """Read a SQL type; raise `TypeTextError` that says what is wrong and what is nearest."""
    body = re.sub(r"\s+", " ", text.strip())
    if not body:
        raise TypeTextError("the type is empty", "for example `VARCHAR`")
    array = re.search(r"\[\s*\d*\s*\]\Z", body)
    if array:
        element = parse_type(body[: array.start()])
        return SqlType(f"{element.name}[]", "array", parts=(element,))
    head, arguments = _split(body)
    for phrase, name in _PHRASES:
        if head == phrase:
            head = name
    if head not in FAMILY:
        raise TypeTextError(f"`{text.strip()}` is not a SQL type", _nearest(body, head))
    if head in ("STRUCT", "ROW", "UNION"):
        return SqlType(head, FAMILY[head], parts=_fields(head, arguments))
    if head == "MAP":
        if len(arguments) != 2:
            raise TypeTextError("a MAP has a key type and a value type", "MAP(VARCHAR, INTEGER)")
        return SqlType(head, "map", parts=tuple(parse_type(a) for a in arguments))
    if head == "ENUM":
        return SqlType(head, "enum")
    return SqlType(head, FAMILY[head], _numbers(head, arguments, text))


def _split(body: str) -> tuple[str, list[str]]:
    opening = body.find("(")
    if opening < 0:
        return body.upper(), []
    depth, start, arguments = 0, opening + 1, []
    closing = len(body)
    for position in range(opening, len(body)):
        character = body[position]
        if character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
            if depth == 0:
                closing = position
                break
        elif character == "," and depth == 1:
            arguments.append(body[start:position])
            start = position + 1
    else:
        raise TypeTextError(f"`{body}` has a bracket that is not closed", f"{body})")
    arguments.append(body[start:closing])
    head = f"{body[:opening].strip()} {body[closing + 1 :].strip()}".strip()
    return head.upper(), [argument.strip() for argument in arguments]


def _fields(head: str, arguments: list[str]) -> tuple[SqlType, ...]:
    parts = []
    for argument in arguments:
        name = _NAME.match(argument)
        if name is None or not argument[name.end() :].strip():
            raise TypeTextError(
                f"a {head} names each field and its type", f"{head}(name VARCHAR, size INTEGER)"
            )
        parts.append(parse_type(argument[name.end() :]))
    if not parts:
        raise TypeTextError(f"a {head} needs fields", f"{head}(name VARCHAR)")
    return tuple(parts)


def _numbers(head: str, arguments: list[str], text: str) -> tuple[int, ...]:
    if not arguments:
        return ()
    if head not in _SIZED and FAMILY[head] != "decimal":
        raise TypeTextError(f"`{head}` takes no size, as in `{text.strip()}`", f"write `{head}`")
    if not all(argument.isdigit() for argument in arguments):
        raise TypeTextError(f"`{text.strip()}` has a size that is no number", f"{head}(10)")
    numbers = tuple(int(argument) for argument in arguments)
    if FAMILY[head] == "decimal":
        width, scale = (*numbers, 0)[:2]
        if not 1 <= width <= 38 or scale > width or len(numbers) > 2:
            raise TypeTextError(
                f"`{text.strip()}` is impossible: the width is 1 to 38, the scale at most the width",
                "for example `DECIMAL(18,2)`",
            )
    return numbers


def _nearest(body: str, head: str) -> str:
    upper = body.upper()
    for name, here in _FOREIGN.items():
        if head == name or upper.startswith((name + "(", name + "<")):
            return f"did you mean `{here}`?"
    if "<" in body:
        return "write `TYPE[]` for a list, `STRUCT(name TYPE)` for a struct, `MAP(TYPE, TYPE)` for a map"
    return did_you_mean(head, FAMILY).partition(" known:")[0]


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


def fits(logical: str, declared: SqlType, api_version: str = "v3.2.0") -> bool:
    """Say whether a SQL type can hold a logical type; in v3.0 a `date` is also a timestamp."""
    families = LOGICAL_FAMILIES.get(logical)
    if families is None or declared.family in families:
        if logical == "integer" and declared.family == "decimal":
            return (*declared.precision, 0, 0)[1] == 0
        return True
    return logical == "date" and declared.family == "timestamp" and api_version < "v3.1"
