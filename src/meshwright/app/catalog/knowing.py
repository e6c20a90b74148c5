"""What somebody may know of: that a product is there, what it is about, how it fares. Never a row of it."""

from dataclasses import dataclass

from meshwright.app.wiring import Wiring
from meshwright.model.address import Address
from meshwright.model.principal import Principal


@dataclass(frozen=True, slots=True)
class Knowing:
    """What one principal may know of. `hidden`: the products that they may not."""

    principal: Principal
    hidden: frozenset[str] = frozenset()

    def of(self, address: Address | str) -> bool:
        """Say whether they may know of a product, or of what is in it."""
        parsed = Address.parse(address) if isinstance(address, str) else address
        return str(parsed.product_address) not in self.hidden


def knowing_of(wiring: Wiring, principal: Principal) -> Knowing:  # noqa: ARG001
    """Return what somebody may know of: whoever the mesh knows may know of every product."""
    return Knowing(principal)
