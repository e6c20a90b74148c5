"""The watched series of a port with their past: each point, what was expected of it, and what was unusual.

What must stay true: a point is judged as it was when it came, with the settings of today, as in a backtest.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from meshwright.app.monitoring import Detectors
from meshwright.app.watched_series import Watching, watching_of
from meshwright.app.wiring import Wiring
from meshwright.model.address import Address
from meshwright.model.monitoring import OFF, Monitor
from meshwright.model.series import Judgement, Series
from meshwright.observe.watched.metrics import unit_of, word_of
from meshwright.observe.watched.weighing import is_bad

_POINTS = 400


@dataclass(frozen=True, slots=True)
class Oddity:
    """A point that was unusual. `at`: its place in the series."""

    at: int
    severity: str
    explanation: str


@dataclass(frozen=True, slots=True)
class WatchedPast:
    """One series. `times` are ISO 8601 in the mesh's own zone; lists are as long as `times`.

    `verdict` is of the newest point: normal, anomalous, learning, off.
    """

    address: str
    column: str
    segment: str
    metric: str
    word: str
    unit: str
    detector: str
    sensitivity: str
    verdict: str
    explanation: str
    times: tuple[str, ...]
    values: tuple[float | None, ...]
    lower: tuple[float | None, ...]
    upper: tuple[float | None, ...]
    oddities: tuple[Oddity, ...]
    seen: int = 0
    needed: int = 0

    @property
    def has_band(self) -> bool:
        """Say whether anything could be expected of any point."""
        return any(value is not None for value in (*self.lower, *self.upper))


def watched_past(
    wiring: Wiring, address: Address, column: str = "", *, everything: bool = False
) -> tuple[WatchedPast, ...]:
    """Return the series of a port or product, those of one column alone where it is named.

    Raises `UsageError` (`series-unknown`) where nothing was measured.
    """
    detectors = Detectors(wiring)
    with wiring.store.read() as reader:
        watching = watching_of(wiring, reader, address, everything=everything)
    zone = ZoneInfo(wiring.mesh.timezone)
    return tuple(
        _past(one, monitor, detectors, zone)
        for one in watching
        for monitor in one.monitors
        if column in ("", one.name.column)
    )


def _past(one: Watching, monitor: Monitor, detectors: Detectors, zone: ZoneInfo) -> WatchedPast:
    name, is_off = one.name, one.sensitivity == OFF and not one.is_chosen
    points = one.series.points[-_POINTS:]
    judged: list[Judgement | None] = [None] * len(points)
    if not is_off:
        recent = Series(one.series.metric, one.series.unit, points)
        judged = _by_place(recent, detectors.get(monitor).replay(recent, one.how))
    last = judged[-1] if judged else None
    bad = [found if found and _is_odd(name.metric, found) else None for found in judged]
    return WatchedPast(
        str(one.port),
        name.column,
        name.segment,
        name.metric,
        word_of(name.metric, name.column, name.segment),
        unit_of(name.metric),
        monitor.detector,
        one.sensitivity,
        OFF if is_off else _verdict(name.metric, last),
        last.explanation if last else "",
        tuple(_local(point.at, zone) for point in points),
        tuple(point.value for point in points),
        tuple(found.lower if found else None for found in judged),
        tuple(found.upper if found else None for found in judged),
        tuple(
            Oddity(place, found.severity or "low", found.explanation)
            for place, found in enumerate(bad)
            if found
        ),
        last.seen if last else 0,
        last.needed if last else 0,
    )


def _by_place(series: Series, judgements: Iterable[Judgement]) -> list[Judgement | None]:
    places = {point.at: number for number, point in enumerate(series.points)}
    found: list[Judgement | None] = [None] * len(series.points)
    for judgement in judgements:
        place = places.get(judgement.at)
        if place is not None:
            found[place] = judgement
    return found


def _is_odd(metric: str, judgement: Judgement) -> bool:
    return judgement.is_anomalous and is_bad(metric, judgement)


def _verdict(metric: str, judgement: Judgement | None) -> str:
    if judgement is None:
        return "learning"
    if judgement.verdict == "anomalous" and not is_bad(metric, judgement):
        return "normal"
    return judgement.verdict


def _local(at: datetime, zone: ZoneInfo) -> str:
    known = at if at.tzinfo else at.replace(tzinfo=UTC)
    return known.astimezone(zone).isoformat()
