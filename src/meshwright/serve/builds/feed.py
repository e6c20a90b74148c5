"""What happens to builds now, for those who watch: from the ledger and the builds' logs, whoever runs them.

What must stay true: the ledger is asked once for all who watch, a few times a second at most, and not at all
while nobody does.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock
from time import monotonic

from meshwright.app.build_log import LogLine, read_log
from meshwright.app.catalog.builds import BuildLine, recent_builds, told_log
from meshwright.app.catalog.knowing import Knowing
from meshwright.app.catalog.veil import Veil
from meshwright.app.finishing import storage_of
from meshwright.app.wiring import Wiring
from meshwright.model.address import Address
from meshwright.serve.builds.runner import BuildRunner

HOLDS = 0.4  # seconds
LINGERS = timedelta(seconds=15)  # how long a build that ended is told of


@dataclass(frozen=True, slots=True)
class Moment:
    """The builds that run or have just ended, with their logs; `runs`: what changes with any run."""

    builds: tuple[tuple[BuildLine, tuple[LogLine, ...]], ...]
    runs: int


class BuildFeed:
    """The newest moment, kept for a while. May be asked from any thread."""

    def __init__(self, wiring: Wiring, runner: BuildRunner) -> None:
        self._wiring = wiring
        self._runner = runner
        self._lock = Lock()
        self._moment = Moment((), 0)
        self._until = 0.0

    def moment(self) -> Moment:
        """Return what happens now."""
        with self._lock:
            if monotonic() > self._until:
                self._moment = self._look()
                self._until = monotonic() + HOLDS
            return self._moment

    def _look(self) -> Moment:
        since = (datetime.now(UTC) - LINGERS).isoformat()
        with self._wiring.store.read() as reader:
            lines = recent_builds(reader, since)
            storages = [
                storage_of(self._wiring, reader, Address.parse(one.product)) for one in lines
            ]
        logs = [
            read_log(storage.build(line.build)) if storage else ()
            for line, storage in zip(lines, storages, strict=True)
        ]
        return Moment(tuple(zip(lines, logs, strict=True)), self._runner.mark)


@dataclass(slots=True)
class Watcher:
    """What one who watches was told already; `veil` takes out of it what they may not know of."""

    knowing: Knowing
    veil: Veil
    _runs: int = -1
    _told: dict[str, tuple[str, int]] = field(default_factory=dict)

    def news(self, moment: Moment) -> Iterator[tuple[str, dict[str, object]]]:
        """Give what is new to them: (kind, data)."""
        for line, log in moment.builds:
            if not self.knowing.of(line.product):
                continue
            status, count = self._told.get(line.build, ("", 0))
            about: dict[str, object] = {
                "build": line.build,
                "product": line.product,
                "run": line.run,
            }
            if not status:
                yield "begun", {**about, "at": line.started}
            for one in told_log(self.veil.within(line.product), log[count:]):
                yield "log", {**about, "at": one.at, "kind": one.kind, "text": one.text}
            if status != line.status and line.status != "running":
                yield "ended", {**about, "status": line.status, "version": line.version, "rows": line.rows,
                                "seconds": line.seconds}  # fmt: skip
            self._told[line.build] = (line.status, len(log))
        if self._runs != moment.runs:
            self._runs = moment.runs
            yield "runs", {}
