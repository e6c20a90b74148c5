"""Watch: judge the newest point of every series of a build, before anything of it is published.

What must stay true: it reads and computes, and records nothing; the build's own points are never among
those that they are judged by; where nothing was built, nothing of this is imported.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from meshwright.app.measured import Measured, measured_of
from meshwright.app.monitoring import Detectors, monitors_of, sensitivity_of, watch_of
from meshwright.app.wiring import Wiring
from meshwright.model.facts import AnomalyFound, PortAudited
from meshwright.model.monitoring import OFF, REJECT, Monitor, Monitoring
from meshwright.model.product import OutputPort, Product
from meshwright.model.signal import Signal
from meshwright.observe.watched.history import (
    PortHistory,
    Recorded,
    day_of,
    moment_of,
    series_of,
    time_before,
    unseen_builds,
)
from meshwright.observe.watched.marks import Mark, marks_of
from meshwright.observe.watched.metrics import WATCHED, is_shape, is_watched
from meshwright.observe.watched.screening import RECENT, alike, is_plain
from meshwright.observe.watched.weighing import Anomaly, is_bad, signal_of, weigh
from meshwright.spi.state_store import Reader, Value

_MOST_FACTS = 20
_REACH, _SHAPE_REACH = 200, 100  # earlier points that a detector is given


@dataclass(frozen=True, slots=True)
class Watched:
    """What was noticed: facts for the ledger, and signals.

    `rejected` maps a port whose owner wants no anomaly published to the sentence that says why.
    """

    facts: tuple[AnomalyFound, ...] = ()
    signals: tuple[Signal, ...] = ()
    rejected: Mapping[str, str] = field(default_factory=dict)


def watch(
    wiring: Wiring,
    product: Product,
    build: str,
    audits: Sequence[PortAudited],
    notes: Mapping[str, str],
) -> Watched:
    """Judge what the audits of one build measured; `notes` say what else changed, by port."""
    with wiring.store.read() as reader:
        rows = reader.rows("SELECT as_of, started_at FROM builds WHERE build = ?", (build,))
        if not rows:
            return Watched()
        as_of, started = (str(each or "") for each in rows[0])
        watcher = _Watcher(wiring, reader, product, as_of, started)
        return _joined(
            watcher.judge(port, audit, notes.get(port.name, ""))
            for audit in audits
            if (port := product.output(audit.port)) is not None
        )


def _joined(parts: Iterable[Watched]) -> Watched:
    whole = Watched()
    for part in parts:
        whole = Watched(
            (*whole.facts, *part.facts),
            (*whole.signals, *part.signals),
            {**whole.rejected, **part.rejected},
        )
    return whole


class _Watcher:
    """Judges the ports of one build within one snapshot."""

    def __init__(
        self, wiring: Wiring, reader: Reader, product: Product, as_of: str, started: str
    ) -> None:
        self._reader = reader
        self._product = product
        self._as_of = as_of
        self._at = as_of or started
        self._zone = ZoneInfo(wiring.mesh.timezone)
        self._detectors = Detectors(wiring)
        self._moments: dict[str, datetime] = {}
        self._places: dict[tuple[str, tuple[str, ...]], tuple[int, ...]] = {}

    @cached_property
    def _marks(self) -> list[Mark]:
        return marks_of(self._reader, self._product.address, self._zone)

    @cached_property
    def _unseen(self) -> set[Value]:
        return unseen_builds(self._reader, self._product.address)

    def judge(self, port: OutputPort, audit: PortAudited, note: str) -> Watched:
        """Judge one port."""
        address = replace(self._product.address, port=port.name)
        since = time_before(self._reader, address, self._at, RECENT)
        history = PortHistory(self._reader, address, self._unseen)
        recent = history.all(since=since, until=self._at, metrics=WATCHED)
        anomalies: list[Anomaly] = []
        every = port.materialisation.interval or port.monitoring.every
        for one in measured_of(audit, self._at, every, self._zone):
            anomalies += self._judged(port.monitoring, history, one, recent.get(one.name))
        loud = weigh(anomalies, recent.get)
        if not loud:
            return Watched()
        signal = signal_of(address, loud, self._day(loud), audit.build, note=note)
        facts = tuple(self._fact(audit, anomaly) for anomaly in loud[:_MOST_FACTS])
        is_rejected = port.monitoring.anomalies == REJECT
        rejected = {port.name: signal.explanation} if is_rejected else {}
        return Watched(facts, (signal,), rejected)

    def _judged(
        self, monitoring: Monitoring, history: PortHistory, one: Measured, recent: Recorded | None
    ) -> list[Anomaly]:
        """Return the anomalies of a new point, by the monitors chosen for it or else automatically."""
        name = one.name
        chosen = [] if name.segment else monitors_of(monitoring, name)
        if not chosen and (
            sensitivity_of(monitoring, name.metric) == OFF
            or not is_watched(name.metric)
            or self._is_plain(recent, one)
        ):
            return []
        past = history.newest(name, one.at, _SHAPE_REACH if is_shape(name.metric) else _REACH)
        recorded = Recorded([*past.times, one.at], [*past.values, one.value])
        series = series_of(name, recorded, self._zone)
        how = watch_of(monitoring, self._marks, history.port, name, self._zone.key)
        found = []
        for monitor in chosen or [Monitor(name.metric, name.column)]:
            judgement = self._detectors.get(monitor).judge(series, how)
            if judgement is not None and is_bad(name.metric, judgement):
                found.append(
                    Anomaly(name, judgement, one.at, monitor.detector, is_chosen=bool(chosen))
                )
        return found

    def _is_plain(self, recent: Recorded | None, one: Measured) -> bool:
        past = recent.before(one.at) if recent is not None else Recorded()
        if not past.times:
            return True
        places = self._alike(one.at, tuple(past.times[-RECENT:]))
        return is_plain(one.name.metric, one.value, past.values[-RECENT:], places)

    def _alike(self, at: str, times: tuple[str, ...]) -> tuple[int, ...]:
        """Return the places of times like one; nearly all series of a port have the same times."""
        found = self._places.get((at, times))
        if found is None:
            found = alike(self._moment(at), [self._moment(each) for each in times])
            self._places[at, times] = found
        return found

    def _moment(self, at: str) -> datetime:
        if at not in self._moments:
            self._moments[at] = moment_of(at, self._zone).astimezone(self._zone)
        return self._moments[at]

    def _day(self, loud: Sequence[Anomaly]) -> str:
        """Return the date that the data is about; '' where it is about now."""
        own = [anomaly.at for anomaly in loud if anomaly.at != self._at]
        at = self._as_of or max(own, default="")
        return day_of(at, self._zone) if at else ""

    def _fact(self, audit: PortAudited, anomaly: Anomaly) -> AnomalyFound:
        name, judgement = anomaly.name, anomaly.judgement
        return AnomalyFound(
            product=audit.product,
            port=audit.port,
            series={"column": name.column, "segment": name.segment, "metric": name.metric},
            at=anomaly.at,
            value=judgement.value,
            bounds=[judgement.lower, judgement.expected, judgement.upper],
            kind=judgement.kind,
            severity=judgement.severity,
            score=judgement.score,
            explanation=judgement.explanation,
            build=audit.build,
            detector=anomaly.detector,
        )
