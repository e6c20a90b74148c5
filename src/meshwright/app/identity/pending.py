"""Sign-ins that have begun: what a door must see again at the end, once, soon, and in a bounded memory."""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from weakref import WeakKeyDictionary

from meshwright.app.wiring import Wiring

SECONDS, MOST = 600.0, 10_000


@dataclass(frozen=True, slots=True, repr=False)
class Begun:
    """What was sent along when a sign-in began."""

    redirect_uri: str
    nonce: str
    verifier: str
    since: float


class Pending:
    """Begun sign-ins by their state; the oldest is forgotten where there are too many."""

    def __init__(self, seconds: float = SECONDS, most: int = MOST) -> None:
        self._seconds = seconds
        self._most = most
        self._begun: OrderedDict[str, Begun] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._begun)

    def keep(self, state: str, begun: Begun) -> None:
        """Remember a sign-in."""
        with self._lock:
            self._begun[state] = begun
            while len(self._begun) > self._most:
                self._begun.popitem(last=False)

    def take(self, state: str, now: float = -1.0) -> Begun | None:
        """Return a sign-in, and forget it: a state ends one sign-in and no second."""
        with self._lock:
            begun = self._begun.pop(state, None)
        late = (
            begun is not None and (now if now >= 0 else monotonic()) - begun.since > self._seconds
        )
        return None if late else begun


_PENDING: "WeakKeyDictionary[Wiring, Pending]" = WeakKeyDictionary()


def pending_of(wiring: Wiring) -> Pending:
    """Return those of one opened mesh."""
    return _PENDING.setdefault(wiring.origin, Pending())
