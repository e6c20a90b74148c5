"""How many streams one person holds open: a server has places for all, and each keeps one for a minute."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

MOST_OF_ONE, MOST = 16, 200  # a stream is a tab of a browser


class Watchers:
    """The streams that are open, by who watches. May be used by many threads."""

    def __init__(self, most_of_one: int = MOST_OF_ONE, most: int = MOST) -> None:
        self._most_of_one, self._most = most_of_one, most
        self._open: Counter[str] = Counter()
        self._lock = Lock()

    @contextmanager
    def place(self, name: str) -> Iterator[bool]:
        """Hold a place for a stream; give False where there is none left for them."""
        with self._lock:
            has = self._open[name] < self._most_of_one and self._open.total() < self._most
            self._open[name] += has
        try:
            yield has
        finally:
            with self._lock:
                self._open[name] -= has
                if not self._open[name]:
                    del self._open[name]
