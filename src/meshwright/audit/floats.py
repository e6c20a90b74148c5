"""Limits and steps of FLOAT and DOUBLE columns: exact where a number is, forgiving by its last digits alone.

A FLOAT means the shortest decimal that it is read back from: 0.1 as FLOAT is 0.1, although its bits are a
little more. So a limit of 0.1 holds for it, and one of 16777217, which is no FLOAT, is not met by 16777216.
"""

import struct
from decimal import Decimal

from meshwright.audit.sqltext import number

_EPSILON = {"FLOAT": 2.0**-23, "DOUBLE": 2.0**-52}
_ULPS = 4  # what a few operations on a value may add to the error of its last digit


def nearest_single(value: Decimal) -> tuple[float, Decimal] | None:
    """Return the FLOAT nearest to a number and the decimal that it means; None beyond all FLOATs."""
    try:
        (single,) = struct.unpack("f", struct.pack("f", float(value)))
    except OverflowError:
        return None
    for digits in range(6, 10):  # nine digits name every FLOAT
        shown = f"{single:.{digits}g}"
        if struct.unpack("f", struct.pack("f", float(shown)))[0] == single:
            break
    return single, Decimal(shown)


def compared_single(sql: str, sign: str, limit: Decimal) -> str:
    """Return what is true for a FLOAT whose meaning is beyond a limit (`<`, `<=`, `>` or `>=` it)."""
    found = nearest_single(limit)
    if found is None:
        return f"CAST({sql} AS DOUBLE) {sign} {number(limit)}"
    single, meant = found
    is_beyond = {
        "<": meant < limit, "<=": meant <= limit, ">": meant > limit, ">=": meant >= limit,
    }[sign]  # fmt: skip
    return f"{sql} {sign[0]}{'=' if is_beyond else ''} CAST('{single!r}' AS FLOAT)"


def no_multiple(sql: str, kind: str, step: Decimal) -> str:
    """Return what is true for a FLOAT or DOUBLE that is no multiple of a step.

    It may miss the multiple by the last digits of its own value; where the step is exact in binary, never by
    a tenth of the step or more, however great the value is.
    """
    exact = Decimal(float(step)) == step
    value, unit = f"CAST({sql} AS DOUBLE)", f"CAST('{float(step)!r}' AS DOUBLE)"
    rest = f"abs({value} % {unit})"
    missed = f"least({rest}, {unit} - {rest})"
    allowed = f"{_ULPS * _EPSILON[kind]!r} * abs({value})"
    if exact:
        allowed = f"least({allowed}, {unit} / 10)"
    return f"(NOT isfinite({sql}) OR {missed} > {allowed})"
