"""Run a graph of work on threads: in dependency order, as parallel as allowed, stopped cleanly.

One thread (the caller's) decides what starts, waits for what ends and tells the listener.
What fails stops only what depends on it. After a stop nothing new starts, running work is cancelled and
waited for; a Ctrl-C is then raised again.
"""

import heapq
import threading
import time
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Generic, TypeVar

from meshwright.orchestrate.dag import heights, turned

Node = TypeVar("Node", bound=Hashable)
Result = TypeVar("Result")
CANCEL_SECONDS = 0.05  # how long a cancelled thread has before it is cancelled again


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Node, Result]):
    """How one node ended. `status`: done, failed (`error`), skipped (`cause`) or stopped.

    A node whose result was not good enough for its dependents is done; they are skipped because of it.
    """

    status: str
    result: Result | None = None
    error: Exception | None = None
    cause: Node | None = None  # the node whose failure is why this one was skipped
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Event(Generic[Node, Result]):
    """A node started (no outcome yet) or ended. `running` and `waiting` count nodes after it."""

    node: Node
    outcome: Outcome[Node, Result] | None
    running: int
    waiting: int


class Stop:
    """A request to stop that can come from any thread or signal handler, once or more often."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: list[Callable[[], None]] = []
        self.is_set = False

    def set(self) -> None:
        """Ask whoever listens to stop."""
        with self._lock:
            self.is_set = True
            listeners = list(self._listeners)
        for listener in listeners:
            listener()

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` when the stop is set; at once if it was."""
        with self._lock:
            self._listeners.append(listener)
            is_set = self.is_set
        if is_set:
            listener()

    def forget(self, listener: Callable[[], None]) -> None:
        """Call `listener` no more."""
        with self._lock:
            self._listeners.remove(listener)


def run_graph(
    nodes: Collection[Node],
    depends_on: Mapping[Node, Iterable[Node]],
    work: Callable[[Node], Result],
    *,
    workers: int = 1,
    is_good: Callable[[Result], bool] = lambda result: True,
    on_event: Callable[[Event[Node, Result]], None] = lambda event: None,
    cancel: Callable[[Node], None] = lambda node: None,
    stop: Stop | None = None,
) -> dict[Node, Outcome[Node, Result]]:
    """Run `work` for every node and return how each ended, in the order of `nodes`.

    `work` runs on up to `workers` threads; an `Exception` of it makes its node failed. Among nodes that
    can start, the one with the longest path waiting for it goes first, then by name. `on_event` is
    called in the calling thread. `cancel` is called there too, after a stop, for each running node until
    it ends. A `BaseException` (Ctrl-C, or one raised in `on_event`) stops everything and is raised again.
    """
    run = _Run(nodes, depends_on, work, max(1, workers), is_good, on_event)
    listener = run.ask_to_stop
    if stop is not None:
        stop.listen(listener)
    try:
        run.go()
    finally:
        if stop is not None:
            stop.forget(listener)
        run.finish(cancel)
    return {node: run.outcomes[node] for node in nodes}


class _Run(Generic[Node, Result]):
    """The state of one `run_graph`; touched by the calling thread only, but for the two queues."""

    def __init__(
        self,
        nodes: Collection[Node],
        depends_on: Mapping[Node, Iterable[Node]],
        work: Callable[[Node], Result],
        workers: int,
        is_good: Callable[[Result], bool],
        on_event: Callable[[Event[Node, Result]], None],
    ) -> None:
        known = set(nodes)
        needed = {node: {n for n in depends_on.get(node, ()) if n in known} for node in nodes}
        self._height = heights(nodes, needed)
        self._missing = {node: len(found) for node, found in needed.items()}
        self._dependents = turned(needed)
        self._work, self._is_good, self._on_event = work, is_good, on_event
        self._workers = min(workers, len(known)) or 1
        self._ready: list[tuple[int, str, int, Node]] = []
        self._order = {node: number for number, node in enumerate(nodes)}
        self._running: set[Node] = set()
        self._tasks: SimpleQueue[Node | None] = SimpleQueue()
        self._ended: SimpleQueue[tuple[Node, Outcome[Node, Result]] | BaseException | None]
        self._ended = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._is_asked = False
        self._is_stopping = False
        self.outcomes: dict[Node, Outcome[Node, Result]] = {}
        for node, count in self._missing.items():
            if count == 0:
                self._push(node)

    def ask_to_stop(self) -> None:
        """Wake the calling thread; safe from any thread."""
        self._is_asked = True
        self._ended.put(None)

    def go(self) -> None:
        """Start what can start and take in what ends, until nothing is left or a stop comes."""
        while not self._is_asked:
            while self._ready and len(self._running) < self._workers:
                self._start(heapq.heappop(self._ready)[-1])
            if not self._running:
                return
            ended = self._ended.get()
            if ended is not None:
                self._take(ended)

    def finish(self, cancel: Callable[[Node], None]) -> None:
        """Cancel what runs, wait for every thread, and mark what never started as stopped.

        Rests on no bookkeeping that a Ctrl-C could have cut in half: it waits for threads, not nodes.
        """
        self._is_stopping = True
        for _ in self._threads:
            self._tasks.put(None)
        running = sorted(self._running, key=lambda n: self._order[n])
        while any(thread.is_alive() for thread in self._threads):
            for node in running:
                cancel(node)  # again and again: what it interrupts may only be about to begin
            for thread in self._threads:
                thread.join(CANCEL_SECONDS)
        while not self._ended.empty():
            ended = self._ended.get()
            if ended is not None:
                self._take(ended)
        for node in self._order:
            if node not in self.outcomes:
                self._running.discard(node)
                self._end(node, Outcome("stopped"))

    def _push(self, node: Node) -> None:
        item = (-self._height[node], str(node), self._order[node], node)
        heapq.heappush(self._ready, item)

    def _start(self, node: Node) -> None:
        self._running.add(node)
        if len(self._threads) < len(self._running):
            thread = threading.Thread(target=self._serve, name="meshwright-work", daemon=True)
            self._threads.append(thread)
            thread.start()
        self._tell(node, None)
        self._tasks.put(node)

    def _serve(self) -> None:
        """Do one task after the other (on a worker thread)."""
        while (node := self._tasks.get()) is not None:
            if self._is_stopping:
                continue
            started = time.perf_counter()
            status, result, failure = "done", None, None
            try:
                result = self._work(node)
            except Exception as error:
                status, failure = ("stopped" if self._is_stopping else "failed"), error
            except BaseException as error:
                self._ended.put((node, Outcome("stopped")))
                self._ended.put(error)
                continue
            seconds = time.perf_counter() - started
            self._ended.put((node, Outcome(status, result, failure, None, seconds)))

    def _take(self, ended: tuple[Node, Outcome[Node, Result]] | BaseException) -> None:
        if isinstance(ended, BaseException):
            raise ended
        node, outcome = ended
        self._running.discard(node)
        self._end(node, outcome)
        result = outcome.result
        is_good = outcome.status == "done" and self._is_good(result)  # type: ignore[arg-type]
        if self._is_stopping:
            return
        for dependent in self._dependents.get(node, ()):
            if not is_good:
                self._skip(dependent, node)
                continue
            self._missing[dependent] -= 1
            if self._missing[dependent] == 0 and dependent not in self.outcomes:
                self._push(dependent)

    def _skip(self, node: Node, cause: Node) -> None:
        """Skip a node and all that depends on it."""
        waiting = [node]
        while waiting:
            skipped = waiting.pop()
            if skipped not in self.outcomes:
                self._end(skipped, Outcome("skipped", cause=cause))
                waiting.extend(self._dependents.get(skipped, ()))

    def _end(self, node: Node, outcome: Outcome[Node, Result]) -> None:
        self.outcomes[node] = outcome
        self._tell(node, outcome)

    def _tell(self, node: Node, outcome: Outcome[Node, Result] | None) -> None:
        waiting = len(self._order) - len(self.outcomes) - len(self._running)
        self._on_event(Event(node, outcome, len(self._running), waiting))
