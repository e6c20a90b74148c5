"""Logical and physical types: does a staged column have the type that was promised?

A physical type is compared as SQL: synonyms are one type, `VARCHAR(n)` promises a length, a decimal must
fit in the promised one. Names of other engines without one meaning in SQL are reported, not guessed.
"""

import re
from contextlib import suppress

from meshwright.audit.plan import Settled
from meshwright.audit.sqltext import FLOATS, INTEGERS, NUMBERS
from meshwright.audit.values import Value
from meshwright.errors import UsageError
from meshwright.model.types import SqlType, parse_type

LOGICAL = {
    "string": frozenset(("VARCHAR", "BLOB", "ENUM", "UUID")),
    "date": frozenset(("DATE",)),
    "timestamp": frozenset(("TIMESTAMP", "TIMESTAMP WITH TIME ZONE")),
    "time": frozenset(("TIME",)),
    "number": NUMBERS,
    "integer": INTEGERS,
    "boolean": frozenset(("BOOLEAN",)),
    "object": frozenset(("STRUCT",)),
    "array": frozenset(("LIST", "ARRAY")),
    "map": frozenset(("MAP",)),
    "vector": frozenset(("LIST", "ARRAY")),
}
# Digits that an integer type can hold: what a decimal must have room for.
_DIGITS = {"TINYINT": 3, "SMALLINT": 5, "INTEGER": 10, "BIGINT": 19, "HUGEINT": 39}
_JSON = frozenset(("JSON", "JSONB", "VARIANT", "SUPER"))
_ANY_OF = {
    "NUMBER": NUMBERS,
    "FLOAT": FLOATS,
    "ARRAY": LOGICAL["array"],
    "LIST": LOGICAL["array"],
    "REPEATED": LOGICAL["array"],
    "STRUCT": LOGICAL["object"],
    "ROW": LOGICAL["object"],
    "RECORD": LOGICAL["object"],
    "OBJECT": LOGICAL["object"],
    "MAP": LOGICAL["map"],
    "UUID": frozenset(("VARCHAR", "UUID")),
    "UNIQUEIDENTIFIER": frozenset(("VARCHAR", "UUID")),
    "TIME": frozenset(("TIME", "VARCHAR")),
    **dict.fromkeys(_JSON, frozenset(("VARCHAR", "STRUCT", "LIST", "MAP"))),
}
_SYNONYMS = {
    "VARCHAR2": "VARCHAR", "NVARCHAR2": "VARCHAR", "NCHAR": "VARCHAR", "NTEXT": "VARCHAR",
    "CLOB": "VARCHAR", "NCLOB": "VARCHAR", "TINYTEXT": "VARCHAR", "MEDIUMTEXT": "VARCHAR",
    "LONGTEXT": "VARCHAR", "CHARACTER LARGE OBJECT": "VARCHAR", "STR": "VARCHAR",
    "BYTES": "BLOB", "IMAGE": "BLOB", "TINYBLOB": "BLOB", "LONGBLOB": "BLOB",
    "BIGNUMERIC": "DECIMAL", "MONEY": "DECIMAL", "BIGDECIMAL": "DECIMAL",
    "FLOAT64": "DOUBLE", "BINARY_DOUBLE": "DOUBLE", "FLOAT32": "FLOAT", "BINARY_FLOAT": "FLOAT",
    "MEDIUMINT": "INTEGER", "SERIAL": "INTEGER", "BIGSERIAL": "BIGINT",
    "DATETIME2": "TIMESTAMP", "SMALLDATETIME": "TIMESTAMP",
    "TIMESTAMP_TZ": "TIMESTAMP WITH TIME ZONE", "TIMESTAMP_LTZ": "TIMESTAMP WITH TIME ZONE",
    "DATETIMEOFFSET": "TIMESTAMP WITH TIME ZONE",
}  # fmt: skip
_TIMESTAMPS = frozenset(
    ("TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS")
)  # of files by other writers
_GENERIC = re.compile(r"(?i)\b(ARRAY|LIST|MAP|STRUCT|ROW|RECORD)\s*<([^<>]*)>")
_SIMPLE = frozenset((*NUMBERS, "VARCHAR", "BLOB", "BOOLEAN", "DATE", "TIMESTAMP", "BIT", "ENUM",
                     "TIMESTAMP WITH TIME ZONE", "INTERVAL"))  # fmt: skip


def staged_type(kind: str) -> SqlType:
    """Read a staged column's type; one that cannot be read is known by its text alone."""
    with suppress(UsageError):
        found = parse_type(kind)
        return SqlType("TIMESTAMP") if found.name in _TIMESTAMPS else found
    return SqlType(kind.upper())


def parse_physical(text: str) -> SqlType | None:
    """Read a contract's physical type, generics in angle brackets too; None where it is no SQL type."""
    written = re.sub(r"\s*\b(?:CHAR|BYTE)\s*\)", ")", text.strip(), flags=re.IGNORECASE)
    if "<" in written:
        written = _without_angles(written)
    with suppress(UsageError):
        found = parse_type(written)
        return SqlType(_SYNONYMS.get(found.name, found.name), found.parameters, found.fields,
                       found.element, found.key, found.value)  # fmt: skip
    return None


def _without_angles(text: str) -> str:
    """Write `ARRAY<T>`, `MAP<K, V>` and `STRUCT<a: T>` as SQL does, from the inside out."""
    written, found = text, 1
    while found:
        written, found = _GENERIC.subn(_as_sql, written, count=1)
    return written


def _as_sql(generic: re.Match[str]) -> str:
    name, inside = generic[1].upper(), generic[2]
    if name in ("ARRAY", "LIST"):
        return f"{inside}[]"
    if name == "MAP":
        return f"MAP({inside})"
    return f"STRUCT({inside.replace(':', ' ')})"


def judge_logical(logical: str, physical: str, value: Value, *, has_format: bool) -> Settled:
    """Say whether the staged type is of a logical type."""
    staged = value.type
    allowed = LOGICAL.get(logical)
    if allowed is None:
        return Settled("errored", f"`{logical}` is no logical type of ODCS 3.2.0")
    if staged.name in allowed:
        return Settled("passed")
    if logical == "integer" and staged.name == "DECIMAL" and staged.parameters[-1:] == (0,):
        return Settled("passed")
    if staged.name == "VARCHAR":
        if logical == "time" or (logical in ("date", "timestamp") and has_format):
            return Settled("passed", "text in a declared format")
        if logical in ("object", "array", "map") and is_json(physical, staged):
            return Settled("passed", "JSON text")
    return Settled("failed", f"staged as {staged}")


def is_json(physical: str, staged: SqlType) -> bool:
    """Say whether a column is JSON kept as text."""
    declared = parse_physical(physical) if physical else None
    return staged.name == "VARCHAR" and declared is not None and declared.name in _JSON


def judge_physical(promised: SqlType, staged: SqlType, *, with_zone: bool = False) -> Settled:
    """Say whether a staged type is what was promised, or is stored in it without loss."""
    failed = Settled("failed", f"staged as {staged}")
    if promised.is_nested:
        return Settled("passed") if _same(promised, staged) else failed
    if promised.name in _ANY_OF and not (promised.name == "FLOAT" and promised.parameters == (4,)):
        fits = staged.name in _ANY_OF[promised.name]
        if promised.name == "NUMBER" and promised.parameters and fits:
            fits = _fits_decimal(promised, staged)
        return Settled("passed") if fits else failed
    if promised.name == "DECIMAL":
        bare = not promised.parameters and staged.name == "DECIMAL"
        fits = bare or (staged.name == "DECIMAL" and _fits_decimal(promised, staged))
        return Settled("passed") if fits else failed
    if promised.name not in _SIMPLE:
        return Settled("not_enforced", "physicalType.foreign")
    if with_zone and promised.name == "TIMESTAMP" and staged.name == "TIMESTAMP WITH TIME ZONE":
        return Settled("passed")
    if promised.name == "BIT" and staged.name == "BOOLEAN":
        return Settled("passed")
    return Settled("passed") if promised.name == staged.name else failed


def _fits_decimal(promised: SqlType, staged: SqlType) -> bool:
    precision, scale = _precision(promised)
    if staged.name in _DIGITS:
        return _DIGITS[staged.name] <= precision - scale or (scale == 0 and precision >= 18)
    if staged.name != "DECIMAL":
        return False
    staged_precision, staged_scale = _precision(staged)
    return staged_scale <= scale and staged_precision - staged_scale <= precision - scale


def _precision(kind: SqlType) -> tuple[int, int]:
    numbers = [p for p in kind.parameters if isinstance(p, int)]
    default = 18 if kind.name == "DECIMAL" else 38
    return (numbers or [default])[0], numbers[1] if len(numbers) > 1 else 0


def _same(promised: SqlType, staged: SqlType) -> bool:
    if promised.element is not None:
        return staged.element is not None and _fits(promised.element, staged.element)
    if promised.key is not None and promised.value is not None:
        return (
            staged.key is not None
            and staged.value is not None
            and _fits(promised.key, staged.key)
            and _fits(promised.value, staged.value)
        )
    names = [name for name, _ in promised.fields]
    return names == [name for name, _ in staged.fields] and all(
        _fits(mine, theirs)
        for (_, mine), (_, theirs) in zip(promised.fields, staged.fields, strict=True)
    )


def _fits(promised: SqlType, staged: SqlType) -> bool:
    named = SqlType(_SYNONYMS.get(promised.name, promised.name), promised.parameters,
                    promised.fields, promised.element, promised.key, promised.value)  # fmt: skip
    return judge_physical(named, staged).status == "passed"
