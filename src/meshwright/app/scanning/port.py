"""A published port of this mesh, scanned as a reader would read it; that it was read is a fact."""

import hashlib
import json
from secrets import token_hex

from meshwright.app.scanning.ground import Ground
from meshwright.app.wiring import Wiring
from meshwright.documents.contract_reader import contract_from
from meshwright.model.address import Address
from meshwright.model.contract import Contract
from meshwright.model.facts import QueryRan
from meshwright.publish.places import folder_of
from meshwright.publish.reading import PinnedPort, pin
from meshwright.spi.state_store import Reader


def pin_port(wiring: Wiring, address: Address) -> tuple[PinnedPort, Contract | None]:
    """Return a port at its version, and the contract under which that version was published."""
    with wiring.store.read() as reader:
        pinned = pin(reader, address)
        return pinned, _contract(reader, pinned)


def ground_of(wiring: Wiring, pinned: PinnedPort) -> Ground:
    """Return the exact files of a pinned port."""
    folder = folder_of(wiring.mesh.data, pinned.location)
    files = tuple(folder / file.path for file in pinned.files)
    return Ground(files, pinned.columns, version=pinned.address.version)


def record_reading(
    wiring: Wiring, pinned: PinnedPort, rows: int | None, seconds: float, error: str = ""
) -> None:
    """Record that the port was read by a scan."""
    fact = QueryRan(
        query=f"query-{token_hex(8)}",
        sql=hashlib.sha256(f"scan {pinned.address}".encode()).hexdigest(),
        read=[str(pinned.address)],
        rows=rows,
        seconds=round(seconds, 6),
        purpose="scan",
        error=error,
    )
    wiring.ledger.record([fact])


def _contract(reader: Reader, pinned: PinnedPort) -> Contract | None:
    rows = reader.rows(
        "SELECT document FROM contracts WHERE product = ? AND port = ? AND digest = ?",
        (str(pinned.address.product_address), pinned.address.port, pinned.contract),
    )
    return contract_from(json.loads(str(rows[0][0]))) if rows else None
