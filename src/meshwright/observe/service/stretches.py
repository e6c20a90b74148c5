"""Stretches of time: half-open ranges of seconds since 1970, which no time zone and no DST can confuse.

Cost follows the number of ranges, never the number of minutes in them.
"""

from collections.abc import Iterable
from typing import NamedTuple


class Stretch(NamedTuple):
    """From `start` up to but not including `end`."""

    start: float
    end: float


def merged(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """Return the same moments as few, sorted, disjoint ranges."""
    found: list[Stretch] = []
    for start, end in sorted(s for s in stretches if s.start < s.end):
        if found and start <= found[-1].end:
            found[-1] = Stretch(found[-1].start, max(found[-1].end, end))
        else:
            found.append(Stretch(start, end))
    return tuple(found)


def without(stretches: Iterable[Stretch], others: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """Return the moments of `stretches` that none of `others` holds."""
    rest: list[Stretch] = []
    taken = merged(others)
    first = 0
    for start, end in merged(stretches):
        while first < len(taken) and taken[first].end <= start:
            first += 1
        at = first
        while at < len(taken) and taken[at].start < end:
            if start < taken[at].start:
                rest.append(Stretch(start, taken[at].start))
            start = max(start, taken[at].end)
            at += 1
        if start < end:
            rest.append(Stretch(start, end))
    return tuple(rest)


def seconds_within(stretches: Iterable[Stretch], start: float, end: float) -> float:
    """Return how many seconds of disjoint ranges lie within a window."""
    return sum(max(0.0, min(s.end, end) - max(s.start, start)) for s in stretches)


def covering(stretches: Iterable[Stretch], moment: float) -> Stretch | None:
    """Return the range that holds a moment."""
    return next((s for s in stretches if s.start <= moment < s.end), None)
