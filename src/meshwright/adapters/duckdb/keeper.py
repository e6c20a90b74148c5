"""Keeps the processes of a pool: started before they are needed, given to one principal, ended when idle.

What must stay true: a process that has served a principal serves no other. Processes are started by one
thread that lives as long as the pool: the kernel ends a process when the thread that started it ends.
"""

import os
import weakref
from concurrent.futures import Future
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from time import monotonic

from meshwright.adapters.duckdb.process import Process
from meshwright.errors import ExhaustedError

_LOOKS_EVERY = 1.0  # seconds; a program that runs one query ends before a second process is started
_Order = Future[Process] | None  # None: look whether something is to be done


class Keeper:
    """Gives processes and takes them back. Every method may be called from several threads at once."""

    def __init__(self, most_idle: int, standby: int, idle_seconds: float) -> None:
        self._most_idle = most_idle
        self._standby = standby
        self._idle_seconds = idle_seconds
        self._lock = Lock()
        self._idle: list[Process] = []  # who was used last is last
        self._ready: list[Process] = []
        self._all: set[Process] = set()
        self._is_closed = False
        self._orders: SimpleQueue[_Order] = SimpleQueue()
        weakref.finalize(self, _end, self._all, self._orders)
        Thread(
            target=_keep, args=(weakref.ref(self), self._orders), daemon=True, name="query-pool"
        ).start()
        self._orders.put(None)

    def take(self, who: str, memory: int) -> Process:
        """Return a process that has served `who`, or nobody yet."""
        while (found := self._own(who, memory)) is not None:
            if found.is_alive:
                return found
            self._forget(found)
        found = self._new()
        found.who, found.memory = who, memory
        return found

    def give_back(self, process: Process) -> None:
        """Keep a process for its principal's next query; end those that are idle longest."""
        process.idle_since = monotonic()
        if self._is_closed or not process.is_alive:
            self._forget(process)
            return
        with self._lock:
            self._idle.append(process)
            over = self._idle[: -self._most_idle]
            self._idle = self._idle[-self._most_idle :]
        for one in over:
            self._forget(one)

    def close(self) -> None:
        """End every process, also those that compute."""
        with self._lock:
            self._is_closed = True
            free = self._idle + self._ready
            self._idle, self._ready = [], []
            busy = self._all.difference(free)
        for process in free:
            self._forget(process)
        for process in busy:
            process.kill()  # whoever reads from it lets go of it
        self._orders.put(None)

    def fulfil(self, order: _Order) -> bool:
        """Do what was ordered, in the thread that starts processes; False when there is no more to do."""
        if order is not None:
            self._start_for(order)
        with self._lock:
            old = monotonic() - self._idle_seconds
            ended = [one for one in self._idle if one.idle_since < old or not one.is_alive]
            self._idle = [one for one in self._idle if one not in ended]
            is_quiet = order is None and not self._is_closed
            missing = self._standby - len(self._ready) if is_quiet else 0
        for one in ended:
            self._forget(one)
        for _ in range(missing):
            process = self._start()
            with self._lock:
                self._ready.append(process)
        return not self._is_closed

    def _own(self, who: str, memory: int) -> Process | None:
        with self._lock:
            for process in reversed(self._idle):
                if process.who == who and process.memory == memory:
                    self._idle.remove(process)
                    return process
        return None

    def _new(self) -> Process:
        with self._lock:
            if self._is_closed:
                raise _closed()
            found = self._ready.pop() if self._ready else None
        if found is not None and found.is_alive:
            return found
        order: Future[Process] = Future()
        self._orders.put(order)
        return order.result()

    def _start_for(self, order: Future[Process]) -> None:
        try:
            if self._is_closed:
                raise _closed()
            order.set_result(self._start())
        except BaseException as error:
            order.set_exception(error)

    def _start(self) -> Process:
        process = Process(os.getpid())
        with self._lock:
            self._all.add(process)
        return process

    def _forget(self, process: Process) -> None:
        process.close()
        with self._lock:
            self._all.discard(process)


def _keep(keeper: "weakref.ref[Keeper]", orders: SimpleQueue[_Order]) -> None:
    """Fulfil orders until the keeper is closed or nobody has it any more."""
    goes_on = True
    while goes_on:
        try:
            order = orders.get(timeout=_LOOKS_EVERY)
        except Empty:
            order = None
        keeping = keeper()
        goes_on = keeping is not None and keeping.fulfil(order)
        del keeping
    with suppress(Empty):
        while True:  # whoever ordered while this ended must not wait for ever
            late = orders.get_nowait()
            if late is not None:
                late.set_exception(_closed())


def _closed() -> ExhaustedError:
    return ExhaustedError("query-interrupted", "the query pool is closed")


def _end(processes: set[Process], orders: SimpleQueue[_Order]) -> None:
    for process in list(processes):
        process.close()
    orders.put(None)
