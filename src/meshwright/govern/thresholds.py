"""Compare bounds as sets of numbers: does the new rule accept fewer values, more, or others?"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from meshwright.model.contract import Threshold

EQUAL, STRONGER, WEAKER, OTHER = "equal", "stronger", "weaker", "other"
_DEFAULT = (Threshold("mustBe", 0),)  # a rule without bounds allows no failure


def compare_thresholds(old: Sequence[Threshold], new: Sequence[Threshold]) -> str:
    """Return how the new bounds relate to the old ones."""
    before, after = tuple(old) or _DEFAULT, tuple(new) or _DEFAULT
    if before == after:
        return EQUAL
    points = _points((*before, *after))
    if points is None:
        return OTHER
    accepted_before = {p for p in points if all(_meets(t, p) for t in before)}
    accepted_after = {p for p in points if all(_meets(t, p) for t in after)}
    if accepted_before == accepted_after:
        return EQUAL
    if accepted_after < accepted_before:
        return STRONGER
    return WEAKER if accepted_before < accepted_after else OTHER


def _points(thresholds: Sequence[Threshold]) -> list[Fraction] | None:
    """Return every bound, a number between each two, and one beyond either end; None for other values."""
    limits: set[Fraction] = set()
    for threshold in thresholds:
        for value in _operands(threshold):
            number = _number(value)
            if number is None:
                return None
            limits.add(number)
    ordered = sorted(limits)
    between = [(a + b) / 2 for a, b in pairwise(ordered)]
    return [ordered[0] - 1, *ordered, *between, ordered[-1] + 1] if ordered else None


def _meets(threshold: Threshold, value: Fraction) -> bool:
    found = [_number(operand) for operand in _operands(threshold)]
    numbers = [number for number in found if number is not None]
    first, last = numbers[0], numbers[-1]
    match threshold.operator:
        case "mustBe":
            return value == first
        case "mustNotBe":
            return value != first
        case "mustBeGreaterThan":
            return value > first
        case "mustBeGreaterOrEqualTo" | "mustBeGreaterThanOrEqualTo":
            return value >= first
        case "mustBeLessThan":
            return value < first
        case "mustBeLessOrEqualTo" | "mustBeLessThanOrEqualTo":
            return value <= first
        case "mustBeBetween":
            return first <= value <= last
        case "mustNotBeBetween":
            return not first <= value <= last
    return True


def _operands(threshold: Threshold) -> Sequence[object]:
    value = threshold.value
    return value if isinstance(value, list | tuple) else (value,)


def _number(value: object) -> Fraction | None:
    if isinstance(value, bool):
        return None
    try:
        return Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        return None
