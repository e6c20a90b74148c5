"""Read: pin every input of a product to what it is now, and land what lies outside the mesh."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from meshwright.app.deprecation import require_served
from meshwright.app.served import port_stamp
from meshwright.app.wiring import Wiring
from meshwright.errors import RefusedError, UsageError
from meshwright.ingest import land_input
from meshwright.model.product import InputPort, Product
from meshwright.model.table import Column
from meshwright.model.version import InputStamp
from meshwright.publish.places import Storage, folder_of
from meshwright.publish.reading import pin
from meshwright.spi.state_store import Reader

READERS = 2  # sources of one product that are read at once


@dataclass(frozen=True, slots=True)
class PinnedInput:
    """An input port as this build sees it: exact files, whatever happens to the source meanwhile."""

    name: str
    files: tuple[Path, ...]
    columns: tuple[Column, ...]
    stamp: InputStamp
    rows: int
    rejected: int = 0

    @property
    def bytes(self) -> int:
        """Return the size of its files; one that is gone by now counts nothing."""
        total = 0
        for path in self.files:
            with suppress(OSError):
                total += path.stat().st_size
        return total


def pin_inputs(
    wiring: Wiring,
    product: Product,
    storage: Storage,
    tell: Callable[[str], None],
    now: datetime,
) -> tuple[PinnedInput, ...]:
    """Pin all inputs: foreign ports in one snapshot, so that they fit together; sources side by side.

    `now` is when the build runs, or pretends to: a port that has ended by then is not read.
    """
    with wiring.store.read() as reader:
        pinned = {
            port.name: _pin_port(wiring, reader, port, now) for port in product.inputs if port.port
        }
    external = [port for port in product.inputs if not port.port]
    if external:
        with ThreadPoolExecutor(min(READERS, len(external))) as pool:
            landed = pool.map(lambda port: _land(wiring, port, storage, tell), external)
            pinned |= {one.name: one for one in landed}
    return tuple(pinned[port.name] for port in product.inputs)


def _pin_port(wiring: Wiring, reader: Reader, port: InputPort, now: datetime) -> PinnedInput:
    assert port.port is not None
    try:
        pinned = pin(reader, port.port)
    except UsageError as error:
        raise RefusedError(
            "input-not-published",
            f"input `{port.name}` reads `{port.port}`, which has published nothing",
            hint=f"mesh run {port.port.product_address}",
        ) from error
    require_served(wiring, reader, pinned.address, now)
    folder = folder_of(wiring.mesh.data, pinned.location)
    return PinnedInput(
        port.name,
        tuple(folder / file.path for file in pinned.files),
        pinned.columns,
        InputStamp(
            port.name, str(port.port), port_stamp(pinned.data_version), pinned.address.version
        ),
        pinned.rows,
    )


def _land(
    wiring: Wiring, port: InputPort, storage: Storage, tell: Callable[[str], None]
) -> PinnedInput:
    assert port.source is not None
    tell(f"reading {port.name}")
    landing = land_input(
        wiring.source(port.source),
        wiring.engine(),
        storage.input(port.name),
        port,
    )
    described = ", ".join(port.source.paths) or port.source.kind
    return PinnedInput(
        port.name,
        landing.files,
        landing.columns,
        InputStamp(port.name, described, landing.stamp),
        landing.rows,
        landing.rejected,
    )
