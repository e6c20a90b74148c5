"""The scale on which a unit's values can be compared, and the smallest change worth telling.

Counts and durations vary in proportion, shares with the square root of what they count: on these
scales one width fits the whole range. `distance` (which is never negative) and `number` are left as
they are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import asin, exp, log, sin, sqrt

from meshwright.model.series import Sensitivity, Unit

_FEW_ROWS = 10.0  # below it, a count varies by rows rather than in proportion
_SHORT = 60.0  # seconds below which a duration varies by seconds
_HALF_PI = 1.5707963267948966


@dataclass(frozen=True, slots=True)
class Scale:
    """How values of a unit are laid out. `to` and `back` are inverse within `lowest` and `highest`."""

    to: Callable[[float], float]
    back: Callable[[float], float]
    lowest: float
    highest: float
    is_lower_bad: bool = True


_SCALES: dict[Unit, Scale] = {
    "count": Scale(
        lambda value: log(max(value, 0.0) + _FEW_ROWS),
        lambda place: max(exp(min(place, 700.0)) - _FEW_ROWS, 0.0),
        0.0,
        float("inf"),
    ),
    "share": Scale(
        lambda value: asin(sqrt(min(max(value, 0.0), 1.0))),
        lambda place: sin(min(max(place, 0.0), _HALF_PI)) ** 2,
        0.0,
        1.0,
    ),
    "seconds": Scale(
        lambda value: log(max(value, 0.0) + _SHORT),
        lambda place: max(exp(min(place, 700.0)) - _SHORT, 0.0),
        0.0,
        float("inf"),
        is_lower_bad=False,  # nobody is hurt by data that is fresher than usual
    ),
    "distance": Scale(lambda value: value, lambda place: max(place, 0.0), 0.0, float("inf")),
    "number": Scale(lambda value: value, lambda place: place, float("-inf"), float("inf")),
}

# What must at least change: (in proportion to what is expected, in the unit itself).
_FLOORS: dict[Unit, tuple[float, float]] = {
    "count": (0.15, 2.0),
    "share": (0.10, 0.02),
    "seconds": (0.25, 60.0),
    "distance": (0.01, 1e-9),
    "number": (0.01, 1e-9),
}
_STRICTNESS: dict[Sensitivity, float] = {"low": 2.0, "normal": 1.0, "high": 0.5}


def scale_of(unit: Unit) -> Scale:
    """Return the scale of a unit."""
    return _SCALES[unit]


def strictness(sensitivity: Sensitivity) -> float:
    """Return by how much floors are multiplied."""
    return _STRICTNESS[sensitivity]


def effect_floor(unit: Unit, expected: float, sensitivity: Sensitivity) -> float:
    """Return the smallest change, in the unit, that is worth telling about an expected value."""
    relative, absolute = _FLOORS[unit]
    return max(relative * abs(expected), absolute) * _STRICTNESS[sensitivity]
