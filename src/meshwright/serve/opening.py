"""Make the service of a mesh, which is opened twice, and load what people come to need."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from threading import Event, Thread

from meshwright.app.catalog.indexing import keep_up
from meshwright.app.health import check_health
from meshwright.app.lineage_import import Taken, take_bytes
from meshwright.app.mesh import Mesh
from meshwright.errors import MeshwrightError
from meshwright.serve.answers import Observed
from meshwright.serve.api.service import Service
from meshwright.serve.proving import Proving

# What is not needed to begin, in the order in which people come to need it.
_LATER = (
    "pyarrow",
    "meshwright.app.access.desk",
    "meshwright.app.governed.ask",
    "meshwright.app.policy.desk",
    "meshwright.app.score",
)
_PATIENCE = 5.0  # seconds, as the server ends


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
    return Service(wiring, proving, observe, take)


class Warming:
    """Loads what the first query and the first page would else wait for; what fails is told to who asks."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._over = Event()
        self._thread = Thread(target=self._run, name="mesh-warm", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End it after the part that it is at: an interpreter that ends under a library's code aborts."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(_PATIENCE)

    def _run(self) -> None:
        with suppress(MeshwrightError, OSError, ImportError):
            for part in self._parts():
                if self._over.is_set():
                    return
                part()

    def _parts(self) -> tuple[Callable[[], object], ...]:
        service = self._service
        return (
            lambda: service.wiring.pool,
            *(partial(import_module, module) for module in _LATER),
            service.boards.board,
            lambda: keep_up(service.wiring),
        )
