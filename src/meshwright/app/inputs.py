"""Read: pin every input of a product to what it is now, and land what lies outside the mesh."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from meshwright.app.deprecation import require_served
from meshwright.app.governed.reading import copy_shown, rule_input
from meshwright.app.served import port_stamp
from meshwright.app.wiring import Wiring
from meshwright.errors import RefusedError, UsageError
from meshwright.ingest import land_input
from meshwright.model.access import Decision
from meshwright.model.product import InputPort, Product
from meshwright.model.table import Column
from meshwright.model.version import InputStamp
from meshwright.publish.places import Storage, folder_of
from meshwright.publish.reading import PinnedPort, pin
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


@dataclass(frozen=True, slots=True)
class _Ruled:
    """A foreign port as it is pinned, and what its reader may see of it."""

    found: PinnedInput
    pinned: PinnedPort
    decision: Decision | None


def pin_inputs(
    wiring: Wiring,
    product: Product,
    storage: Storage,
    tell: Callable[[str], None],
    now: datetime,
    aside: Path,
) -> tuple[PinnedInput, ...]:
    """Pin all inputs: foreign ports in one snapshot, so that they fit together; sources side by side.

    `now` is when the build runs, or pretends to: a port that has ended by then is not read. What a product
    may see of a port only in part is copied to `aside`, an erasable folder of the build.
    """
    with wiring.store.read() as reader:
        ruled = {
            port.name: _pin_port(wiring, reader, product, port, now)
            for port in product.inputs
            if port.port
        }
    pinned = {name: _as_shown(wiring, product, one, aside) for name, one in ruled.items()}
    external = [port for port in product.inputs if not port.port]
    if external:
        with ThreadPoolExecutor(min(READERS, len(external))) as pool:
            landed = pool.map(lambda port: _land(wiring, port, storage, tell), external)
            pinned |= {one.name: one for one in landed}
    return tuple(pinned[port.name] for port in product.inputs)


def _pin_port(
    wiring: Wiring, reader: Reader, product: Product, port: InputPort, now: datetime
) -> _Ruled:
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
    decision = rule_input(wiring, reader, product.address, port, pinned)
    folder = folder_of(wiring.mesh.data, pinned.location)
    found = PinnedInput(
        port.name,
        tuple(folder / file.path for file in pinned.files),
        pinned.columns,
        InputStamp(
            port.name, str(port.port), port_stamp(pinned.data_version), pinned.address.version
        ),
        pinned.rows,
    )
    return _Ruled(found, pinned, decision)


def _as_shown(wiring: Wiring, product: Product, ruled: _Ruled, aside: Path) -> PinnedInput:
    """Return an input as its product may see it: where that is a part, a copy of that part."""
    found = ruled.found
    if ruled.decision is None or ruled.decision.is_whole:
        return found
    path = copy_shown(wiring, product.address, ruled.pinned, aside / f"input-{found.name}.parquet")
    return replace(found, files=(path,))


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
