"""Which of a build's many new points deserve a detector's look: those that are not plainly usual.

A detector walks through a whole series; a build has a hundred of them, of which nearly all are as ever. A
point is plainly usual when it lies well within what the same kind of time had lately, in the nearer and in
the farther past, so that neither a jump nor a drift goes by.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from meshwright.observe.watched.metrics import is_one_sided, is_shape

RECENT = 56  # points looked at: eight weeks of days
_FEW = 5  # points below which no detector says anything
_SLOT = 4  # points of the same kind of time that it takes
_MARGIN, _WIDE_MARGIN = 0.5, 1.0  # of the range of values, added on both sides
_SHAPE = 0.5  # more of it for how values are distributed, which has to be far off to matter
_SMALL = 1e-9
_RARE, _HALF_A_DAY = 5 * 86_400, 43_200  # seconds between points: days tell nothing, or hours do
_STUCK = 0.5  # share of repeated values above which repeating is usual


def is_plain(
    metric: str,
    value: float | None,
    values: Sequence[float | None],
    alike: Sequence[int],
) -> bool:
    """Say whether a new point is plainly usual after the earlier ones, oldest first.

    `alike` are the places of those of the same kind of time.
    """
    if len(values) < _FEW:
        return True
    if value is None or value != value:
        return values[-1] is None
    if _is_new_repetition(value, values):
        return False
    like = [known for number in alike if (known := values[number]) is not None]
    if len(like) < _SLOT:
        like = [known for known in values if known is not None]
        if len(like) < _SLOT:
            return True
    half = len(like) // 2
    more = _SHAPE if is_shape(metric) else 0.0
    lowest = float("-inf") if is_one_sided(metric) else None
    if not _is_within(value, like, _MARGIN + more, lowest):
        return False
    return half < _SLOT or _is_within(value, like[:half], _WIDE_MARGIN + more, lowest)


def alike(at: datetime, times: Sequence[datetime]) -> tuple[int, ...]:
    """Return the places of the earlier times of the same kind: of the weekday, or else of the hour."""
    if not times:
        return ()
    step = (times[-1] - times[0]).total_seconds() / max(len(times) - 1, 1)
    if not 0 < step <= _RARE:
        return ()
    if step > _HALF_A_DAY:
        return tuple(n for n, moment in enumerate(times) if moment.weekday() == at.weekday())
    return tuple(n for n, moment in enumerate(times) if moment.hour == at.hour)


def _is_within(value: float, values: Sequence[float], margin: float, lowest: float | None) -> bool:
    low, high = min(values), max(values)
    beyond = margin * (high - low) + _SMALL * max(abs(low), abs(high))
    return (low - beyond if lowest is None else lowest) <= value <= high + beyond


def _is_new_repetition(value: float, values: Sequence[float | None]) -> bool:
    """Say whether a value repeats that of a series whose values usually differ."""
    if value != values[-1]:
        return False
    repeated = sum(a == b for a, b in pairwise(values))
    return repeated <= _STUCK * (len(values) - 1)
