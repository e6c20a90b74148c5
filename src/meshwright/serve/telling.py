"""Tells webhooks of facts soon after they happen, for as long as a server runs."""

from contextlib import suppress
from threading import Event, Thread

from meshwright.app.webhooks.delivering import deliver
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError

PAUSE, SECONDS = 2.0, 10.0


class Telling:
    """A thread that looks for what hooks were not told of yet; where nobody listens it reads one row."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._over = Event()
        self._thread = Thread(target=self._run, name="mesh-webhooks", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End it; return when it has ended, or when what is being sent takes too long."""
        self._over.set()
        self._thread.join(5)

    def _run(self) -> None:
        while not self._over.wait(PAUSE):
            with suppress(MeshwrightError, OSError):  # another process tells, or the store is busy
                deliver(self._wiring, self._wiring.now(), seconds=SECONDS)
