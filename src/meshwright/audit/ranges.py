"""Limits of numbers and moments. NaN meets no limit and is no multiple of anything; infinity is a number."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from meshwright.audit.formats import (
    strptime_format,
)
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
        if kind in FLOATS:
            compared = f"({compared} OR isnan({value.sql}))"
        return words, rows(value, compared, bound=bound)
    if kind in TEMPORAL:
        moment = _moment(setting, kind, option.column.options)
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
    moment = _moment(setting, kind, column.options)
    parsed = f"try_strptime({value.sql}, {text(code)})" if code else value.sql
    return f"TRY_CAST({parsed} AS {kind}) {sign} CAST({text(moment)} AS {kind})"


def _moment(setting: object, kind: str, options: Mapping[str, object]) -> str:
    """Return a contract's date or time as ISO text of a type; a missing zone is `defaultTimezone`."""
    written = setting.isoformat(" ") if isinstance(setting, datetime) else str(setting)
    if kind == "TIME":
        _parse_moment(f"2000-01-01 {written}", setting)
        return written
    moment = _parse_moment(written, setting)
    if kind == "DATE":
        if len(written) > 10 and (moment.hour, moment.minute, moment.second) != (0, 0, 0):
            raise Unfit(f"`{setting}` is not a date")
        return moment.date().isoformat()
    zone = default_zone(options)
    if kind == "TIMESTAMP":
        if moment.tzinfo is not None:
            moment = moment.astimezone(zone).replace(tzinfo=None)
        return moment.isoformat(" ")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return moment.isoformat(" ")


def _parse_moment(written: str, setting: object) -> datetime:
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        raise Unfit(f"`{setting}` is not an ISO date or time") from None


def default_zone(options: Mapping[str, object]) -> ZoneInfo:
    """Return the time zone that moments without one are in."""
    name = str(options.get("defaultTimezone") or "UTC")
    try:
        return ZoneInfo("UTC" if name == "Etc/UTC" else name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Unfit(f"`{name}` is not a time zone known here") from None


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
    share = f"{value.sql} / {number(step)}::DOUBLE"
    near = f"abs({share} - round({share})) > 1e-9 * greatest(1, abs({share}))"
    return words, rows(value, f"(NOT isfinite({value.sql}) OR {near})")


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
