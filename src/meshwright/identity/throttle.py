"""How often somebody may fail to sign in: a bucket a name, in a memory that never grows beyond its bound.

Trying costs nothing while it succeeds. The bound forgets the name that failed longest ago: whoever makes it
forget pays for as many failures with other names.
"""

from collections import OrderedDict
from threading import Lock

TRIES, REFILL_SECONDS, NAMES = 5, 60.0, 10_000


class Throttle:
    """Failures by name: `tries` at once, then one more each `refill` seconds. May be used by many threads."""

    def __init__(
        self, tries: int = TRIES, refill: float = REFILL_SECONDS, names: int = NAMES
    ) -> None:
        self._tries = tries
        self._refill = refill
        self._names = names
        self._failures: OrderedDict[str, tuple[float, float]] = OrderedDict()  # how many, when
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._failures)

    def attempt(self, name: str, now: float) -> float:
        """Return the seconds until a name may be tried again; 0 for now, which counts as a failure already.

        Counting first is what holds when many try at once. `now` is a monotonic time.
        """
        with self._lock:
            count = self._count(name, now)
            if count + 1 > self._tries:
                return max(0.01, (count + 1 - self._tries) * self._refill)
            self._failures[name] = (count + 1, now)
            self._failures.move_to_end(name)
            while len(self._failures) > self._names:
                self._failures.popitem(last=False)
        return 0.0

    def passed(self, name: str) -> None:
        """Forget the failures of a name that proved itself."""
        with self._lock:
            self._failures.pop(name, None)

    def _count(self, name: str, now: float) -> float:
        count, when = self._failures.get(name, (0.0, now))
        return max(0.0, count - max(0.0, now - when) / self._refill)
