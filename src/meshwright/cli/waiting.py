"""Work that takes a while: each stage is told once it takes long, and a polite kill ends it like Ctrl-C."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock, Timer, current_thread, main_thread
from time import monotonic

from meshwright.cli import console

PATIENCE = 1.0


@contextmanager
def stopped_politely() -> Iterator[None]:
    """Take SIGTERM, which schedulers send at their time limit, as an interruption that cleans up."""

    def stop(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    if current_thread() is not main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def told_if_slow(patience: float = PATIENCE) -> Iterator[Callable[[str], None]]:
    """Give a callback that takes the stage that begins; it is narrated on stderr once `patience` is over."""
    started, lock = monotonic(), Lock()
    stage: list[str] = []

    def say() -> None:
        with lock:
            if stage:
                console.say(f"{console.clean(stage.pop())} …")

    def tell(text: str) -> None:
        with lock:
            stage[:] = [text]
        if monotonic() - started >= patience:
            say()

    timer = Timer(patience, say)
    timer.daemon = True
    timer.start()
    try:
        yield tell
    finally:
        timer.cancel()
        with lock:
            stage.clear()
