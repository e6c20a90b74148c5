"""What is watched: every series with what is expected of it, and what would have alerted in the past."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from meshwright.app.measured import FRESH_ROWS, INTERVAL_ROWS, ROWS
from meshwright.app.monitoring import Detectors, monitors_of, sensitivity_of, watch_of
from meshwright.app.wiring import Wiring
from meshwright.errors import UsageError, did_you_mean
from meshwright.model.address import Address
from meshwright.model.monitoring import OFF, UNWATCHED, Monitor, Monitoring
from meshwright.model.series import Judgement, Series, Watch
from meshwright.observe.history import (
    Recorded,
    SeriesName,
    day_of,
    ports_of,
    read_port,
    series_of,
)
from meshwright.observe.marks import Mark, marks_of
from meshwright.observe.metrics import is_watched, unit_of, word_of
from meshwright.observe.screening import RECENT, alike, is_plain
from meshwright.observe.weighing import Anomaly, is_bad, signal_of, weigh
from meshwright.publish.reading import find_product
from meshwright.spi.state_store import Reader

_SHOWN_POINTS = 30
_REACH = 200


@dataclass(frozen=True, slots=True)
class PortLine:
    """A port at a glance: how many series it has, how many of them are watched, since when."""

    address: str
    series: int
    watched: int
    points: int
    last_at: str
    anomalies: int


@dataclass(frozen=True, slots=True)
class SeriesLine:
    """One series: how it is watched, what is expected of it. `verdict` is of its newest point."""

    address: str
    metric: str
    segment: str
    word: str
    unit: str
    detector: str
    sensitivity: str
    points: int
    last_at: str
    last: float | None
    verdict: str  # normal, anomalous, learning, off
    seen: int
    needed: int
    lower: float | None
    expected: float | None
    upper: float | None
    explanation: str
    recent: tuple[float | None, ...]


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


@dataclass(frozen=True, slots=True)
class _Watching:
    """One watched series of a port."""

    port: Address
    name: SeriesName
    recorded: Recorded
    series: Series
    monitors: tuple[Monitor, ...]
    is_chosen: bool
    sensitivity: str
    how: Watch


def list_ports(wiring: Wiring) -> tuple[PortLine, ...]:
    """Return every port that was ever measured."""
    found = []
    with wiring.store.read() as reader:
        for port in ports_of(reader):
            recorded = read_port(reader, port)
            watched = _kept(recorded, _monitoring(wiring, port), everything=False)
            count = reader.rows(
                "SELECT count(*) FROM anomalies WHERE product = ? AND port = ?",
                (str(port.product_address), port.port),
            )
            points = max((len(one.times) for one in recorded.values()), default=0)
            last = max((one.times[-1] for one in recorded.values()), default="")
            found.append(
                PortLine(
                    str(port), len(recorded), len(watched), points, last, int(str(count[0][0]))
                )
            )
    return tuple(found)


def list_series(
    wiring: Wiring, address: Address, *, everything: bool = False
) -> tuple[SeriesLine, ...]:
    """Return the watched series of a product, port or column; with `everything`, all recorded ones."""
    detectors = Detectors(wiring)
    with wiring.store.read() as reader:
        return tuple(
            _line(one, monitor, detectors)
            for one in _watching(wiring, reader, address, everything=everything)
            for monitor in one.monitors
        )


def backtest(
    wiring: Wiring, address: Address, start: str = "", end: str = "", metric: str = ""
) -> Backtest:
    """Replay the past of a product, port or column: what would have alerted, and when.

    Raises `UsageError` for an address without series (`series-unknown`) or an unknown metric.
    """
    detectors = Detectors(wiring)
    zone = ZoneInfo(wiring.mesh.timezone)
    with wiring.store.read() as reader:
        watching = [
            one
            for one in _watching(wiring, reader, address, everything=bool(metric))
            if one.sensitivity != OFF or one.is_chosen
        ]
    if metric:
        known = sorted({one.name.metric for one in watching})
        watching = [one for one in watching if one.name.metric == metric]
        if not watching:
            raise UsageError(
                "metric-unknown", f"`{address}` has no metric `{metric}`",
                hint=did_you_mean(metric, known),
            )  # fmt: skip
    by_day: dict[tuple[str, Address], list[Anomaly]] = {}
    days: set[str] = set()
    for one in watching:
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
        if (loud := weigh(anomalies))
        for signal in [signal_of(port, loud, day, "")]
    )
    ordered = tuple(sorted(days))
    weeks = max(len(ordered) / 7, 1 / 7)
    return Backtest(str(address), len(watching), ordered, alarms, round(len(alarms) / weeks, 2))


def _replayed(one: _Watching, detectors: Detectors) -> Iterator[Anomaly]:
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


def _is_plain(one: _Watching, number: int) -> bool:
    """Say whether a point was plainly usual when it came, so that no detector would have been asked."""
    point, before = one.series.points[number], one.series.points[max(number - RECENT, 0) : number]
    zone = ZoneInfo(one.how.zone)
    times = [each.at.astimezone(zone) for each in before]
    values = [each.value for each in before]
    places = alike(point.at.astimezone(zone), times)
    return is_plain(one.name.metric, point.value, values, places)


def _watching(
    wiring: Wiring, reader: Reader, address: Address, *, everything: bool
) -> list[_Watching]:
    product = find_product(reader, address) or address.product_address
    known = ports_of(reader, str(product))
    ports = [port for port in known if address.port in ("", port.port)]
    if not ports:
        raise UsageError(
            "series-unknown",
            f"nothing was measured of `{address}` yet",
            hint=did_you_mean(str(address), map(str, known)) if known else f"mesh run {product}",
        )
    zone = wiring.mesh.timezone
    marks = marks_of(reader, product, ZoneInfo(zone))
    found = []
    for port in ports:
        monitoring = _monitoring(wiring, port)
        recorded = _kept(read_port(reader, port), monitoring, everything=everything)
        found += [
            _of(port, name, one, monitoring, marks, zone)
            for name, one in recorded.items()
            if address.column in ("", name.column)
        ]
    return found


def _of(
    port: Address,
    name: SeriesName,
    recorded: Recorded,
    monitoring: Monitoring,
    marks: Sequence[Mark],
    zone: str,
) -> _Watching:
    chosen = [] if name.segment else monitors_of(monitoring, name)
    return _Watching(
        port,
        name,
        recorded,
        series_of(name, recorded, ZoneInfo(zone)),
        tuple(chosen) or (Monitor(name.metric, name.column),),
        bool(chosen),
        sensitivity_of(monitoring, name.metric),
        watch_of(monitoring, marks, port, name, zone),
    )


def _kept(
    recorded: Mapping[SeriesName, Recorded], monitoring: Monitoring, *, everything: bool
) -> dict[SeriesName, Recorded]:
    """Return the series that are watched: where intervals are counted, not what only grows."""
    is_growing = {SeriesName("", "", name) for name in (INTERVAL_ROWS, FRESH_ROWS)} <= set(recorded)
    hidden = {SeriesName("", "", name) for name in (ROWS, FRESH_ROWS)} if is_growing else set()
    return {
        name: one
        for name, one in recorded.items()
        if everything
        or monitors_of(monitoring, name)
        or (is_watched(name.metric) and name not in hidden)
    }


def _line(one: _Watching, monitor: Monitor, detectors: Detectors) -> SeriesLine:
    is_off = one.sensitivity == OFF and not one.is_chosen
    judged: Judgement | None = None
    if not is_off:
        newest = Series(one.series.metric, one.series.unit, one.series.points[-_REACH:])
        judged = detectors.get(monitor).judge(newest, one.how)
    name = one.name
    verdict: str = judged.verdict if judged else OFF if is_off else "learning"
    if judged and verdict == "anomalous" and not is_bad(name.metric, judged):
        verdict = "normal"
    column = Address(one.port.domain, one.port.product, one.port.port, name.column)
    return SeriesLine(
        address=str(column),
        metric=name.metric,
        segment=name.segment,
        word=word_of(name.metric, name.column, name.segment),
        unit=unit_of(name.metric),
        detector=monitor.detector,
        sensitivity=one.sensitivity,
        points=len(one.recorded.times),
        last_at=one.recorded.times[-1],
        last=one.recorded.values[-1],
        verdict=verdict,
        seen=judged.seen if judged else 0,
        needed=judged.needed if judged else 0,
        lower=judged.lower if judged else None,
        expected=judged.expected if judged else None,
        upper=judged.upper if judged else None,
        explanation=judged.explanation if judged else "",
        recent=tuple(one.recorded.values[-_SHOWN_POINTS:]),
    )


def _monitoring(wiring: Wiring, port: Address) -> Monitoring:
    """Return how a port is watched; of a product that cannot be read now, as all are."""
    card = wiring.workspace.cards.get(port.product_address)
    if card is None or card.is_broken:
        return UNWATCHED
    found = wiring.workspace.product(port.product_address).output(port.port)
    return found.monitoring if found else UNWATCHED


def _word(port: Address, anomaly: Anomaly) -> str:
    name = anomaly.name
    return f"{port}:{word_of(name.metric, name.column, name.segment)}"


def _is_between(day: str, start: str, end: str) -> bool:
    return (not start or day >= start) and (not end or day <= end)
