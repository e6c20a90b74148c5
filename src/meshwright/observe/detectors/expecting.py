"""What is expected next: the level, plus what the season adds, plus where the level has gone lately.

The level is the median over one whole cycle. What a season adds is the median of the deviations from
the level that were seen in the same slot over recent cycles. Several seasons (and none) compete: the one
whose expectations, always made before the point was seen, came closest is believed. Their past
errors, of points that were found normal, are what the bounds are drawn from.
"""

from collections import deque
from datetime import datetime

from meshwright.observe.detectors.seasons import Cadence, Season
from meshwright.observe.detectors.windows import Window

CYCLES = 6  # how many earlier points of a slot are remembered
_SOME = 10  # values before one can be called common
_ADVANTAGE = 0.95  # a season must come that much closer than none


class Expectation:
    """One season's expectations, on the scale of the unit."""

    __slots__ = (
        "_base",
        "_fading",
        "_follows",
        "_kept",
        "_latest",
        "_moves",
        "_raw",
        "_recent",
        "_slots",
        "errors",
        "gone",
        "loss",
        "moves",
        "season",
        "weight",
    )

    def __init__(self, season: Season | None, cadence: Cadence) -> None:
        self.season = season
        self.errors = Window(cadence.memory)
        self.moves = Window(cadence.memory)  # where the level had gone, of points found normal
        self.loss = 0.0
        self.weight = 0.0
        self._kept = CYCLES * cadence.per_slot
        self._fading = cadence.fading
        self._base = Window(cadence.span)
        self._raw = Window(5 * cadence.span)
        self._slots: dict[int, deque[float]] = {}
        self._recent: deque[float] = deque(maxlen=cadence.recent)  # of points found normal
        self._latest: deque[float] = deque(maxlen=cadence.recent)  # of all
        self.gone = 0.0  # the median of recent deviations from level and season
        self._follows = 0.0  # how far deviations followed the ones before them, and
        self._moves = 0.0  # how far they could have

    @property
    def name(self) -> str:
        """Return the name of the season; '' for none."""
        return self.season.name if self.season is not None else ""

    def slot(self, at: datetime) -> int:
        """Return the slot of a local time; all times are alike where there is no season."""
        return self.season.slot(at) if self.season is not None else 0

    def knows(self, slot: int) -> bool:
        """Say whether a point of this slot was seen before."""
        return len(self._base) > 0 and (self.season is None or slot in self._slots)

    def expect(self, slot: int) -> float:
        """Return what is expected in a slot."""
        return self._base.median() + self._seasonal(slot) + self.following()

    def gone_with(self, slot: int, value: float) -> float:
        """Return where the level has gone lately if this value is believed."""
        rest = value - self._base.median() - self._seasonal(slot)
        return _median([*self._latest, rest][-(self._latest.maxlen or 1) :])

    def is_common(self, value: float) -> bool:
        """Say whether a value is within what is usual anyway, where no season tells days apart."""
        count = len(self._raw)
        if self.season is not None or count < _SOME:
            return False
        tenth = count // 10
        return self._raw.ranked(tenth) <= value <= self._raw.ranked(count - 1 - tenth)

    def notice(self, slot: int, value: float) -> None:
        """Take a point in that is not learned from, to see where the level may have gone."""
        if self.knows(slot):
            self._latest.append(value - self._base.median() - self._seasonal(slot))

    def begin(self, values: list[float]) -> None:
        """Take the level of these values for the first one."""
        for value in values:
            self._base.add(value)

    def learn(self, slot: int, value: float) -> None:
        """Take a point in, by the expectation that was had of it."""
        if len(self._base):
            deviation = value - self._base.median()
            if self.knows(slot):
                self._compare(deviation - self._seasonal(slot))
            if self.season is not None:
                kept = self._slots.get(slot)
                if kept is None:
                    kept = self._slots[slot] = deque(maxlen=self._kept)
                kept.append(deviation)
        self._base.add(value)
        if self.season is None:
            self._raw.add(value)

    def move(self, step: float) -> None:
        """Take the level to another place; what seasons add stays."""
        self._base.shift(step + self.following())
        self._settle()

    def settle(self) -> None:
        """Believe that the level is where it has gone."""
        self._base.shift(self.gone)
        self._settle()

    def renew(self, slot: int, places: list[float]) -> None:
        """Forget what a slot was; what it has been lately is what it is."""
        if self.season is not None:
            base = self._base.median()
            self._slots[slot] = deque((place - base for place in places), maxlen=self._kept)

    def _settle(self) -> None:
        self._recent.clear()
        self._latest.clear()
        self.gone = 0.0

    def _compare(self, rest: float) -> None:
        error = rest - self.following()
        self.errors.add(error)
        self.loss = self._fading * self.loss + abs(error)
        self.weight = self._fading * self.weight + 1.0
        self._follows = self._fading * self._follows + rest * self.gone
        self._moves = self._fading * self._moves + self.gone * self.gone
        self._recent.append(rest)
        self._latest.append(rest)
        self.gone = _median(list(self._recent))
        self.moves.add(self.gone)

    def following(self) -> float:
        """Return how far the next point is believed to follow where the level has gone."""
        if not self.gone or not self._moves:
            return 0.0
        return min(max(self._follows / self._moves, 0.0), 1.0) * self.gone

    def _seasonal(self, slot: int) -> float:
        kept = self._slots.get(slot)
        return _median(list(kept)) if kept else 0.0


def _median(values: list[float]) -> float:
    values.sort()
    half = len(values) // 2
    if len(values) % 2:
        return values[half]
    return (values[half - 1] + values[half]) / 2


def best(candidates: list[Expectation]) -> Expectation:
    """Return the expectation that came closest lately; plain ones come first and win a tie."""
    chosen = candidates[0]
    lowest = chosen.loss / chosen.weight if chosen.weight else float("inf")
    for candidate in candidates[1:]:
        if candidate.weight < 5:
            continue
        loss = candidate.loss / candidate.weight
        if loss < _ADVANTAGE * lowest:
            chosen, lowest = candidate, loss
    return chosen
