"""Say what takes long: nothing in the first second, then each stage as it comes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock, Timer
from time import monotonic

from meshwright.cli import console

PATIENCE = 1.0


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
