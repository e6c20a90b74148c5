"""The automatic detector: no configuration, any metric, robust against its own past.

It walks through a series once, point by point. A point is judged by what was expected before it was
seen, and learned from only where it was found normal. So the judged point is never in its own
training, and neither are old anomalies; `judge` and `replay` are the same walk.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from meshwright.model.series import Judgement, Series, Watch, aware
from meshwright.observe.detectors import words
from meshwright.observe.detectors.options import known_only
from meshwright.observe.detectors.walk import Walk

_REACH = 140  # points: twenty weeks of days; older ones say nothing about the next
_DAYS = 42  # days of which shorter cadences are remembered
_MOST = 4000


class AutomaticDetector:
    """Judges any series by its own past. Takes no options."""

    def __init__(self, options: Mapping[str, object] | None = None) -> None:
        known_only("automatic", options or {}, ())

    def judge(self, series: Series, watch: Watch) -> Judgement | None:
        """Judge the newest point, or its absence where `watch.now` says that one is overdue."""
        if not series.points:
            return None
        points = series.points[-_reach(series) :]
        walk = Walk(series, watch)
        for point in points[:-1]:
            walk.see(point)
        judged = words.judgement(series, walk.see(points[-1]))
        return _absence(walk, watch.now) or judged

    def replay(self, series: Series, watch: Watch) -> Sequence[Judgement]:
        """Judge each point as it came, and each absence where one was noticed."""
        walk = Walk(series, watch)
        judgements: list[Judgement] = []
        for point in series.points:
            absent = _absence(walk, point.at)
            if absent is not None:
                judgements.append(absent)
            judgements.append(words.judgement(series, walk.see(point)))
        return judgements


def _reach(series: Series) -> int:
    """Return how many of the newest points a judgement needs."""
    count = len(series.points)
    if count <= _REACH:
        return count
    days = (aware(series.points[-1].at) - aware(series.points[-_REACH].at)).total_seconds() / 86_400
    return int(min(max(_REACH, _REACH * _DAYS / days), _MOST)) if days > 0 else _MOST


def _absence(walk: Walk, now: datetime | None) -> Judgement | None:
    due, last = walk.arrivals.due(), walk.arrivals.last
    if now is None or due is None or last is None or aware(now) <= due:
        return None
    if any(due in span or now in span for span in walk.watch.expected):
        return None
    return words.absence(walk.series, last, due, aware(now), walk.arrivals.usual, walk.zone)
