"""Who asks on this machine: the operating-system user, who owns the mesh, or whom they say with `--as`."""

from meshwright.app.acting import ActingWiring, unknown
from meshwright.app.identity.proving import Proven, refused
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError
from meshwright.identity.names import parse_name
from meshwright.model.facts import ActedAs
from meshwright.model.principal import Asker


def local_asker(wiring: Wiring, purpose: str = "", door: str = "") -> Asker:
    """Return who asks: the owner of the mesh, or whom they act as."""
    return wiring.asker(purpose, door)


def as_principal(wiring: Wiring, name: str, *, what: str = "") -> ActingWiring:
    """Return a mesh as a principal has it, on the word of its owner.

    With `what`, that is recorded as done; else by whoever calls `record_acting` at each verb. Raises
    `DeniedError` (`principal-unknown`), which is recorded too.
    """
    acting = ActingWiring(wiring, _named(wiring, name), behind=wiring.actor)
    try:
        acting.principal()
    except MeshwrightError:
        refused(wiring, name, wiring.door, "principal-unknown")
        raise
    if what:
        record_acting(acting, what)
    return acting


def for_proven(wiring: Wiring, proven: Proven) -> ActingWiring:
    """Return a mesh as somebody has it who proved at a door of a server who they are."""
    return ActingWiring(wiring, proven.principal.name, proven.behind, is_told=True)


def record_acting(acting: ActingWiring, what: str) -> None:
    """Record that the owner of the mesh does something as somebody else: the verb and its address."""
    if acting.behind and not acting.is_told:
        fact = ActedAs(acting.name, acting.behind, what)
        acting.origin.ledger.record([fact], actor=acting.behind)


def _named(wiring: Wiring, name: str) -> str:
    try:
        return parse_name(name)
    except MeshwrightError:
        refused(wiring, name, wiring.door, "principal-invalid")
        raise unknown(name) from None
