"""What a principal may read, as a catalog of tables: what is not in it, they are not told of."""

from collections.abc import Iterable
from dataclasses import dataclass

from meshwright.app.access.deciding import Decisions, decisions_in
from meshwright.app.access.reachable import open_ports, served_ports
from meshwright.app.governed.pinning import pin
from meshwright.app.identity.principals import find_principal
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError, UsageError
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
        deciding = decisions_in(wiring, reader)
        found = (
            _visible(wiring, reader, deciding, asker, address)
            for address in _reachable(wiring, reader, asker)
        )
        return tuple(port for port in found if port is not None)


def visible_port(wiring: Wiring, asker: Asker, address: Address) -> VisiblePort | None:
    """Return one served port as somebody may read it; None where they may not."""
    with wiring.store.read() as reader:
        try:
            return _visible(wiring, reader, decisions_in(wiring, reader), asker, address)
        except UsageError:  # nothing of that name is served
            return None


def _reachable(wiring: Wiring, reader: Reader, asker: Asker) -> Iterable[Address]:
    """Return the served ports that something may let somebody read: in a big mesh a few of thousands."""
    if asker.principal.owns_mesh:
        return served_ports(reader)
    known = find_principal(wiring, reader, asker.principal.name)
    return open_ports(wiring, reader, known) if known else ()


def _visible(
    wiring: Wiring, reader: Reader, deciding: Decisions, asker: Asker, address: Address
) -> VisiblePort | None:
    pinned = pin(wiring, reader, address)
    decision = deciding.of(asker, pinned)
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
