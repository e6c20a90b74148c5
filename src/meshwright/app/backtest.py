"""What would have alerted in the recorded past, with the settings of today."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from meshwright.app.monitoring import Detectors
from meshwright.app.watched_series import Watching, watching_of
from meshwright.app.wiring import Wiring
from meshwright.errors import UsageError, did_you_mean
from meshwright.model.address import Address
from meshwright.model.monitoring import OFF
from meshwright.observe.watched.history import Recorded, SeriesName, day_of
from meshwright.observe.watched.metrics import word_of
from meshwright.observe.watched.screening import RECENT, alike, is_plain
from meshwright.observe.watched.weighing import Anomaly, is_bad, signal_of, weigh


@dataclass(frozen=True, slots=True)
class Alarm:
    """What would have alerted at a business date."""

    day: str
    severity: str
    explanation: str
    series: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Backtest:
    """A replay of the recorded past. `days` are the business dates that had points."""

    address: str
    series: int
    days: tuple[str, ...]
    alarms: tuple[Alarm, ...]
    per_week: float


def backtest(
    wiring: Wiring, address: Address, start: str = "", end: str = "", metric: str = ""
) -> Backtest:
    """Replay the past of a product, port or column: what would have alerted, and when.

    Raises `UsageError` (`series-unknown`) for an address, or a metric, without series.
    """
    detectors = Detectors(wiring)
    zone = ZoneInfo(wiring.mesh.timezone)
    with wiring.store.read() as reader:
        watching = watching_of(wiring, reader, address, everything=bool(metric))
    if metric:
        watching = _of_metric(address, watching, metric)
    watching = [one for one in watching if one.sensitivity != OFF or one.is_chosen]
    by_day: dict[tuple[str, Address], list[Anomaly]] = {}
    days: set[str] = set()
    past: dict[tuple[Address, SeriesName], Recorded] = {}
    for one in watching:
        past[one.port, one.name] = one.recorded
        days |= {
            day for at in one.recorded.times if _is_between(day := day_of(at, zone), start, end)
        }
        for anomaly in _replayed(one, detectors):
            day = day_of(anomaly.at, zone)
            if _is_between(day, start, end):
                by_day.setdefault((day, one.port), []).append(anomaly)
    alarms = tuple(
        Alarm(day, signal.severity, signal.explanation, tuple(_word(port, a) for a in loud))
        for (day, port), anomalies in sorted(by_day.items())
        if (loud := weigh(anomalies, _before(past, port, anomalies[0].at)))
        for signal in [signal_of(port, loud, day, "")]
    )
    ordered = tuple(sorted(days))
    weeks = max(len(ordered) / 7, 1 / 7)
    return Backtest(str(address), len(watching), ordered, alarms, round(len(alarms) / weeks, 2))


def _before(
    past: Mapping[tuple[Address, SeriesName], Recorded], port: Address, at: str
) -> Callable[[SeriesName], Recorded | None]:
    """Return the series of a port as they were before a time."""

    def find(name: SeriesName) -> Recorded | None:
        whole = past.get((port, name))
        return whole.before(at) if whole else None

    return find


def _of_metric(address: Address, watching: list[Watching], metric: str) -> list[Watching]:
    found = [one for one in watching if one.name.metric == metric]
    if not found:
        known = {one.name.metric for one in watching}
        raise UsageError(
            "series-unknown", f"`{address}` has no metric `{metric}`",
            hint=did_you_mean(metric, known),
        )  # fmt: skip
    return found


def _replayed(one: Watching, detectors: Detectors) -> Iterator[Anomaly]:
    """Yield the anomalies of recorded points; what came late is not a matter of points."""
    points, times = one.series.points, one.recorded.times
    places = {point.at: number for number, point in enumerate(points)}
    for monitor in one.monitors:
        for judgement in detectors.get(monitor).replay(one.series, one.how):
            number = places.get(judgement.at)
            if number is None or not is_bad(one.name.metric, judgement):
                continue
            if one.is_chosen or not _is_plain(one, number):
                yield Anomaly(
                    one.name, judgement, times[number], monitor.detector, is_chosen=one.is_chosen
                )


def _is_plain(one: Watching, number: int) -> bool:
    """Say whether a point was plainly usual when it came, so that no detector would have been asked."""
    point, before = one.series.points[number], one.series.points[max(number - RECENT, 0) : number]
    zone = ZoneInfo(one.how.zone)
    times = [each.at.astimezone(zone) for each in before]
    values = [each.value for each in before]
    places = alike(point.at.astimezone(zone), times)
    return is_plain(one.name.metric, point.value, values, places)


def _word(port: Address, anomaly: Anomaly) -> str:
    name = anomaly.name
    return f"{port}:{word_of(name.metric, name.column, name.segment)}"


def _is_between(day: str, start: str, end: str) -> bool:
    return (not start or day >= start) and (not end or day <= end)
