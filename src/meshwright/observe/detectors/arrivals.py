"""When the next point is due: by the gaps that followed points of the same weekday and hour."""

from collections import deque
from datetime import datetime, timedelta

from meshwright.model.series import Sensitivity, aware
from meshwright.observe.detectors.scales import strictness
from meshwright.observe.detectors.windows import Window

_SLACK = 0.15  # of a usual gap, beyond the longest that was seen
_ENOUGH = 6  # gaps before anything is called overdue
_GIVING_IN = 3  # overdue gaps in a row that make a new habit
_SAME = 4  # gaps after points of the same weekday (and hour) that are remembered
_HALF_DAY = 43_200.0


class Arrivals:
    """The gaps between points. A gap that was overdue is not learned, unless it becomes the habit."""

    __slots__ = ("_by_slot", "_gaps", "_overdue", "_slot", "_strictness", "last")

    def __init__(self, sensitivity: Sensitivity) -> None:
        self.last: datetime | None = None
        self._slot = 0
        self._strictness = strictness(sensitivity)
        self._gaps = Window(40)
        self._by_slot: dict[int, deque[float]] = {}
        self._overdue: list[float] = []

    @property
    def usual(self) -> float:
        """Return the usual gap in seconds; 0 while unknown."""
        return self._gaps.median()

    @property
    def count(self) -> int:
        """Return how many gaps are known."""
        return len(self._gaps)

    def due(self) -> datetime | None:
        """Return when the next point is overdue; None while too little is known."""
        allowed = self.allowed()
        if self.last is None or allowed is None:
            return None
        return self.last + timedelta(seconds=allowed)

    def allowed(self) -> float | None:
        """Return the gap in seconds after which the next point is overdue."""
        if self.last is None or len(self._gaps) < _ENOUGH:
            return None
        same = self._by_slot.get(self._slot)
        longest = max(same) if same and len(same) >= 2 else self._gaps.ranked(-1)
        usual = self.usual
        slack = _SLACK * max(usual, min(longest, 2 * usual)) * self._strictness
        return max(longest, usual) + slack

    def arrive(self, at: datetime, clock: datetime) -> None:
        """Take the time of a point in, `clock` being the same on the clocks of the watch's zone.

        Where the clock stood or jumped back, nothing is known about gaps.
        """
        at, last = aware(at), self.last
        if last is not None:
            if at <= last:
                return
            self._learn((at - last).total_seconds())
        self.last = at
        self._slot = clock.weekday() * 24 + (clock.hour if self.usual < _HALF_DAY else 0)

    def _learn(self, gap: float) -> None:
        allowed = self.allowed()
        if allowed is not None and gap > allowed:
            self._overdue.append(gap)
            if len(self._overdue) < _GIVING_IN:
                return
            self._gaps.clear()
            self._by_slot.clear()
            for value in self._overdue:
                self._gaps.add(value)
        else:
            self._gaps.add(gap)
        self._overdue.clear()
        kept = self._by_slot.get(self._slot)
        if kept is None:
            kept = self._by_slot[self._slot] = deque(maxlen=_SAME)
        kept.append(gap)
