"""Options of text, and the formats of numbers.

Lengths count Unicode code points (bytes, of a BLOB). A pattern is found anywhere in the text, as in ECMA-262.
"""

from dataclasses import replace

from meshwright.audit.formats import (
    UNJUDGED,
    date_violation,
    format_violation,
    re2_pattern,
    strptime_format,
)
from meshwright.audit.not_enforced import REASONS
from meshwright.audit.option import Compiled, Option, Unfit, expect, rows, whole
from meshwright.audit.plan import Probe, Settled
from meshwright.audit.sqltext import INTEGERS, NUMBERS, TEMPORAL, text
from meshwright.audit.values import Value
from meshwright.audit.widths import matched_lengths

_TEXTUAL = frozenset(("VARCHAR", "ENUM"))
_INTEGER_FORMATS = {
    f"{sign}{bits}": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if sign == "i" else (0, 2**bits - 1)
    for sign in "iu"
    for bits in (8, 16, 32, 64, 128)
}


def _length(option: Option) -> Compiled:
    value, setting = option.value, option.setting
    expect(value, _TEXTUAL | {"BLOB"}, "text")
    limit, sign = whole(option.name, setting), "<" if option.name == "minLength" else ">"
    words = f"{'at least' if sign == '<' else 'at most'} {limit} characters"
    probe = rows(value, _beyond(value, sign, limit), by_value=True)
    return words, replace(probe, length_limit=(sign, limit))


def _beyond(value: Value, sign: str, limit: int) -> str:
    """Return what is true for a wrong length; text of few bytes, which are known, has no more characters."""
    if value.type.name == "BLOB":
        return f"octet_length({value.sql}) {sign} {limit}"
    counted = f"length({value.sql}) {sign} {limit}"
    return f"(strlen({value.sql}) > {limit} AND {counted})" if sign == ">" else counted


def _pattern(option: Option) -> Compiled:
    value, setting = option.value, option.setting
    expect(value, _TEXTUAL, "text")
    probe = rows(value, pattern_violation(value.sql, str(setting)), by_value=True, dear=True)
    return f"matches `{setting}`", replace(probe, lengths=matched_lengths(str(setting)))


def pattern_violation(value: str, pattern: str) -> str:
    """Return what is true for text that an ECMA-262 pattern does not match anywhere."""
    written, reason = re2_pattern(pattern)
    if reason:
        raise Unfit(reason)
    return f"NOT regexp_matches({value}, {text(written)})"


def _format(option: Option) -> Compiled:
    value, setting = option.value, option.setting
    wanted, words = str(setting), f"format {setting}"
    if value.type.name in INTEGERS or wanted in _INTEGER_FORMATS:
        return words, _integer_format(value, wanted)
    if value.type.name in NUMBERS:
        return words, _float_format(value, wanted)
    if value.type.name in TEMPORAL:
        if strptime_format(wanted) is None:
            raise Unfit(f"`{wanted}` is not a date pattern known here")
        return words, Settled("passed", "a typed value has no text form")
    if value.type.name == "BLOB":
        return words, Settled("not_enforced", REASONS["format.display"])
    expect(value, _TEXTUAL, "text")
    if option.column.logical_type in ("date", "timestamp", "time"):
        violation = date_violation(value.sql, wanted)
        if violation is None:
            raise Unfit(f"`{wanted}` is not a date pattern known here")
        return words, rows(value, violation, by_value=True, dear=True)
    if wanted.lower() in UNJUDGED:
        return words, Settled("not_enforced", REASONS["format.display"])
    violation = format_violation(value.sql, wanted)
    if violation is None:
        return words, Settled("not_enforced", REASONS["format.unknown"])
    return words, rows(value, violation, by_value=True, dear=True)


def _integer_format(value: Value, wanted: str) -> Probe:
    if wanted not in _INTEGER_FORMATS:
        raise Unfit(f"`{wanted}` is no format of an integer")
    expect(value, INTEGERS | {"DECIMAL"}, "an integer")
    low, high = _INTEGER_FORMATS[wanted]
    bits, unsigned = _width(value.type.name)
    if (
        bits
        and low <= (0 if unsigned else -(2 ** (bits - 1)))
        and (2**bits if unsigned else 2 ** (bits - 1)) - 1 <= high
    ):
        return Settled("passed", "the type holds nothing else")
    if wanted in ("i128", "u128") and value.type.name != "HUGEINT":
        return rows(value, f"{value.sql} < {low}") if low == 0 else Settled("passed")
    return rows(value, f"{value.sql} NOT BETWEEN {low} AND {high}")


def _width(name: str) -> tuple[int, bool]:
    widths = {"TINYINT": 8, "SMALLINT": 16, "INTEGER": 32, "BIGINT": 64, "HUGEINT": 128}
    unsigned = name.startswith("U")
    return widths.get(name.removeprefix("U"), 0), unsigned


def _float_format(value: Value, wanted: str) -> Probe:
    if wanted not in ("f32", "f64"):
        raise Unfit(f"`{wanted}` is no format of a number")
    if wanted == "f64" or value.type.name == "FLOAT":
        return Settled("passed", "the type holds nothing else")
    return rows(
        value, f"isfinite({value.sql}::DOUBLE) AND abs({value.sql}::DOUBLE) > 3.4028235677973366e38"
    )


TEXT_RULES = {"minLength": _length, "maxLength": _length, "pattern": _pattern, "format": _format}
