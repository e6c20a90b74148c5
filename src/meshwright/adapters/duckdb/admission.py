"""Who may run now: so many at once in all, so many for one principal, and nobody passed over.

Of those that wait, the next is whoever runs the fewest; among equals, who came first.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from threading import Event, Lock
from time import monotonic

from meshwright.errors import ExhaustedError

_LOOKS_EVERY = 1.0  # seconds
_numbers = count()


@dataclass(eq=False, slots=True)
class _Waiting:
    who: str
    number: int = field(default_factory=lambda: next(_numbers))
    admitted: Event = field(default_factory=Event)


class Admission:
    """Counts what runs. `at_once` is for one principal; `waiting` is how many of its queries may queue.

    `make_room` is called now and then while somebody waits: it ends what nobody reads.
    """

    def __init__(
        self, total: int, at_once: int, waiting: int, make_room: Callable[[], None] = lambda: None
    ) -> None:
        self._make_room = make_room
        self._total = total
        self._at_once = at_once
        self._most_waiting = waiting
        self._running: Counter[str] = Counter()
        self._waiting: list[_Waiting] = []
        self._lock = Lock()

    def enter(self, who: str, patience: float) -> None:
        """Return when `who` may run one more; raise `ExhaustedError` (`queries-too-many`)."""
        mine = _Waiting(who)
        with self._lock:
            self._waiting.append(mine)
            self._admit()
            queue = sum(1 for one in self._waiting if one.who == who)
            if mine in self._waiting and queue > self._most_waiting:
                self._waiting.remove(mine)
                raise self._refusal(who)
        try:
            if self._is_admitted(mine, patience):
                return
        except BaseException:
            if not self._withdraw(mine):
                self.leave(who)
            raise
        if self._withdraw(mine):
            raise self._refusal(who)

    def _is_admitted(self, mine: _Waiting, patience: float) -> bool:
        end = monotonic() + patience
        while (left := end - monotonic()) > 0:
            if mine.admitted.wait(min(left, _LOOKS_EVERY)):
                return True
            self._make_room()
        return mine.admitted.is_set()

    def leave(self, who: str) -> None:
        """Say that one of its queries is over."""
        with self._lock:
            self._running[who] -= 1
            if self._running[who] <= 0:
                del self._running[who]
            self._admit()

    def _withdraw(self, mine: _Waiting) -> bool:
        """Stop waiting; False when it was admitted just now, True when it waits no longer."""
        with self._lock:
            if mine in self._waiting:
                self._waiting.remove(mine)
                return True
            return False

    def _admit(self) -> None:
        while self._running.total() < self._total:
            able = [one for one in self._waiting if self._running[one.who] < self._at_once]
            if not able:
                return
            chosen = min(able, key=lambda one: (self._running[one.who], one.number))
            self._waiting.remove(chosen)
            self._running[chosen.who] += 1
            chosen.admitted.set()

    def _refusal(self, who: str) -> ExhaustedError:
        is_own = self._running[who] >= self._at_once
        why = (
            f"`{who}` runs as many queries at once as it may ({self._at_once})"
            if is_own
            else f"the mesh runs as many queries at once as it may ({self._total})"
        )
        return ExhaustedError(
            "queries-too-many",
            why,
            hint="wait for one to end, or cancel one",
        )
