"""When the next point is due: by the gaps that followed points of the same weekday and hour."""

from collections import deque
from datetime import datetime, timedelta, tzinfo

from meshwright.model.series import Sensitivity, aware
from meshwright.observe.scales import strictness
from meshwright.observe.seasons import local
from meshwright.observe.windows import Window

_SLACK = 0.15  # of a usual gap, beyond the longest that was seen
_ENOUGH = 6  # gaps before anything is called overdue
_GIVING_IN = 3  # overdue gaps in a row that make a new habit
_SAME = 4


class Arrivals:
    """The gaps between points. A gap that was overdue is not learned, unless it becomes the habit."""

    __slots__ = ("_by_slot", "_gaps", "_overdue", "_sensitivity", "_zone", "last")

    def __init__(self, zone: tzinfo, sensitivity: Sensitivity) -> None:
        self.last: datetime | None = None
        self._zone = zone
        self._sensitivity = sensitivity
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
        same = self._by_slot.get(self._slot(self.last))
        longest = max(same) if same and len(same) >= 2 else self._gaps.ranked(-1)
        usual = self.usual
        slack = _SLACK * max(usual, min(longest, 2 * usual)) * strictness(self._sensitivity)
        return max(longest, usual) + slack

    def arrive(self, at: datetime) -> float:
        """Take the time of a point in; return the gap, 0 where the clock stood or jumped back."""
        at = aware(at)
        last = self.last
        if last is not None and at <= last:
            return 0.0
        gap = (at - last).total_seconds() if last is not None else 0.0
        if last is not None and gap > 0:
            self._learn(last, gap)
        self.last = at
        return gap

    def _learn(self, last: datetime, gap: float) -> None:
        allowed = self.allowed()
        if allowed is not None and gap > allowed:
            self._overdue.append(gap)
            if len(self._overdue) < _GIVING_IN:
                return
            self._gaps.clear()
            self._by_slot.clear()
        for value in (*self._overdue, gap) if len(self._overdue) >= _GIVING_IN else (gap,):
            self._gaps.add(value)
        self._overdue.clear()
        kept = self._by_slot.setdefault(self._slot(last), deque(maxlen=_SAME))
        kept.append(gap)

    def _slot(self, at: datetime) -> int:
        clock = local(at, self._zone)
        return clock.weekday() * 24 + (clock.hour if self.usual < 43_200 else 0)
