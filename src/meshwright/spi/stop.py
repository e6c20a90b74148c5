"""A wish to stop: said by one thread, heard by what another waits for, now or as soon as it begins."""

from collections.abc import Callable
from threading import Lock


class Stop:
    """Ends one piece of work from another thread, also before there is anything to end."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._end: Callable[[], None] | None = None
        self._is_wished = False

    def now(self) -> None:
        """Stop it; may be said any number of times."""
        with self._lock:
            self._is_wished, end = True, self._end
        if end is not None:
            end()

    def bind(self, end: Callable[[], None]) -> None:
        """Say how it is ended from now on; done at once where that was wished already."""
        with self._lock:
            self._end, is_wished = end, self._is_wished
        if is_wished:
            end()
