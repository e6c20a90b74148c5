"""One walk through a series: each point weighed by what was expected before it, then learned or not."""

from dataclasses import dataclass
from datetime import datetime

from meshwright.model.series import Interval, Kind, Point, Series, Watch, aware
from meshwright.observe.detectors.arrivals import Arrivals
from meshwright.observe.detectors.levels import Level, Weighed
from meshwright.observe.detectors.repeats import Repeats
from meshwright.observe.detectors.scales import scale_of
from meshwright.observe.detectors.seasons import cadence_of, local, zone_of

_FIRST_GAPS = 4  # before the cadence is believed
_UNKNOWN = 14  # points needed where the cadence is unknown
_LARGEST = 1e150  # beyond it (and NaN), nothing can be reckoned with: as good as no value
_USUALLY_NONE = 0.1  # share of points without a value above which that is usual


@dataclass(slots=True)
class Seen:
    """A point, and what it is by the points before it."""

    point: Point
    at: datetime  # as the clocks of the watch's zone show it
    seen: int
    needed: int
    weighed: Weighed | None = None
    kind: Kind = ""
    is_marked: bool = False
    repeats: int = 0
    repeating: float = 0.0


class Walk:
    """The state of one walk. Each point is taken in once, by `see`, in the order of recording."""

    def __init__(self, series: Series, watch: Watch) -> None:
        self.series = series
        self.watch = watch
        self.zone = zone_of(watch.zone)
        self.arrivals = Arrivals(watch.sensitivity)
        self._repeats = Repeats(watch.sensitivity)
        self._level: Level | None = None
        self._early: list[tuple[datetime, float]] = []  # values before the cadence was known
        self._values = 0
        self._nones = 0
        scale = scale_of(series.unit)
        self._bounds = (scale.lowest, scale.highest)

    def see(self, point: Point) -> Seen:
        """Take a point in and say what it is."""
        clock = local(point.at, self.zone)
        self.arrivals.arrive(point.at, clock)
        seen = Seen(point, clock, self._values, self._needed())
        value = point.value
        if value is None or not abs(value) < _LARGEST:
            self._see_none(seen)
        else:
            self._see_value(seen, float(value))
        return seen

    def _needed(self) -> int:
        return self._level.cadence.needed if self._level is not None else _UNKNOWN

    def _see_none(self, seen: Seen) -> None:
        total = self._nones + self._values
        is_usual = total > 0 and self._nones > _USUALLY_NONE * total
        seen.is_marked = _holds(self.watch.expected, seen.point.at)
        if not seen.is_marked and not is_usual and seen.seen >= seen.needed:
            seen.kind = "missing"
        if not _holds(self.watch.incidents, seen.point.at):
            self._nones += 1

    def _see_value(self, seen: Seen, value: float) -> None:
        at = seen.point.at
        if _holds(self.watch.expected, at):
            seen.is_marked = True
            self._allow(seen, value)
            return
        if self._level is not None and self._values >= seen.needed:
            seen.weighed = self._level.weigh(seen.at, value)
            seen.kind = seen.weighed.kind
        is_learning = seen.seen < seen.needed
        is_stuck = self._repeats.see(value, is_bound=value in self._bounds, is_learning=is_learning)
        if is_stuck:
            seen.kind = seen.kind or "stuck"
            seen.repeats, seen.repeating = self._repeats.run, self._repeats.share
        if not _holds(self.watch.incidents, at):
            self._learn(seen, value)

    def _learn(self, seen: Seen, value: float) -> None:
        if seen.kind == "stuck":
            return
        if seen.kind == "drift" and self._level is not None:
            self._level.learn_drifted(seen.at, value)
            self._values += 1
            return
        if seen.kind and self._level is not None and seen.weighed is not None:
            self._level.put_aside(seen.at, value, seen.weighed.error)
            return
        self._values += 1
        if self._level is None:
            self._wait(seen.at, value)
        else:
            self._level.learn(seen.at, value)

    def _allow(self, seen: Seen, value: float) -> None:
        self._repeats.see(value, is_bound=value in self._bounds)
        self._repeats.forgive()
        self._values += 1
        if self._level is None:
            self._wait(seen.at, value)
            return
        seen.weighed = self._level.weigh(seen.at, value)
        self._level.allow(seen.at, value, seen.weighed.error)

    def _wait(self, at: datetime, value: float) -> None:
        """Keep values until the cadence is known and one whole cycle is there to begin with."""
        self._early.append((at, value))
        if self.arrivals.count < _FIRST_GAPS:
            return
        cadence = cadence_of(self.arrivals.usual)
        if len(self._early) >= cadence.cycle:
            self._level = Level(self.series, self.watch, cadence)
            self._level.begin(self._early)
            self._early = []


def _holds(spans: tuple[Interval, ...], at: datetime) -> bool:
    return bool(spans) and any(aware(at) in span for span in spans)
