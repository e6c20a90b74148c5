"""What a server does again and again beside its answers: read files anew, tell webhooks."""

from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread
from time import monotonic

from meshwright.app.webhooks.delivering import deliver
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError

LOOK_SECONDS = 1.0
_TELL_SECONDS, _TELL_MOST = 2.0, 10.0
_SHARE = 20  # what is repeated takes at most a twentieth of the time


class Repeating:
    """A thread that does one thing at a pace, until it is stopped; what fails is done again the next time."""

    def __init__(self, name: str, do: Callable[[], object], pause: float) -> None:
        self._do = do
        self._pause = pause
        self._over = Event()
        self._thread = Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End it; return when it has ended, or when what it does takes too long."""
        self._over.set()
        self._thread.join(5)

    def _run(self) -> None:
        pause = self._pause
        while not self._over.wait(pause):
            started = monotonic()
            with suppress(MeshwrightError, OSError):  # a file half written, a store that is busy
                self._do()
            pause = max(self._pause, _SHARE * (monotonic() - started))


def lookout(wiring: Wiring) -> Repeating:
    """Look at a mesh's files now and then, and put what was read in the place of what was known.

    Queries go on over what they began with: what they hold is never changed under them.
    """
    return Repeating("mesh-lookout", wiring.look_anew, LOOK_SECONDS)


def telling(wiring: Wiring) -> Repeating:
    """Tell webhooks of facts soon after they happen; where nobody listens it reads one row."""

    def tell() -> None:
        deliver(wiring, wiring.now(), seconds=_TELL_MOST)

    return Repeating("mesh-webhooks", tell, _TELL_SECONDS)
