"""Tell lineage tools of every build: an outbox over the ledger, one place in it for each sink.

What must stay true: an event is told after its fact is committed, in the order of the facts, and not again
once its sink took it; whatever a sink does, nothing here fails a build, or delays it by more than the time
it is given; what was not delivered is tried again later. Only a process that dies between sending and
remembering tells twice: the same event, with the same run id.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from meshwright.app.deliveries import run_all
from meshwright.app.wiring import Wiring
from meshwright.errors import InternalError, MeshwrightError, RefusedError, UnreachableError
from meshwright.model.json_value import Json
from meshwright.model.openlineage import LineageSinkSpec
from meshwright.spi.lineage_sink import LineageSink
from meshwright.spi.state_store import Reader

LOCK = "openlineage"
SECONDS = 3.0
KINDS = ("BuildStarted", "BuildFailed", "BuildRejected", "VersionPublished")
CHUNK = 50  # facts that are read, told and remembered at once
LONGEST_PAUSE = timedelta(hours=1)
_MARKS = ", ".join("?" for _ in KINDS)


@dataclass(slots=True)
class SinkTold:
    """How telling one sink went: `sent` events arrived, `refused` are ones that it will never take."""

    sink: str
    sent: int = 0
    refused: int = 0
    waiting: int = 0  # facts that it was not told of yet
    error: str = ""
    message: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class _Place:
    """How far a sink was told, and how often in a row that failed since."""

    seq: int = 0
    failures: int = 0
    tried_at: str = ""

    def is_due(self, now: datetime) -> bool:
        """Say whether to try: at once the first time, then after 1, 2, 4 … minutes up to an hour."""
        if self.failures < 2:
            return True
        pause = min(timedelta(minutes=1 << min(self.failures - 2, 6)), LONGEST_PAUSE)
        return now - datetime.fromisoformat(self.tried_at) >= pause


def deliver(
    wiring: Wiring, now: datetime, *, seconds: float = SECONDS, force: bool = False
) -> tuple[SinkTold, ...]:
    """Tell each sink what it does not know, for so many seconds; with `force` also one that failed just now.

    Raises `UnreachableError` (`held-elsewhere`) while another process tells.
    """
    due = _due(wiring, now, force)
    if not due:
        return ()
    from meshwright.app.run import holder

    with wiring.store.hold(LOCK, holder(wiring), seconds):
        due = _due(wiring, now, force)  # again: another process may have told meanwhile
        deliveries = [_Delivery(wiring, spec, place) for spec, place in due]
        run_all(deliveries, seconds)
        return tuple(delivery.finished(now) for delivery in deliveries)


def deliver_quietly(wiring: Wiring, warn: Callable[[str, str], None]) -> None:
    """Deliver at the end of something else: what goes wrong is told (what, why), never raised."""
    try:
        for told in deliver(wiring, wiring.now()):
            for text in warnings_of(told):
                warn(f"lineage sink {told.sink}", text)
    except MeshwrightError as error:
        warn("openlineage", f"{wiring.secrets.hide(str(error))}; events are sent next time")
    except Exception as error:
        warn("openlineage", f"not sent: {type(error).__name__}; events are sent next time")


def warnings_of(told: SinkTold) -> Iterator[str]:
    """Yield what somebody should know of a delivery."""
    if told.refused:
        yield f"{told.refused} events were refused and are left out"
    if told.error:
        yield f"{told.message}; {told.hint}" if told.hint else told.message


def _due(wiring: Wiring, now: datetime, force: bool) -> list[tuple[LineageSinkSpec, _Place]]:
    sinks = wiring.mesh.openlineage.sinks
    if not sinks:
        return []
    with wiring.store.read() as reader:
        newest = reader.rows(f"SELECT max(seq) FROM facts WHERE kind IN ({_MARKS})", KINDS)[0][0]
        places = {spec.name: _place(reader, spec.name) for spec in sinks}
    last = newest if isinstance(newest, int) else 0
    pairs = [(spec, places[spec.name]) for spec in sinks]
    return [
        (spec, place) for spec, place in pairs if place.seq < last and (force or place.is_due(now))
    ]


def _place(reader: Reader, sink: str) -> _Place:
    rows = reader.rows("SELECT seq, failures, tried_at FROM lineage_sinks WHERE sink = ?", (sink,))
    if not rows:
        return _Place()
    seq, failures, tried_at = rows[0]
    return _Place(int(str(seq)), int(str(failures)), str(tried_at))


class _Delivery:
    """Tells one sink, in a thread of its own; its place is remembered chunk by chunk."""

    def __init__(self, wiring: Wiring, spec: LineageSinkSpec, place: _Place) -> None:
        self._wiring = wiring
        self._spec = spec
        self._place = place
        self._seq = place.seq
        self._error: MeshwrightError | None = None
        self._is_given_up = False
        self.told = SinkTold(spec.name)

    def run(self, deadline: float) -> None:
        """Tell until there is nothing left, the time is over or the sink fails."""
        try:
            sink = self._wiring.lineage_sink(self._spec)
            try:
                while monotonic() < deadline and self._tell_chunk(sink, deadline):
                    pass
            finally:
                sink.close()
        except MeshwrightError as error:
            self._error = self._error or self._wiring.secrets.hidden(error)
        except Exception as error:
            self._error = self._error or InternalError(
                "sink-broken",
                f"lineage sink `{self._spec.name}` broke: {type(error).__name__}",
                hint="mesh lineage send",
            )

    def give_up(self) -> None:
        """Count as failed, whatever the thread does from now on."""
        self._is_given_up = True
        self._error = UnreachableError(
            "sink-slow", "the lineage sink did not answer in time", hint="mesh lineage send"
        )

    def finished(self, now: datetime) -> SinkTold:
        """Remember the place and return how it went."""
        failures = self._place.failures + 1 if self._error is not None else 0
        if failures and self._seq > self._place.seq:
            failures = 1  # something arrived: it is not gone for long
        self._remember(self._seq, failures, now)
        hide, error = self._wiring.secrets.hide, self._error
        if error is not None:
            self.told.error = error.code
            self.told.message, self.told.hint = hide(error.message), hide(error.hint)
        with self._wiring.store.read() as reader:
            rows = reader.rows(
                f"SELECT count(*) FROM facts WHERE seq > ? AND kind IN ({_MARKS})",
                (self._seq, *KINDS),
            )
        self.told.waiting = int(str(rows[0][0]))
        return self.told

    def _tell_chunk(self, sink: LineageSink, deadline: float) -> bool:
        """Tell some facts; say whether there may be more."""
        from meshwright.app.lineage_events import read_events

        told = read_events(self._wiring, self._spec, self._seq, CHUNK)
        for seq, events in told:
            for event in events:
                self._tell(sink, event)
            if self._is_given_up:
                return False
            self._seq = seq
            if monotonic() > deadline:
                return False
        if told:
            self._remember(self._seq, 0, self._wiring.now())
        return len(told) == CHUNK

    def _tell(self, sink: LineageSink, event: dict[str, Json]) -> None:
        try:
            sink.send(event)
            self.told.sent += 1
        except RefusedError:
            self.told.refused += 1  # the same event would be refused again

    def _remember(self, seq: int, failures: int, now: datetime) -> None:
        with self._wiring.store.write() as writer:
            writer.run(
                "INSERT INTO lineage_sinks (sink, seq, failures, tried_at) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (sink) DO UPDATE SET seq = excluded.seq,"
                " failures = excluded.failures, tried_at = excluded.tried_at",
                (self._spec.name, seq, failures, now.isoformat()),
            )
