"""Pin what a query names: each port at one version for the whole query, with its exact files."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from meshwright.app.access.reachable import open_ports, served_ports
from meshwright.app.deprecation import require_served
from meshwright.app.identity.principals import find_principal
from meshwright.app.wiring import Wiring
from meshwright.errors import UsageError, did_you_mean
from meshwright.model.address import Address
from meshwright.model.principal import Asker
from meshwright.publish.places import folder_of
from meshwright.publish.reading import PinnedPort, load, resolve
from meshwright.spi.state_store import Reader

MOST_PINS = 4096


@dataclass(frozen=True, slots=True)
class Readable:
    """A port that a query names, and its exact files."""

    name: str  # as the query writes it
    pinned: PinnedPort
    files: tuple[Path, ...]


def pin_name(
    wiring: Wiring, reader: Reader, name: str, time: datetime | None, asker: Asker
) -> Readable:
    """Pin the port that a name in a query means: as served now, as of a time, or at its `@version`.

    Raises `UsageError` (`table-unknown`, `version-unknown`…) and what `require_served` does.
    """
    try:
        address = Address.parse(_plain(name))
    except UsageError as error:
        raise unknown_port(wiring, reader, name, asker) from error
    if not address.port:
        raise unknown_port(wiring, reader, name, asker)
    try:
        pinned = pin(wiring, reader, address, time)
    except UsageError as error:
        if error.code in ("product-unknown", "port-unknown"):
            raise unknown_port(wiring, reader, name, asker) from error
        raise
    if address.version is None and time is None:
        require_served(wiring, reader, pinned.address, wiring.now())
    folder = folder_of(wiring.mesh.data, pinned.location)
    return Readable(name, pinned, tuple(folder / file.path for file in pinned.files))


def pin(
    wiring: Wiring, reader: Reader, address: Address, time: datetime | None = None
) -> PinnedPort:
    """Pin a port as `publish.reading.pin` does; what is kept of a version is read once."""
    port = resolve(reader, address, time)
    known = wiring.pins.get(port)
    if known is None:
        known = load(reader, port)
        if len(wiring.pins) >= MOST_PINS:
            wiring.pins.clear()
        wiring.pins[port] = known
    return known


def _plain(name: str) -> str:
    """Return a name without the quotes that SQL needs around `port@3`; SQL ignores letter case."""
    return name.replace('"', "").lower()


def is_hidden(wiring: Wiring, reader: Reader, name: str, asker: Asker) -> bool:
    """Say whether a name is of a product that the asker may not know of."""
    if asker.principal.owns_mesh:
        return False
    try:
        address = Address.parse(_plain(name))
    except UsageError:
        return False
    principal = find_principal(wiring, reader, asker.principal.name) or asker.principal
    from meshwright.app.catalog.knowing import knowing_of

    return not knowing_of(wiring, principal).of(address)


def unknown_port(wiring: Wiring, reader: Reader, name: str, asker: Asker) -> UsageError:
    """Return what to tell of a name that is none; only ports that the asker may read are suggested."""
    if asker.principal.owns_mesh:
        known = [str(address) for address in served_ports(reader)]
    else:
        principal = find_principal(wiring, reader, asker.principal.name)
        found = open_ports(wiring, reader, principal) if principal else ()
        known = [str(address) for address in found]
    return UsageError(
        "table-unknown",
        f"`{_plain(name)}` is not a published port",
        hint=did_you_mean(_plain(name), known),
    )
