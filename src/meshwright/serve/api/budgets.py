"""How much one session, or one address, may ask for in a while: so that nobody keeps the server from others.

A bucket each, in a memory that never grows beyond its bound: what is asked for takes from it, time fills it.
"""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from time import monotonic

from meshwright.serve.api.errors import HttpError

MOST = 10_000
AT_ONCE, EACH_SECOND = 600.0, 100.0  # pages; what is costly counts for many


class Budgets:
    """Buckets by name. May be used by many threads."""

    def __init__(
        self,
        at_once: float = AT_ONCE,
        each_second: float = EACH_SECOND,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._at_once, self._each_second, self._clock = at_once, each_second, clock
        self._lock = Lock()
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()  # how much, when

    def __len__(self) -> int:
        return len(self._left)

    def take(self, name: str, cost: float = 1.0) -> None:
        """Take from the bucket of a name; raise 429 (`too-often`) where it holds less."""
        now = self._clock()
        with self._lock:
            left, then = self._left.get(name, (self._at_once, now))
            left = min(self._at_once, left + (now - then) * self._each_second)
            is_enough = left >= cost
            self._left[name] = (left - cost if is_enough else left, now)
            self._left.move_to_end(name)
            while len(self._left) > MOST:
                self._left.popitem(last=False)
        if not is_enough:
            seconds = max(1, round((cost - left) / self._each_second))
            raise HttpError(
                429, "too-often", "too much was asked for at once", hint=f"wait {seconds} s"
            )
