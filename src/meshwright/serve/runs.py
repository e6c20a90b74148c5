"""Runs that somebody started through the server: each on a thread of its own, one after the other.

What must stay true: a run holds the mesh like one of the command line; of those that ended, the newest are
remembered for as long as the server runs. What they built is in the ledger, not here.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from secrets import token_hex
from threading import Lock, Thread

from meshwright.app.events import OnEvent, RunEvent
from meshwright.errors import ExhaustedError, MeshwrightError, UsageError
from meshwright.model.plan import BuildResult

KEPT, WAITING = 200, 20
Do = Callable[[OnEvent], Sequence[BuildResult]]


@dataclass(slots=True)
class Started:
    """One run. `state`: waiting, running, ended or failed; `code` and `message`: why it failed."""

    run: str
    by: str
    select: tuple[str, ...]
    at: str
    state: str = "waiting"
    results: tuple[BuildResult, ...] = ()
    events: list[RunEvent] = field(default_factory=list)
    code: str = ""
    message: str = ""


class Runs:
    """The runs of one server. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._turn = Lock()
        self._is_over = False
        self._threads: list[Thread] = []
        self._runs: OrderedDict[str, Started] = OrderedDict()

    def start(self, by: str, select: Sequence[str], do: Do) -> Started:
        """Begin a run; raise `ExhaustedError` (`runs-waiting`) where too many wait."""
        made = Started(
            f"run-{datetime.now(UTC):%Y%m%dT%H%M%S}-{token_hex(3)}",
            by,
            tuple(select),
            datetime.now(UTC).isoformat(timespec="seconds"),
        )
        with self._lock:
            if self._is_over:
                raise ExhaustedError("server-stopping", "the server is being stopped")
            if sum(one.state == "waiting" for one in self._runs.values()) >= WAITING:
                raise ExhaustedError("runs-waiting", "too many runs wait", hint="try again later")
            self._runs[made.run] = made
            while len(self._runs) > KEPT:
                self._runs.popitem(last=False)
            thread = Thread(target=self._work, args=(made, do), name="mesh-run", daemon=True)
            self._threads = [one for one in self._threads if one.is_alive()] + [thread]
            thread.start()
        return made

    def stop(self, seconds: float = 5.0) -> None:
        """Let none begin, and wait for the one that runs; one that takes longer is as if it were killed."""
        with self._lock:
            self._is_over = True
        for thread in self._threads:
            thread.join(seconds)

    def get(self, run: str) -> Started:
        """Return a run; raise `UsageError` (`run-unknown`)."""
        with self._lock:
            if run not in self._runs:
                raise UsageError(
                    "run-unknown", f"there is no run `{run[:60]}`", hint="GET /api/v1/builds"
                )
            return self._runs[run]

    def _work(self, made: Started, do: Do) -> None:
        with self._turn:
            if self._is_over:
                made.code, made.state = "server-stopping", "failed"
                return
            made.state = "running"
            try:
                made.results = tuple(do(made.events.append))
                made.state = "ended"
            except MeshwrightError as error:
                made.code, made.message, made.state = error.code, error.message, "failed"
            except Exception as error:
                made.code, made.message = "internal", type(error).__name__
                made.state = "failed"
