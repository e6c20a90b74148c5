"""Whether the trail is what was written: the hash chain and the signed checkpoints."""

from meshwright.app.wiring import Wiring
from meshwright.ledger.verification import Verification, verify


def verify_trail(wiring: Wiring) -> Verification:
    """Walk the whole chain, and hold it against its checkpoints."""
    return verify(wiring.store, wiring.checkpoints)
