"""What a principal may read, as a catalog of tables: what is not in it, they are not told of."""

from dataclasses import dataclass

from meshwright.app.access.deciding import decide
from meshwright.app.governed.pinning import pin
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError
from meshwright.model.access import Decision
from meshwright.model.address import Address
from meshwright.model.principal import Asker
from meshwright.model.table import Column
from meshwright.spi.state_store import Reader


@dataclass(frozen=True, slots=True)
class VisiblePort:
    """A port as somebody may read it. `described` is column -> description; masked ones are in `decision`."""

    address: Address
    version: int
    columns: tuple[Column, ...]
    decision: Decision
    description: str = ""
    key: tuple[str, ...] = ()
    rows: int = 0
    described: tuple[tuple[str, str], ...] = ()


def visible_ports(wiring: Wiring, asker: Asker) -> tuple[VisiblePort, ...]:
    """Return the served ports that somebody may read, by address."""
    with wiring.store.read() as reader:
        found = (_visible(wiring, reader, asker, address) for address in _served(reader))
        return tuple(port for port in found if port is not None)


def _served(reader: Reader) -> list[Address]:
    rows = reader.rows(
        "SELECT vp.product || '.' || vp.port FROM products p JOIN version_ports vp"
        " ON vp.product = p.product AND vp.version = p.served ORDER BY 1"
    )
    return [Address.parse(str(row[0])) for row in rows]


def _visible(wiring: Wiring, reader: Reader, asker: Asker, address: Address) -> VisiblePort | None:
    pinned = pin(wiring, reader, address)
    decision = decide(wiring, reader, asker, pinned)
    if not decision.is_allowed:
        return None
    description, key, described = _described(wiring, address)
    version = pinned.address.version or 0
    return VisiblePort(
        address, version, pinned.columns, decision, description, key, pinned.rows, described
    )


def _described(
    wiring: Wiring, address: Address
) -> tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Return what the files say of a port; nothing where they are broken or gone."""
    try:
        port = wiring.workspace.product(address).output(address.port)
    except MeshwrightError:
        return "", (), ()
    contract = port.contract.object_for(port.name) if port and port.contract else None
    if port is None or contract is None:
        return (port.description if port else ""), (), ()
    columns = tuple((c.name, c.description) for c in contract.columns if c.description)
    return port.description or contract.description, contract.key, columns
