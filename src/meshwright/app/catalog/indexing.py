"""The index kept up beside a server: what a search can wait for is done at once, the rest in a thread.

What must stay true: a page is answered while a large mesh is indexed, and a search that does not yet see all
says so.
"""

from contextlib import suppress
from threading import Event, Lock, Thread
from weakref import WeakKeyDictionary

from meshwright.app.catalog.index import bring_up_to_date
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError

_AT_ONCE = 20  # products that a search waits for
_SHARE = 0.5  # of the time that a part took is left to others after it


class _Indexing:
    """Indexes a mesh in a thread of its own, part by part."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._over = Event()
        self.thread = Thread(target=self._run, name="mesh-index", daemon=True)
        self.thread.start()

    def stop(self) -> None:
        """End it after the part that it is at."""
        self._over.set()
        self.thread.join(10)

    def _run(self) -> None:
        with suppress(MeshwrightError, OSError, _Over):  # the next search tries again, and is told
            bring_up_to_date(self._wiring, rest=self._rest)

    def _rest(self, seconds: float) -> None:
        if self._over.wait(seconds * _SHARE):
            raise _Over


class _Over(Exception):
    """The server ends."""


_LOCK = Lock()
_RUNNING: "WeakKeyDictionary[Wiring, _Indexing]" = WeakKeyDictionary()


def keep_up(wiring: Wiring) -> bool:
    """Bring the index up to date, and say whether it is; in a server a thread does what takes long."""
    origin = wiring.origin
    if not origin.is_looked_after:
        return bring_up_to_date(wiring)
    with _LOCK:
        running = _RUNNING.get(origin)
        if running is not None and running.thread.is_alive():
            return False
    if bring_up_to_date(wiring, _AT_ONCE):
        return True
    with _LOCK:
        running = _RUNNING.get(origin)
        if running is None or not running.thread.is_alive():
            _RUNNING[origin] = _Indexing(origin)
    return False


def stop_indexing(wiring: Wiring) -> None:
    """End what is being indexed; what is done stays, and the rest is done at another time."""
    with _LOCK:
        running = _RUNNING.pop(wiring.origin, None)
    if running is not None:
        running.stop()
