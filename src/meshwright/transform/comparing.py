"""Compare the rows that a model gave with the rows that its test expects.

Values compare by what they mean: numbers by value with a small tolerance, dates, timestamps and decimals
also as the text that a YAML file holds. Order does not count unless the test says so.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

_RELATIVE, _ABSOLUTE = 1e-9, 1e-12
Row = tuple[object, ...]


def is_same(expected: object, actual: object) -> bool:
    """Say whether a test's value means the value that came out."""
    if expected is None or actual is None:
        return expected is actual
    if isinstance(expected, bool) or isinstance(actual, bool):
        return expected is actual
    if isinstance(actual, int | float | Decimal):
        return _is_same_number(expected, actual)
    if isinstance(actual, date | time | timedelta):
        return _is_same_moment(expected, actual)
    if isinstance(actual, Mapping):
        return (
            isinstance(expected, Mapping)
            and expected.keys() == actual.keys()
            and all(is_same(value, actual[key]) for key, value in expected.items())
        )
    if isinstance(actual, list | tuple):
        return (
            isinstance(expected, list | tuple)
            and len(expected) == len(actual)
            and all(is_same(one, other) for one, other in zip(expected, actual, strict=True))
        )
    if isinstance(actual, bytes):
        return expected == actual or str(expected).encode() == actual
    return str(expected) == str(actual)


def differences(
    expected: Sequence[Row], actual: Sequence[Row], *, is_ordered: bool
) -> tuple[list[Row], list[Row]]:
    """Return the rows that are missing and the rows that nobody expects."""
    if is_ordered:
        return _ordered_differences(expected, actual)
    places: dict[Row, list[int]] = {}
    for index in range(len(actual) - 1, -1, -1):
        places.setdefault(_key(actual[index]), []).append(index)
    used: set[int] = set()
    missing: list[Row] = []
    for row in expected:
        at = places.get(_key(row))
        if at and _is_same_row(row, actual[at[-1]]):
            used.add(at.pop())
        else:
            missing.append(row)
    return _unpaired(missing, [row for i, row in enumerate(actual) if i not in used])


def _ordered_differences(
    expected: Sequence[Row], actual: Sequence[Row]
) -> tuple[list[Row], list[Row]]:
    pairs = list(zip(expected, actual, strict=False))
    wrong = [(one, other) for one, other in pairs if not _is_same_row(one, other)]
    missing = [one for one, _ in wrong] + list(expected[len(pairs) :])
    return missing, [other for _, other in wrong] + list(actual[len(pairs) :])


def _unpaired(missing: list[Row], unexpected: list[Row]) -> tuple[list[Row], list[Row]]:
    """Pair rows that mean the same but are written differently (`1.50` and 1.5, a float's last digit)."""
    rest = list(unexpected)
    still_missing = []
    for row in missing:
        index = next((i for i, other in enumerate(rest) if _is_same_row(row, other)), None)
        if index is None:
            still_missing.append(row)
        else:
            del rest[index]
    return still_missing, rest


def _is_same_row(expected: Row, actual: Row) -> bool:
    return all(is_same(one, other) for one, other in zip(expected, actual, strict=True))


def _key(row: Row) -> Row:
    """Return something hashable that is equal for most rows that are the same."""
    return tuple(_text(value) for value in row)


def _text(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, int | float | Decimal):
        return f"{float(value):.9g}"
    return str(value)


def _is_same_number(expected: object, actual: int | float | Decimal) -> bool:
    if isinstance(expected, str):
        try:
            number = Decimal(expected)
        except InvalidOperation:
            return False
        if isinstance(actual, float):
            return _is_close(float(number), actual)
        return number == actual
    if not isinstance(expected, int | float | Decimal):
        return False
    if isinstance(expected, float) or isinstance(actual, float):
        return _is_close(float(expected), float(actual))
    return expected == actual


def _is_close(one: float, other: float) -> bool:
    if math.isnan(one) or math.isnan(other):
        return math.isnan(one) and math.isnan(other)
    return math.isclose(one, other, rel_tol=_RELATIVE, abs_tol=_ABSOLUTE)


def _is_same_moment(expected: object, actual: date | time | timedelta) -> bool:
    if isinstance(expected, str):
        try:
            parsed: object = (
                time.fromisoformat(expected)
                if isinstance(actual, time)
                else datetime.fromisoformat(expected)
            )
        except ValueError:
            return expected == str(actual)
    else:
        parsed = expected
    if isinstance(actual, date) and isinstance(parsed, date):
        one, other = _midnight(parsed), _midnight(actual)
        if (one.tzinfo is None) != (other.tzinfo is None):
            return one.replace(tzinfo=None) == other.replace(tzinfo=None)
        return one == other
    return parsed == actual


def _midnight(moment: date) -> datetime:
    return (
        moment if isinstance(moment, datetime) else datetime(moment.year, moment.month, moment.day)
    )
