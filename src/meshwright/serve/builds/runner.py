"""Runs that people begin from a page: one at a time, in the order in which they were asked for.

A run is a process of its own, not a thread of the server: it takes memory and both hands of the machine for
minutes, and an engine that runs out of memory takes its process with it; a thread cannot be interrupted, and
a process can, just as `mesh run` is by Ctrl-C. The price is a second of starting. One at a time, because the
mesh itself is held by one run. What it does is in the ledger and in the builds' own logs; the lines that it
says are for whoever watches.

What must stay true: a run goes on when the page that began it is closed, and ends cleanly with the server.
"""

import json
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from secrets import token_hex
from threading import Condition, Thread
from typing import Any

from meshwright.errors import ExhaustedError, UsageError
from meshwright.serve.builds.child import Order

WAITING, RUNNING, ENDED, FAILED, CANCELLED = "waiting", "running", "ended", "failed", "cancelled"
MOST_WAITING, MOST_KEPT, MOST_LINES = 50, 50, 500
PATIENCE = 20.0  # seconds that a run has to end cleanly
Start = Callable[[], "subprocess.Popen[str]"]


@dataclass(slots=True)
class Job:
    """A run that somebody asked for. `products` are those it told of: how far each is."""

    id: str
    by: str
    order: Order
    asked_at: str
    state: str = WAITING
    ended_at: str = ""
    products: dict[str, dict[str, str]] = field(default_factory=dict)
    results: list[dict[str, Any]] = field(default_factory=list)
    warnings: deque[tuple[str, str]] = field(default_factory=lambda: deque(maxlen=MOST_LINES))
    error: dict[str, str] | None = None

    @property
    def is_over(self) -> bool:
        """Say whether nothing of it is to come."""
        return self.state in (ENDED, FAILED, CANCELLED)

    @property
    def what(self) -> str:
        """Return what is built, in a few words."""
        return ", ".join(self.order.select) or "everything that changed"


def run_unknown() -> UsageError:
    """Return the error of a run that there is not, or that somebody may not be told of."""
    return UsageError("run-unknown", "this server has no such run")


class BuildRunner:
    """The runs of one server. Every method may be called from any thread."""

    def __init__(self, start: Start | None = None) -> None:
        self._start = start or _start
        self._changed = Condition()
        self._waiting: deque[Job] = deque()
        self._jobs: dict[str, Job] = {}
        self._process: subprocess.Popen[str] | None = None
        self._thread: Thread | None = None
        self._is_over = False
        self.mark = 0  # grows with all that happens

    def begin(self, order: Order, by: str) -> Job:
        """Put a run in the queue, whose caller was judged; raise `ExhaustedError` (`runs-too-many`)."""
        job = Job(order.run, by, order, _now())
        with self._changed:
            if self._is_over or len(self._waiting) >= MOST_WAITING:
                raise ExhaustedError(
                    "runs-too-many", "too many runs wait already", hint="try again later"
                )
            self._waiting.append(job)
            self._jobs[job.id] = job
            self._forget()
            if self._thread is None:
                self._thread = Thread(target=self._work, name="mesh-builds", daemon=True)
                self._thread.start()
            self._tell()
        return job

    @property
    def is_stopping(self) -> bool:
        """Say whether the server ends."""
        return self._is_over

    def jobs(self) -> list[Job]:
        """Return the runs of this server, the newest first."""
        with self._changed:
            return list(reversed(self._jobs.values()))

    def find(self, id: str) -> Job:
        """Return a run; raise `UsageError` (`run-unknown`)."""
        with self._changed:
            found = self._jobs.get(id)
        if found is None:
            raise run_unknown()
        return found

    def cancel(self, id: str) -> bool:
        """End a run, one that goes on as by Ctrl-C; say whether there was anything to end."""
        job = self.find(id)
        with self._changed:
            if job in self._waiting:
                self._waiting.remove(job)
                self._end(job, CANCELLED)
                return True
            process = self._process if job.state == RUNNING else None
        if process is None:
            return False
        job.error = {"code": "cancelled", "message": "it was cancelled", "hint": "", "kind": "user"}
        _stop(process, kill=False)
        return True

    def stop(self) -> None:
        """End every run and wait until the one that runs has ended cleanly."""
        with self._changed:
            self._is_over = True
            while self._waiting:
                self._end(self._waiting.popleft(), CANCELLED)
            process = self._process
            self._changed.notify_all()
        if process is not None:
            _stop(process, kill=True)
        if self._thread is not None:
            self._thread.join(PATIENCE)

    def _work(self) -> None:
        for job in self._turns():
            try:
                self._run(job)
            except OSError as error:
                message = f"the run could not be started: {error.strerror or error}"
                job.error = {
                    "code": "run-not-started",
                    "message": message,
                    "hint": "",
                    "kind": "external",
                }
            with self._changed:
                self._process = None
                self._end(job, _ended(job))

    def _turns(self) -> Iterator[Job]:
        while True:
            with self._changed:
                while not self._waiting and not self._is_over:
                    self._changed.wait()
                if self._is_over:
                    return
                job = self._waiting.popleft()
                job.state = RUNNING
                self._tell()
            yield job

    def _run(self, job: Job) -> None:
        process = self._start()
        with self._changed:
            self._process = process
            is_over = self._is_over
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(BrokenPipeError):
            process.stdin.write(f"{json.dumps(asdict(job.order))}\n")
            process.stdin.flush()
        if is_over:
            _stop(process, kill=True)
        for line in process.stdout:
            with suppress(ValueError):
                self._hear(job, json.loads(line))
        process.wait()
        with suppress(OSError):
            process.stdin.close()
        process.stdout.close()
        if not job.results and job.error is None:
            job.error = {"code": "run-ended", "message": "the run ended before it was done",
                         "hint": "run it again", "kind": "external"}  # fmt: skip

    def _hear(self, job: Job, said: dict[str, Any]) -> None:
        with self._changed:
            match said.pop("say", ""):
                case "event" if said["kind"] == "warning":
                    job.warnings.append((said["product"], said["detail"]))
                case "event" if said["kind"] in ("planned", "started", "stage", "finished"):
                    going = WAITING if said["kind"] == "planned" else RUNNING
                    job.products[said["product"]] = {
                        "status": said["status"] or going,
                        "detail": said["detail"],
                    }
                case "done":
                    job.results = said["results"]
                case "failed" if job.error is None:
                    job.error = said["error"]
            self._tell()

    def _end(self, job: Job, state: str) -> None:
        job.state, job.ended_at = state, _now()
        self._tell()

    def _forget(self) -> None:
        over = [job.id for job in self._jobs.values() if job.is_over]
        for id in over[: max(0, len(self._jobs) - MOST_KEPT)]:
            del self._jobs[id]

    def _tell(self) -> None:
        self.mark += 1
        self._changed.notify_all()


def new_run() -> str:
    """Return the name of a run."""
    return f"run-{token_hex(6)}"


def _ended(job: Job) -> str:
    if job.error is None:
        return ENDED
    return CANCELLED if job.error["code"] == "cancelled" else FAILED


def _start() -> "subprocess.Popen[str]":
    """Start a process that waits for its order, in a session of its own: Ctrl-C is the server's to take."""
    return subprocess.Popen(
        [sys.executable, "-m", "meshwright.serve.builds.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )


def _stop(process: "subprocess.Popen[str]", *, kill: bool) -> None:
    """End a process as Ctrl-C does; with `kill` wait, and end it at once where it does not hear."""
    with suppress(ProcessLookupError):
        process.terminate()
    if kill:
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()


def _now() -> str:
    return datetime.now(UTC).isoformat()
