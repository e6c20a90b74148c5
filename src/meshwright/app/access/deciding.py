"""Decide what a principal sees of a port."""

from meshwright.app.wiring import Wiring
from meshwright.model.access import Decision, Reason
from meshwright.model.principal import Asker
from meshwright.publish.reading import PinnedPort
from meshwright.spi.state_store import Reader


def decide(wiring: Wiring, reader: Reader, asker: Asker, port: PinnedPort) -> Decision:  # noqa: ARG001
    """Return the decision on a port at a version, for who asks and what for."""
    if asker.principal.owns_mesh:
        reason = Reason("mesh-owner", "allow", "whoever owns the mesh's files reads them")
        return Decision(asker.principal.name, port.address, asker.purpose, True, reasons=(reason,))
    return Decision(
        asker.principal.name,
        port.address,
        asker.purpose,
        False,
        reasons=(Reason("default", "deny", "nothing allows it"),),
        help=f'mesh access request {port.address.port_address} --purpose "…"',
    )
