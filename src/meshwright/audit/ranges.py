"""Limits of numbers and moments. NaN meets no limit and is no multiple of anything; infinity is a number."""

from decimal import Decimal

from meshwright.audit.floats import compared_single, no_multiple
from meshwright.audit.formats import (
    strptime_format,
)
from meshwright.audit.moments import default_zone, moment_text
from meshwright.audit.option import Compiled, Option, Unfit, expect, rows
from meshwright.audit.plan import Bound, Settled
from meshwright.audit.sqltext import FLOATS, NUMBERS, TEMPORAL, number, text
from meshwright.audit.values import Value
from meshwright.model.contract import ContractColumn

_TEXTUAL = frozenset(("VARCHAR", "ENUM"))
_RANGES = {"minimum": "<", "exclusiveMinimum": "<=", "maximum": ">", "exclusiveMaximum": ">="}
_RANGE_WORDS = {
    "minimum": "at least", "exclusiveMinimum": "more than",
    "maximum": "at most", "exclusiveMaximum": "less than",
}  # fmt: skip


def _range(option: Option) -> Compiled:
    value, setting = option.value, option.setting
    sign, words = _RANGES[option.name], f"{_RANGE_WORDS[option.name]} {setting}"
    kind = value.type.name
    if kind in NUMBERS:
        try:
            limit = Decimal(str(setting))
        except ArithmeticError:
            raise Unfit(f"`{setting}` is not a number") from None
        bound = Bound(sign, str(limit))
        compared = f"{value.sql} {sign} {number(limit)}"
        if kind == "FLOAT":
            compared = compared_single(value.sql, sign, limit)
        if kind in FLOATS:
            compared = f"({compared} OR isnan({value.sql}))"
        return words, rows(value, compared, bound=bound)
    if kind in TEMPORAL:
        moment = moment_text(setting, kind, option.column.options)
        compared = f"{value.sql} {sign} CAST({text(moment)} AS {kind})"
        return words, rows(value, compared, bound=Bound(sign, moment))
    if kind in _TEXTUAL and option.column.logical_type in ("date", "timestamp", "time"):
        return words, rows(value, _text_range(option.column, value, sign, setting), by_value=True)
    raise Unfit(f"needs a number, date or time, staged as {value.type}")


def _text_range(column: ContractColumn, value: Value, sign: str, setting: object) -> str:
    kind = {"date": "DATE", "timestamp": "TIMESTAMP", "time": "TIME"}[column.logical_type]
    pattern = str(column.options.get("format") or "")
    code = strptime_format(pattern) if pattern else None
    if pattern and code is None:
        raise Unfit(f"`{pattern}` is not a date pattern known here")
    if code and "%z" in code:
        kind = "TIMESTAMP WITH TIME ZONE"
    moment = moment_text(setting, kind, column.options)
    parsed = f"try_strptime({value.sql}, {text(code)})" if code else value.sql
    return f"TRY_CAST({parsed} AS {kind}) {sign} CAST({text(moment)} AS {kind})"


def _multiple(option: Option) -> Compiled:
    value, setting = option.value, option.setting
    expect(value, NUMBERS, "a number")
    try:
        step = Decimal(str(setting))
    except ArithmeticError:
        step = Decimal(0)
    if step <= 0:
        raise Unfit(f"`{setting}` is not a positive number")
    words = f"a multiple of {setting}"
    if value.type.name not in FLOATS:
        return words, rows(value, f"{value.sql} % {number(step)} <> 0")
    return words, rows(value, no_multiple(value.sql, value.type.name, step))


def _timezone(option: Option) -> Compiled:
    value, setting = option.value, option.setting
    has_zone = value.type.name == "TIMESTAMP WITH TIME ZONE"
    words = "with a time zone" if setting else "without a time zone"
    if value.type.name not in TEMPORAL:
        code = strptime_format(str(option.column.options.get("format") or ""))
        has_zone = code is not None and "%z" in code
    if has_zone == bool(setting):
        return words, Settled("passed")
    return words, Settled("failed", f"staged as {value.type}")


def _default_timezone(option: Option) -> Compiled:
    setting = option.setting
    default_zone(option.column.options)
    return f"moments without a zone are in {setting}", Settled("passed")


RANGE_RULES = {
    **dict.fromkeys(_RANGES, _range),
    "multipleOf": _multiple,
    "timezone": _timezone,
    "defaultTimezone": _default_timezone,
}
