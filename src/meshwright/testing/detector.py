"""What every detector must do, however it judges.

Subclass `DetectorConformance`, give `detector` and `refused_options`, and let pytest collect it.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import inf, isfinite, nan

import pytest

from meshwright.errors import DescriptorError
from meshwright.model.series import UNITS, Interval, Judgement, Point, Series, Unit, Watch
from meshwright.spi.detector import Detector, DetectorFactory

_START = datetime(2024, 1, 1, 6, tzinfo=UTC)
_DAY = timedelta(days=1)
_WATCH = Watch()


def _wavy(count: int, unit: Unit = "count") -> Series:
    """Return a daily series with a week in it and some noise."""
    size = {"count": 1000.0, "share": 0.1, "seconds": 3600.0, "distance": 2.0, "number": 20.0}[unit]
    values = (
        size * (1 + 0.3 * (day % 7 > 4) + 0.02 * (day * 7919 % 11 - 5)) for day in range(count)
    )
    return Series("rows", unit, tuple(Point(_START + n * _DAY, v) for n, v in enumerate(values)))


def _with(series: Series, place: int, value: float | None) -> Series:
    points = list(series.points)
    points[place] = Point(points[place].at, value)
    return replace(series, points=tuple(points))


class DetectorConformance:
    """Subclass this once for a detector."""

    def factory(self) -> DetectorFactory:
        """Return what the entry point names."""
        raise NotImplementedError

    def options(self) -> Mapping[str, object]:
        """Return options with which 1,000 to 1,500 of a count is normal, and 10,000 is not."""
        return {}

    @pytest.fixture
    def detector(self) -> Detector:
        """The detector of this test."""
        return self.factory()(self.options())

    def test_an_unknown_option_is_refused(self) -> None:
        """A misspelt option is an error that names it, never silence."""
        with pytest.raises(DescriptorError) as caught:
            self.factory()({**self.options(), "no_such_option": 1})
        assert "no_such_option" in caught.value.message

    def test_an_empty_series_has_no_judgement(self, detector: Detector) -> None:
        """Nothing was recorded: there is nothing to say, and it is no error."""
        assert detector.judge(Series("rows", "count"), _WATCH) is None
        assert list(detector.replay(Series("rows", "count"), _WATCH)) == []

    def test_replay_is_judging_each_point_when_it_came(self, detector: Detector) -> None:
        """A backtest says what would have been said."""
        series = _with(_wavy(60), 45, 9000.0)
        replayed = list(detector.replay(series, _WATCH))
        for place in range(60):
            part = replace(series, points=series.points[: place + 1])
            assert detector.judge(part, _WATCH) == replayed[place]

    def test_a_tenfold_value_is_anomalous(self, detector: Detector) -> None:
        """What is far out is found, scored above 1, graded and explained."""
        judgement = detector.judge(_with(_wavy(60), -1, 10_000.0), _WATCH)
        assert judgement is not None
        assert judgement.is_anomalous
        assert judgement.kind
        assert judgement.score > 1
        assert judgement.severity
        assert "10,000" in judgement.explanation

    def test_the_tested_point_is_not_in_its_own_training(self, detector: Detector) -> None:
        """What is expected does not depend on the value that is judged."""
        seen = [detector.judge(_with(_wavy(60), -1, value), _WATCH) for value in (1.0, 1e9)]
        assert all(judgement is not None for judgement in seen)
        low, high = (judgement for judgement in seen if judgement is not None)
        assert (low.lower, low.upper, low.expected) == (high.lower, high.upper, high.expected)

    def test_marked_as_expected_never_alarms(self, detector: Detector) -> None:
        """A person said that it was all right."""
        series = _with(_wavy(60), -1, 10_000.0)
        at = series.points[-1].at
        judgement = detector.judge(series, replace(_WATCH, expected=(Interval(at, at),)))
        assert judgement is not None
        assert not judgement.is_anomalous

    @pytest.mark.parametrize("unit", UNITS)
    def test_nothing_that_can_be_recorded_is_an_error(self, detector: Detector, unit: Unit) -> None:
        """None, NaN, infinities, nothing but them, huge and negative values, one point."""
        odd = (None, nan, inf, -inf, -1.0, 0.0, 1e308, -1e308)
        for value in odd:
            for series in (_with(_wavy(40, unit), -1, value), _with(_wavy(40, unit), 20, value)):
                self._sane(detector, series)
        only = [tuple(Point(_START + n * _DAY, value) for n in range(30)) for value in odd]
        for points in (*only, (Point(_START, 1.0),)):
            self._sane(detector, Series("rows", unit, points))

    def test_a_clock_that_stands_or_jumps_back_is_no_error(self, detector: Detector) -> None:
        """Points that repeat a time, or come from before, are judged like any."""
        points = list(_wavy(40).points)
        points[30] = Point(points[10].at, points[30].value)
        points[35] = Point(points[34].at, points[35].value)
        self._sane(detector, Series("rows", "count", tuple(points)))

    def test_naive_times_and_odd_zones_are_no_error(self, detector: Detector) -> None:
        """A time without a zone is UTC; a zone that does not exist is UTC."""
        points = tuple(Point(p.at.replace(tzinfo=None), p.value) for p in _wavy(40).points)
        for zone in ("Europe/Zurich", "Not/AZone", ""):
            judgement = detector.judge(Series("rows", "count", points), replace(_WATCH, zone=zone))
            assert judgement is not None

    def _sane(self, detector: Detector, series: Series) -> None:
        judged = list(detector.replay(series, _WATCH))
        newest = detector.judge(series, _WATCH)
        assert newest is not None
        assert len(judged) >= len(series.points)
        for judgement in (*judged, newest):
            self._well_formed(judgement)

    def _well_formed(self, judgement: Judgement) -> None:
        assert judgement.verdict in ("normal", "anomalous", "learning")
        assert bool(judgement.kind) == judgement.is_anomalous == bool(judgement.severity)
        assert isfinite(judgement.score)
        assert judgement.score >= 0
        assert judgement.explanation
        assert "\n" not in judgement.explanation
