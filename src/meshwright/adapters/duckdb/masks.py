"""Masks as SQL: what a column shows in place of its values, of the same type wherever that is possible.

NULL stays NULL. A mask that a type cannot keep shows NULL of that type: it never shows the value, and never
fails. Keyed masks are HMAC-SHA-256 (RFC 2104) of the value's text, so that nobody without the key can try a
dictionary; a key that is missing shows NULL.

| kind | text | BIGINT | UUID, BLOB | numbers | dates, times | others |
|---|---|---|---|---|---|---|
| tokens, sha-256-… | 64 hexadecimal digits | 60 bits of them | 128, 256 bits | NULL | NULL | NULL |
| mask-to-fixed-value | the value, or NULL where the type cannot hold it | ← | ← | ← | ← | ← |
| truncate-to-… | of an ISO date, else NULL | NULL | NULL | NULL | the first of the year or month | NULL |
| round-to | NULL | the nearest step | NULL | the nearest step | NULL | NULL |
| mask-alphanum, show-… | letters x, digits n | NULL | NULL | NULL | NULL | NULL |
"""

import re
from collections.abc import Mapping

from meshwright.adapters.duckdb.naming import identifier, literal, type_text
from meshwright.model.access import KEYED, Mask
from meshwright.model.table import Column

HASHED = KEYED | {"token-purpose", "sha-256-query-local"}
_BLOCK = 64  # bytes of a block of SHA-256
_LEAST_SHOWN = 8  # four characters are shown only of a value that keeps as many hidden
_WHOLE = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT"})
_REAL = frozenset({"FLOAT", "DOUBLE", "REAL"})


def masked(column: Column, mask: Mask, keys: Mapping[str, bytes]) -> str:
    """Return the SQL expression that shows a column through a mask."""
    value, kind = identifier(column.name), column.type.upper()
    null = f"CAST(NULL AS {type_text(column.type)})"
    shown = _shown(value, kind, mask, keys.get(mask.kind, b""))
    if shown is None:
        return null
    return f"CASE WHEN {value} IS NULL THEN {null} ELSE {shown} END"


def nothing(column: Column) -> str:
    """Return NULL of a column's type."""
    return f"CAST(NULL AS {type_text(column.type)})"


def _shown(value: str, kind: str, mask: Mask, key: bytes) -> str | None:
    if mask.kind in HASHED:
        return _token(value, kind, key)
    match mask.kind:
        case "mask-to-fixed-value":
            return f"TRY_CAST({literal(mask.value)} AS {type_text(kind)})"
        case "truncate-to-year":
            return _truncated(value, kind, "year")
        case "truncate-to-month":
            return _truncated(value, kind, "month")
        case "round-to":
            return _rounded(value, kind, mask.value)
        case "mask-alphanum" if kind == "VARCHAR":
            return _alphanum(value)
        case "show-last-4" if kind == "VARCHAR":
            hidden = _alphanum(f"left({value}, -4)")
            return _where_long(value, f"{hidden} || right({value}, 4)")
        case "show-first-4" if kind == "VARCHAR":
            hidden = _alphanum(f"right({value}, -4)")
            return _where_long(value, f"left({value}, 4) || {hidden}")
    return None  # replace-with-null, a type that the mask cannot keep, a word that is none


def _token(value: str, kind: str, key: bytes) -> str | None:
    if not key:
        return None
    match kind:
        case "VARCHAR":
            return _hmac(f"encode({value})", key)
        case "BLOB":
            return f"unhex({_hmac(value, key)})"
        case "BIGINT":
            return f"CAST('0x' || left({_hmac(f'encode(CAST({value} AS VARCHAR))', key)}, 15) AS BIGINT)"
        case "UUID":
            return f"CAST(left({_hmac(f'encode(CAST({value} AS VARCHAR))', key)}, 32) AS UUID)"
    return None


def _hmac(message: str, key: bytes) -> str:
    inner, outer = _pad(key, 0x36), _pad(key, 0x5C)
    return f"sha256({outer} || unhex(sha256({inner} || {message})))"


def _pad(key: bytes, byte: int) -> str:
    if len(key) > _BLOCK:
        raise ValueError("a key is longer than a block")
    return literal(bytes(b ^ byte for b in key.ljust(_BLOCK, b"\0")))


def _truncated(value: str, kind: str, unit: str) -> str | None:
    if kind == "VARCHAR":
        return f"strftime(date_trunc('{unit}', TRY_CAST({value} AS DATE)), '%Y-%m-%d')"
    if kind == "DATE" or kind.startswith("TIMESTAMP"):
        return f"CAST(date_trunc('{unit}', {value}) AS {type_text(kind)})"
    return None


def _rounded(value: str, kind: str, width: object) -> str | None:
    if isinstance(width, bool) or not isinstance(width, int | float) or not width > 0:
        return None
    if kind not in _WHOLE | _REAL and not re.fullmatch(r"DECIMAL\(\d+,\d+\)", kind):
        return None
    step = literal(width) if isinstance(width, int) else literal(float(width))
    return f"TRY_CAST(round({value} / {step}) * {step} AS {type_text(kind)})"


def _alphanum(value: str) -> str:
    letters = rf"regexp_replace({value}, '[\p{{L}}\p{{M}}]', 'x', 'g')"
    return rf"regexp_replace({letters}, '\p{{N}}', 'n', 'g')"


def _where_long(value: str, shown: str) -> str:
    return f"CASE WHEN length({value}) < {_LEAST_SHOWN} THEN {_alphanum(value)} ELSE {shown} END"
