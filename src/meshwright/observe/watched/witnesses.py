"""Whether two series say the same: what always moved together is one witness, not two.

The hour of a row follows from its time, so an odd day shows in both; that is no agreement of two columns.
"""

from math import sqrt

from meshwright.observe.watched.history import Recorded

RECENT = 56  # points that are compared: eight weeks of days
_FEW = 14  # points below which nothing is known
_SAME = 0.9  # correlation: most of what one does (four fifths of the variance), the other does too


def is_same(one: Recorded | None, other: Recorded | None) -> bool:
    """Say whether two series moved together lately, in the same or in opposite directions."""
    if one is None or other is None:
        return False
    known = dict(zip(one.times[-RECENT:], one.values[-RECENT:], strict=True))
    pairs = [
        (mine, theirs)
        for at, theirs in zip(other.times[-RECENT:], other.values[-RECENT:], strict=True)
        if theirs is not None and (mine := known.get(at)) is not None
    ]
    return len(pairs) >= _FEW and abs(_correlation(pairs)) >= _SAME


def _correlation(pairs: list[tuple[float, float]]) -> float:
    """Return Pearson's correlation; 0 where one of both never moved, or is no number."""
    size = len(pairs)
    left, right = sum(x for x, _ in pairs) / size, sum(y for _, y in pairs) / size
    spread = sqrt(sum((x - left) ** 2 for x, _ in pairs)) * sqrt(
        sum((y - right) ** 2 for _, y in pairs)
    )
    shared = sum((x - left) * (y - right) for x, y in pairs)
    found = shared / spread if spread else 0.0
    return found if found == found else 0.0
