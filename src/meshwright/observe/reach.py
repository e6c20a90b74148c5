"""How far from what is expected is still usual: conformal quantiles of past errors, each side its own.

With n errors the conformal quantile at level 1 - a exists where n >= 1/a. Histories are shorter than
that, so that the reach is the nearest quantile that exists, stretched: a multiple of the errors'
nine-tenths quantile, or the largest error but for one in fifty, whichever is further. The fewer errors
there are, the further it is stretched.
"""

from meshwright.model.series import Sensitivity
from meshwright.observe.windows import Window

_TENTH = 0.9
_SPARED = 0.02  # of the errors, so many are taken for leftovers of undetected faults
_STRETCH: dict[Sensitivity, float] = {"low": 1.5, "normal": 1.0, "high": 0.75}
_MOST_SPARED = 2
QUANTILE_STRETCH = 2.2
LARGEST_STRETCH = 1.15
FEW = 8.0
MQ = 1.5
ML = 1.0
MF = 1.0


def reach(errors: Window, sensitivity: Sensitivity) -> tuple[float, float]:
    """Return how far below and above expectation a value is usual, both at least 0."""
    count = len(errors)
    stretch = _STRETCH[sensitivity] * (1.0 + FEW / (count + 4.0))
    return _reach(errors, QUANTILE_STRETCH * stretch, LARGEST_STRETCH * stretch)


def reach_of_moves(moves: Window, sensitivity: Sensitivity, overlap: int) -> tuple[float, float]:
    """Return how far below and above its place a level usually goes, both at least 0.

    Moves are medians of `overlap` points each: so many in a row say no more than one.
    """
    count = len(moves) / overlap
    stretch = _STRETCH[sensitivity] * (1.0 + MF / (count + 1.0))
    return _reach(moves, MQ * stretch, ML * stretch)


def _reach(errors: Window, of_tenth: float, of_largest: float) -> tuple[float, float]:
    count = len(errors)
    if not count:
        return 0.0, 0.0
    spared, tenth = min(int(count * _SPARED), _MOST_SPARED), int(count * (1 - _TENTH))
    middle, last = errors.median(), count - 1
    below = max(
        of_tenth * (middle - errors.ranked(tenth)), of_largest * (middle - errors.ranked(spared))
    )
    above = max(
        of_tenth * (errors.ranked(last - tenth) - middle),
        of_largest * (errors.ranked(last - spared) - middle),
    )
    return max(below - middle, 0.0), max(above + middle, 0.0)
