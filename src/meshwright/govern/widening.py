"""Types before and after: the same, wider (old values and old readers still fit), or another."""

from meshwright.errors import UsageError
from meshwright.model.types import SqlType, parse_type

SAME, WIDER, OTHER = "same", "wider", "other"
_WHOLE = {"TINYINT": 8, "SMALLINT": 16, "INTEGER": 32, "BIGINT": 64, "HUGEINT": 128}
_NATURAL = {"UTINYINT": 8, "USMALLINT": 16, "UINTEGER": 32, "UBIGINT": 64, "UHUGEINT": 128}
_FLOATING = ("FLOAT", "DOUBLE")


def compare_types(old: str, new: str) -> str:
    """Return `same`, `wider` or `other` for two SQL types as contracts write them."""
    if old.strip().lower() == new.strip().lower():
        return SAME
    try:
        return _compared(parse_type(old), parse_type(new))
    except UsageError:
        return OTHER


def _compared(old: SqlType, new: SqlType) -> str:
    if old == new:
        return SAME
    if old.name != new.name:
        return WIDER if _is_wider_name(old.name, new.name) else OTHER
    if old.name == "DECIMAL":
        return _decimals(old, new)
    if old.name == "VARCHAR":
        return _lengths(old, new)
    if old.name == "ENUM":
        return WIDER if set(old.parameters) <= set(new.parameters) else OTHER
    if old.parameters != new.parameters:
        return OTHER
    if old.fields or new.fields:
        return _structs(old, new)
    pairs = ((old.element, new.element), (old.key, new.key), (old.value, new.value))
    return _worst(_compared(a, b) for a, b in pairs if a is not None and b is not None)


def _is_wider_name(old: str, new: str) -> bool:
    if old in _WHOLE and new in _WHOLE:
        return _WHOLE[old] < _WHOLE[new]
    if old in _NATURAL and new in _NATURAL:
        return _NATURAL[old] < _NATURAL[new]
    if old in _NATURAL and new in _WHOLE:
        return _NATURAL[old] < _WHOLE[new]
    return (old, new) == _FLOATING


def _decimals(old: SqlType, new: SqlType) -> str:
    (width, scale), (new_width, new_scale) = _precision(old), _precision(new)
    if (width, scale) == (new_width, new_scale):
        return SAME
    fits = new_scale >= scale and new_width - new_scale >= width - scale
    return WIDER if fits else OTHER


def _precision(decimal: SqlType) -> tuple[int, int]:
    numbers = [int(p) for p in decimal.parameters]
    return (
        numbers[0] if numbers else 18,
        numbers[1] if len(numbers) > 1 else (0 if numbers else 3),
    )


def _lengths(old: SqlType, new: SqlType) -> str:
    if not new.parameters:
        return WIDER
    if not old.parameters:
        return OTHER
    return WIDER if int(old.parameters[0]) < int(new.parameters[0]) else OTHER


def _structs(old: SqlType, new: SqlType) -> str:
    """Compare fields by name: an added field is wider, a lost one is another type."""
    fields = dict(new.fields)
    if any(name not in fields for name, _ in old.fields):
        return OTHER
    found = [_compared(kind, fields[name]) for name, kind in old.fields]
    return _worst((*found, SAME if len(old.fields) == len(new.fields) else WIDER))


def _worst(found: object) -> str:
    order = (SAME, WIDER, OTHER)
    return max(found, key=order.index, default=SAME)  # type: ignore[call-overload, no-any-return]
