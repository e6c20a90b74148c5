"""ODCS operators: judge a measured value, and say in words what was expected."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from meshwright.model.contract import Threshold

Measured = int | float | Fraction | str | None
_WORDS = {
    "mustBe": "exactly {0}",
    "mustNotBe": "not {0}",
    "mustBeGreaterThan": "more than {0}",
    "mustBeGreaterOrEqualTo": "at least {0}",
    "mustBeGreaterThanOrEqualTo": "at least {0}",
    "mustBeLessThan": "less than {0}",
    "mustBeLessOrEqualTo": "at most {0}",
    "mustBeLessThanOrEqualTo": "at most {0}",
    "mustBeBetween": "between {0} and {1}",
    "mustNotBeBetween": "not between {0} and {1}",
}
OPERATORS = frozenset(_WORDS)


def problem(thresholds: Sequence[Threshold]) -> str:
    """Say what is wrong with the operators themselves; empty when nothing is."""
    for threshold in thresholds:
        if threshold.operator not in OPERATORS:
            return f"`{threshold.operator}` is no operator of ODCS"
        limits = _limits(threshold)
        if "Between" in threshold.operator and len(limits) != 2:
            return f"`{threshold.operator}` needs two numbers"
        is_equality = threshold.operator in ("mustBe", "mustNotBe")
        if not is_equality and any(_number(limit) is None for limit in limits):
            return f"`{threshold.operator}` needs a number, not `{threshold.value}`"
    return ""


def accepts(thresholds: Sequence[Threshold], measured: Measured) -> bool:
    """Say whether a measured value meets every operator; without any, only zero does."""
    if not thresholds:
        return measured == 0
    return all(_meets(threshold, measured) for threshold in thresholds)


def words(thresholds: Sequence[Threshold]) -> str:
    """Return the operators as words: `at most 5`."""
    if not thresholds:
        return "exactly 0"
    return " and ".join(
        _WORDS[t.operator].format(*[str(limit) for limit in _limits(t)]) for t in thresholds
    )


def _limits(threshold: Threshold) -> list[object]:
    value = threshold.value
    return list(value) if isinstance(value, list | tuple) else [value]


def _number(value: object) -> Fraction | None:
    if isinstance(value, bool):
        return Fraction(int(value))
    try:
        if isinstance(value, Fraction | int):
            return Fraction(value)
        return Fraction(Decimal(str(value)))
    except (ArithmeticError, ValueError):
        return None


def _equal(measured: Measured, limit: object) -> bool:
    left, right = _number(measured), _number(limit)
    if left is not None and right is not None:
        return left == right
    return str(measured) == str(limit)


def _meets(threshold: Threshold, measured: Measured) -> bool:
    limits = _limits(threshold)
    if threshold.operator == "mustBe":
        return _equal(measured, limits[0])
    if threshold.operator == "mustNotBe":
        return not _equal(measured, limits[0])
    value = _number(measured)
    low, high = _number(limits[0]), _number(limits[-1])
    if value is None or low is None or high is None:
        return False
    match threshold.operator:
        case "mustBeGreaterThan":
            return value > low
        case "mustBeGreaterOrEqualTo" | "mustBeGreaterThanOrEqualTo":
            return value >= low
        case "mustBeLessThan":
            return value < low
        case "mustBeLessOrEqualTo" | "mustBeLessThanOrEqualTo":
            return value <= low
        case "mustBeBetween":
            return low <= value <= high
        case _:
            return not low <= value <= high
