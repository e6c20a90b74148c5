"""Detectors that a person configures: limits, and limits on change."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from math import isfinite

from meshwright.errors import DescriptorError
from meshwright.model.series import Judgement, Point, Series, Severity, Watch, aware
from meshwright.observe.detectors.options import choice_of, invalid, known_only, number_of
from meshwright.observe.detectors.seasons import local, zone_of
from meshwright.observe.detectors.words import number, value_in_words

_MOST = 1000.0  # a score that nothing needs to exceed
_FAR = 0.1  # beyond a limit by that much of it, the severity is high


class ThresholdDetector:
    """Alarms outside of `minimum` and `maximum`, in the unit of the series; needs no history."""

    def __init__(self, options: Mapping[str, object]) -> None:
        known_only("threshold", options, ("minimum", "maximum"))
        self._minimum = number_of("threshold", options, "minimum")
        self._maximum = number_of("threshold", options, "maximum")
        _some("threshold", self._minimum, self._maximum, "`minimum` or `maximum`")
        lowest, highest = self._minimum, self._maximum
        if lowest is not None and highest is not None and lowest > highest:
            raise invalid("threshold", "minimum", lowest, "at most `maximum`")

    def judge(self, series: Series, watch: Watch) -> Judgement | None:
        """Judge the newest point."""
        return self._judge(series, series.points[-1], watch) if series.points else None

    def replay(self, series: Series, watch: Watch) -> Sequence[Judgement]:
        """Judge each point."""
        return [self._judge(series, point, watch) for point in series.points]

    def _judge(self, series: Series, point: Point, watch: Watch) -> Judgement:
        return _between(series, point, watch, self._minimum, self._maximum, "allowed")


class ChangeDetector:
    """Alarms where a value changed by more than `most` or `most_percent` (the stricter, if both).

    `against` is the point to compare with: `previous`, `yesterday` (the newest one of the day before),
    `same weekday` (the newest one of that day a week before). Days are those of the watch's zone.
    """

    def __init__(self, options: Mapping[str, object]) -> None:
        known_only("change", options, ("most", "most_percent", "against"))
        self._most = number_of("change", options, "most")
        self._percent = number_of("change", options, "most_percent")
        self._against = choice_of(
            "change", options, "against", ["previous", "yesterday", "same weekday"]
        )
        _some("change", self._most, self._percent, "`most` or `most_percent`")
        for name, value in (("most", self._most), ("most_percent", self._percent)):
            if value is not None and value < 0:
                raise invalid("change", name, value, "at least 0")

    def judge(self, series: Series, watch: Watch) -> Judgement | None:
        """Judge the newest point against the one it is compared with."""
        return self._judge(series, len(series.points) - 1, watch) if series.points else None

    def replay(self, series: Series, watch: Watch) -> Sequence[Judgement]:
        """Judge each point against the one it is compared with."""
        return [self._judge(series, place, watch) for place in range(len(series.points))]

    def _judge(self, series: Series, place: int, watch: Watch) -> Judgement:
        point = series.points[place]
        base = self._base(series.points[:place], point, watch)
        if base is None:
            told = value_in_words(series, point.value)
            words = f"{told}; learning, nothing to compare with ({self._against})"
            return Judgement(point.at, point.value, "learning", explanation=words, needed=1)
        allowed = [self._most] if self._most is not None else []
        if self._percent is not None:
            allowed.append(abs(base) * self._percent / 100)
        step = min(allowed)
        against = f"allowed against {number(base, series.unit)} ({self._against})"
        return _between(series, point, watch, base - step, base + step, against)

    def _base(self, earlier: tuple[Point, ...], point: Point, watch: Watch) -> float | None:
        zone = zone_of(watch.zone)
        back = {"yesterday": 1, "same weekday": 7}.get(self._against, 0)
        day = local(point.at, zone).date() - timedelta(days=back)
        for then in reversed(earlier):
            if then.value is None or not isfinite(then.value):
                continue
            if not back or local(then.at, zone).date() == day:
                return then.value
        return None


def _some(detector: str, one: float | None, other: float | None, names: str) -> None:
    if one is None and other is None:
        raise DescriptorError(
            "detector-option-missing",
            f"detector `{detector}` has no limit",
            hint=f"give {names}",
        )


def _between(
    series: Series,
    point: Point,
    watch: Watch,
    lower: float | None,
    upper: float | None,
    allowed: str,
) -> Judgement:
    value, words = point.value, value_in_words(series, point.value)
    low = number(lower, series.unit) if lower is not None else "any"
    high = number(upper, series.unit) if upper is not None else "any"
    words = f"{words}; {low} to {high} {allowed}"
    if any(aware(point.at) in span for span in watch.expected):
        return Judgement(point.at, value, "normal", "", None, lower, upper, 0.0, "", words)
    if value is None or not isfinite(value):
        return Judgement(
            point.at, value, "anomalous", "missing", None, lower, upper, 1.0, "medium", words
        )
    beyond = max(
        lower - value if lower is not None else 0.0, value - upper if upper is not None else 0.0
    )
    if beyond <= 0:
        return Judgement(point.at, value, "normal", "", None, lower, upper, 0.0, "", words)
    limit = lower if lower is not None and value < lower else upper
    share = min(beyond / abs(limit), _MOST) if limit else 1.0
    severity: Severity = "high" if share > _FAR else "medium"
    score = round(1.0 + share, 3)
    return Judgement(
        point.at, value, "anomalous", "limit", None, lower, upper, score, severity, words
    )
