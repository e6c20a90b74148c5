"""Who asks on this machine: the operating-system user, who owns the mesh, or whom they say with `--as`."""

from meshwright.app.wiring import Wiring
from meshwright.model.principal import Asker, Principal


def local_asker(wiring: Wiring, purpose: str = "", door: str = "python") -> Asker:
    """Return the owner of the mesh: its files are theirs, so nothing is kept from them."""
    return Asker(Principal(wiring.actor, owns_mesh=True), purpose, door=door)
