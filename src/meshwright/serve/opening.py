"""Make the service of a mesh, which is opened twice, and load what people come to need."""

from contextlib import suppress
from datetime import UTC, datetime
from importlib import import_module

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


def warm(service: Service) -> None:
    """Load what the first query and the first page would else wait for; what fails is told to who asks."""
    with suppress(MeshwrightError, OSError, ImportError):
        _ = service.wiring.pool
        for module in _LATER:
            import_module(module)
        service.boards.board()
        keep_up(service.wiring)
