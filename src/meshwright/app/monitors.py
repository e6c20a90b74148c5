"""What is watched: every port and every series, with what is expected of it."""

from dataclasses import dataclass

from meshwright.app.monitoring import Detectors
from meshwright.app.watched_series import Watching, kept_series, monitoring_of, watching_of
from meshwright.app.wiring import Wiring
from meshwright.model.address import Address
from meshwright.model.monitoring import OFF, Monitor
from meshwright.model.series import Judgement, Series
from meshwright.observe.watched.history import PortHistory, ports_of
from meshwright.observe.watched.metrics import unit_of, word_of
from meshwright.observe.watched.weighing import is_bad

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


def list_ports(wiring: Wiring) -> tuple[PortLine, ...]:
    """Return every port that was ever measured."""
    found = []
    with wiring.store.read() as reader:
        for port in ports_of(reader):
            recorded = PortHistory(reader, port).all()
            watched = kept_series(recorded, monitoring_of(wiring, port), everything=False)
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
            for one in watching_of(wiring, reader, address, everything=everything)
            for monitor in one.monitors
        )


def _line(one: Watching, monitor: Monitor, detectors: Detectors) -> SeriesLine:
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
