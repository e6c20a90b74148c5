"""Make the service of a mesh: opened twice, and kept up with its files."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from importlib import import_module
from threading import Event, Thread
from time import monotonic

from meshwright.app.catalog.indexing import keep_up
from meshwright.app.health import check_health
from meshwright.app.lineage_import import Taken, take_bytes
from meshwright.app.mesh import Mesh
from meshwright.errors import MeshwrightError
from meshwright.serve.answers import Observed
from meshwright.serve.api.service import Service
from meshwright.serve.proving import Proving

LOOK_SECONDS = 1.0
# What is not needed to begin, in the order in which people come to need it.
_LATER = (
    "pyarrow",
    "meshwright.app.access.desk",
    "meshwright.app.governed.ask",
    "meshwright.app.policy.desk",
    "meshwright.app.score",
)
_SHARE = 20  # looking at the files takes at most a twentieth of the time


def open_service(mesh: Mesh, metadata: Mesh, proving: Proving) -> Service:
    """Return the service of a mesh, which is opened a second time for its metadata."""

    def observe() -> Observed:
        metadata.wiring.look_again()
        now = datetime.now(UTC)
        return Observed(now, check_health(metadata.wiring, now), metadata.cost())

    def take(body: bytes) -> tuple[Taken, bool]:
        metadata.wiring.look_again()
        return take_bytes(metadata.wiring, body)

    wiring = mesh.wiring
    for part in ("workspace", "store", "ledger"):  # made here, before threads ask for them
        getattr(wiring, part)
    return Service(wiring, metadata, proving, observe, take)


def warm(service: Service) -> None:
    """Load what the first query and the first page would else wait for; what fails is told to who asks."""
    with suppress(MeshwrightError, OSError, ImportError):
        _ = service.wiring.pool
        for module in _LATER:
            import_module(module)
        service.boards.board()
        keep_up(service.wiring)


class Lookout:
    """Looks at a mesh's files now and then, and puts what it read in the place of what was known.

    Queries go on over what they began with: what they hold is never changed under them.
    """

    def __init__(self, look: Callable[[], None]) -> None:
        self._look = look
        self._over = Event()
        self._thread = Thread(target=self._run, name="mesh-lookout", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End it; return when it has ended."""
        self._over.set()
        self._thread.join(5)

    def _run(self) -> None:
        pause = LOOK_SECONDS
        while not self._over.wait(pause):
            started = monotonic()
            with suppress(MeshwrightError, OSError):  # a file half written: what was known stays
                self._look()
            pause = max(LOOK_SECONDS, _SHARE * (monotonic() - started))
