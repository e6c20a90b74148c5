"""Where a series is, what is usual there, and when it has moved for good."""

from dataclasses import dataclass
from datetime import datetime
from statistics import median

from meshwright.model.series import Kind, Series, Watch
from meshwright.observe.detectors.expecting import Expectation, best
from meshwright.observe.detectors.reach import reach, reach_of_moves
from meshwright.observe.detectors.scales import Scale, effect_floor, scale_of
from meshwright.observe.detectors.seasons import Cadence

_SHIFT_AFTER = 3  # points out on the same side that are a new level rather than a spike
_SLOT_PATIENCE = 2  # times that a slot is out on the same side before it is another slot
_NOTHING = 1e-12  # no room on that side: the unit ends there
_SUPPORT = 0.7  # of where the level has gone, the newest value must be that far off itself
_COVER = 1.1  # a point that was marked as expected is covered with that much to spare


@dataclass(slots=True)
class Weighed:
    """What was expected of a value, on the scale of the unit, and what the value is then."""

    scale: Scale
    centre: float
    below: float
    above: float
    season: str
    error: float
    score: float
    kind: Kind = ""
    run: int = 0  # values out on the same side, this one included

    @property
    def expected(self) -> float:
        """Return what was expected, in the unit of the series."""
        return self.scale.back(self.centre)

    @property
    def lower(self) -> float:
        """Return the smallest value that would have been usual, in the unit of the series."""
        if not self.scale.is_lower_bad:
            return self.scale.lowest
        return self.scale.back(self.centre - self.below)

    @property
    def upper(self) -> float:
        """Return the largest value that would have been usual, in the unit of the series."""
        return self.scale.back(self.centre + self.above)


class Level:
    """Weighs values, learns from the usual ones, and moves after a change point."""

    def __init__(self, series: Series, watch: Watch, cadence: Cadence) -> None:
        self.cadence = cadence
        self._unit = series.unit
        self._scale = scale_of(series.unit)
        self._sensitivity = watch.sensitivity
        self._candidates = [Expectation(season, cadence) for season in (None, *cadence.seasons)]
        self._out: list[tuple[datetime, float, float]] = []  # time, value, error
        self._back = 0.0  # the step from where the level is to where it was
        self._back_for = 0  # values for which it may return there
        self._drifted = 0
        self._slots_out: dict[tuple[str, int], list[tuple[float, float]]] = {}
        self._marked: dict[tuple[str, int], tuple[float, float]] = {}

    def begin(self, values: list[tuple[datetime, float]]) -> None:
        """Take in the first cycle: its level is that of all of it, not of its first hours."""
        for candidate in self._candidates:
            candidate.begin([self._scale.to(value) for _, value in values])
        for at, value in values:
            self._learn(at, value)

    def weigh(self, at: datetime, value: float) -> Weighed:
        """Say what a value is by what was seen before it."""
        chosen = best(self._candidates)
        slot = chosen.slot(at)
        place, centre = self._scale.to(value), chosen.expect(slot)
        floor = self._floor(centre)
        below, above = self._reach(chosen, slot, floor)
        if self._back_for:
            self._back_for -= 1
            if -below <= place - centre - self._back <= above:
                centre = self._return(centre)
        error = place - centre
        width = above if error > 0 else below
        score = abs(error) / width if width else 0.0
        weighed = Weighed(self._scale, centre, below, above, chosen.name, error, score)
        if score <= 1:
            self._weigh_move(chosen, slot, place, floor, weighed)
        elif error > 0 or self._scale.is_lower_bad:
            weighed.kind = "spike" if error > 0 else "drop"
            weighed.run = self._same_side(error) + 1
            if weighed.run >= _SHIFT_AFTER:
                weighed.kind = "level shift"
        return weighed

    def _weigh_move(
        self,
        chosen: Expectation,
        slot: int,
        place: float,
        floor: tuple[float, float],
        weighed: Weighed,
    ) -> None:
        """Judge where the level has gone by where it used to go."""
        gone = chosen.gone_with(slot, place)
        size, is_up = abs(gone), gone > 0
        least = floor[1] if is_up else floor[0]
        if least <= _NOTHING or size <= least or not (is_up or self._scale.is_lower_bad):
            return
        reached = reach_of_moves(chosen.moves, self._sensitivity, self.cadence.recent)
        width = max(self.cadence.caution * reached[is_up], least)
        off = weighed.error + chosen.following()
        off = off if is_up else -off
        if size > width and off >= max(width, _SUPPORT * size) and not chosen.is_common(place):
            weighed.kind, weighed.score = "drift", size / width

    def learn(self, at: datetime, value: float) -> None:
        """Take in a value that is usual."""
        self._out.clear()
        self._drifted = 0
        self._learn(at, value)

    def learn_drifted(self, at: datetime, value: float) -> None:
        """Take in a value that is usual but for where the level has gone; believe it in the end."""
        self._learn(at, value)
        self._drifted += 1
        if self._drifted >= self.cadence.patience:
            self._drifted = 0
            self._back, self._back_for = -best(self._candidates).gone, 4 * self.cadence.span
            for candidate in self._candidates:
                candidate.settle()

    def _learn(self, at: datetime, value: float) -> None:
        place = self._scale.to(value)
        for candidate in self._candidates:
            slot = candidate.slot(at)
            candidate.learn(slot, place)
            self._slots_out.pop((candidate.name, slot), None)

    def allow(self, at: datetime, value: float, error: float) -> None:
        """Take in a value that a person marked as expected: its slot may be that far off again."""
        chosen = best(self._candidates)
        key = (chosen.name, chosen.slot(at))
        below, above = self._marked.get(key, (0.0, 0.0))
        self._marked[key] = (max(below, -error * _COVER), max(above, error * _COVER))
        self.learn(at, value)

    def put_aside(self, at: datetime, value: float, error: float) -> None:
        """Keep an unusual value out of training, until enough of its kind make a new level."""
        if not self._same_side(error):
            self._out.clear()
        self._out.append((at, value, error))
        for candidate in self._candidates:
            candidate.notice(candidate.slot(at), self._scale.to(value))
        if len(self._out) >= self.cadence.patience:
            self._move()
        else:
            self._renew(at, value, error)

    def _renew(self, at: datetime, value: float, error: float) -> None:
        """Take a slot for another one when it was out on the same side again and again."""
        place = self._scale.to(value)
        for candidate in self._candidates:
            if candidate.season is None:
                continue
            key = (candidate.name, candidate.slot(at))
            before = self._slots_out.get(key, [])
            if before and (before[-1][1] > 0) != (error > 0):
                before = []
            before = [*before, (place, error)]
            if len(before) >= _SLOT_PATIENCE:
                candidate.renew(key[1], [then for then, _ in before])
                before = []
            self._slots_out[key] = before

    def _same_side(self, error: float) -> int:
        if not self._out or (self._out[-1][2] > 0) != (error > 0):
            return 0
        return len(self._out)

    def _move(self) -> None:
        aside, self._out = self._out, []
        step = median(error for _, _, error in aside)
        for candidate in self._candidates:
            candidate.move(step)
        for at, value, _ in aside:
            self._learn(at, value)
        self._back, self._back_for = -step, 4 * self.cadence.span

    def _return(self, centre: float) -> float:
        step, self._back, self._back_for = self._back, 0.0, 0
        for candidate in self._candidates:
            candidate.move(step)
        return centre + step

    def _reach(
        self, chosen: Expectation, slot: int, floor: tuple[float, float]
    ) -> tuple[float, float]:
        caution = self.cadence.caution
        below, above = reach(chosen.errors, self._sensitivity)
        below, above = max(caution * below, floor[0]), max(caution * above, floor[1])
        marked = self._marked.get((chosen.name, slot)) if self._marked else None
        if marked:
            below, above = max(below, marked[0]), max(above, marked[1])
        followed = chosen.following()
        return below + max(followed, 0.0), above - min(followed, 0.0)

    def _floor(self, centre: float) -> tuple[float, float]:
        middle, to = self._scale.back(centre), self._scale.to
        floor = effect_floor(self._unit, middle, self._sensitivity)
        place = to(middle)
        return place - to(middle - floor), to(middle + floor) - place
