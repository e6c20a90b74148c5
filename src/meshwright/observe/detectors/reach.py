"""How far from what is expected is still usual: conformal quantiles of past errors, each side its own.

With n errors the conformal quantile at level 1 - a exists where n >= 1/a. Histories are shorter than
that, so that the reach is the nearest quantile that exists, stretched: a multiple of the errors'
nine-tenths quantile, or the largest error but for one in fifty, whichever is further. The fewer errors
there are, the further it is stretched.
"""

from meshwright.model.series import Sensitivity
from meshwright.observe.detectors.windows import Window

_TENTH = 0.9
_SPARED = 0.02  # of the errors, so many are taken for leftovers of undetected faults,
_MOST_SPARED = 2  # but no more than that
_STRETCH: dict[Sensitivity, float] = {"low": 1.5, "normal": 1.0, "high": 0.75}
# How far quantiles are stretched: of errors of single points, and of moves of the level, which are
# medians and have thinner tails. The last number is the doubt that few errors leave, in errors.
_QUANTILE_STRETCH, _LARGEST_STRETCH, _FEW = 2.2, 1.15, 8.0
_QUANTILE_OF_MOVES, _LARGEST_OF_MOVES, _FEW_MOVES = 1.5, 1.0, 1.0


def reach(errors: Window, sensitivity: Sensitivity) -> tuple[float, float]:
    """Return how far below and above expectation a value is usual, both at least 0."""
    count = len(errors)
    stretch = _STRETCH[sensitivity] * (1.0 + _FEW / (count + 4.0))
    return _reach(errors, _QUANTILE_STRETCH * stretch, _LARGEST_STRETCH * stretch)


def reach_of_moves(moves: Window, sensitivity: Sensitivity, overlap: int) -> tuple[float, float]:
    """Return how far below and above its place a level usually goes, both at least 0.

    Moves are medians of `overlap` points each: so many in a row say no more than one.
    """
    count = len(moves) / overlap
    stretch = _STRETCH[sensitivity] * (1.0 + _FEW_MOVES / (count + 1.0))
    return _reach(moves, _QUANTILE_OF_MOVES * stretch, _LARGEST_OF_MOVES * stretch)


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
