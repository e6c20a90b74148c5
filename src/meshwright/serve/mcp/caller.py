"""Who calls a tool, and the mesh as they have it.

What must stay true: who asks is looked up at every call, so that whoever was removed or refused is so at
once; a product that they may not know of is told like one that there is not, with no name of it in a hint.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property

from meshwright.app.catalog.knowing import Knowing, knowing_of
from meshwright.app.mesh import Mesh
from meshwright.app.product_graph import graph_of, present
from meshwright.errors import DeniedError, UsageError, did_you_mean
from meshwright.lineage.reading import product_of
from meshwright.model.address import Address
from meshwright.model.principal import Asker
from meshwright.serve.running import RunningQueries
from meshwright.spi.stop import Stop

DOOR = "mcp"
Speaks = Callable[[str], Asker]  # purpose -> who asks for it


@dataclass(frozen=True)
class Caller:
    """One call. `scopes` are the token's, none for all; `stop` ends what the call computes."""

    mesh: Mesh
    speaks: Speaks
    running: RunningQueries
    scopes: frozenset[str] = frozenset()
    stop: Stop = field(default_factory=Stop)

    def asker(self, purpose: str = "") -> Asker:
        """Return who asks, as is known now."""
        return self.speaks(purpose)

    def opens(self, scope: str) -> bool:
        """Say whether the token is for this."""
        return not self.scopes or scope in self.scopes

    def require_scope(self, scope: str) -> None:
        """Raise `DeniedError` (`token-scope`) where the token is not for this."""
        if not self.opens(scope):
            raise DeniedError(
                "token-scope",
                f"this token has no scope `{scope}`",
                hint=f"mesh token create --scope {scope}",
            )

    @cached_property
    def knowing(self) -> Knowing:
        """Return what they may know of."""
        return knowing_of(self.mesh.wiring, self.asker().principal)

    def products(self) -> list[str]:
        """Return the addresses of the products that they may know of, sorted."""
        cards = graph_of(self.mesh.wiring).cards
        return sorted(str(address) for address in cards if self.knowing.of(address))

    def knows(self, dataset: str) -> bool:
        """Say whether they may know of a data set: of a product as of its product, of any other."""
        product = product_of(dataset)
        return not product or self.knowing.of(product)

    def known(self, addresses: Iterable[str]) -> list[str]:
        """Return those addresses that they may know of."""
        return [address for address in addresses if self.knowing.of(address)]

    def address(self, text: str) -> Address:
        """Return the address of a product, port or column; raise `product-unknown` where there is none.

        A product goes by any name that it had.
        """
        wiring, written = self.mesh.wiring, Address.parse(text)
        found = present(written, wiring.workspace.former_names)
        if found.product_address not in graph_of(wiring).cards or not self.knowing.of(found):
            product = str(written.product_address)
            raise UsageError(
                "product-unknown",
                f"there is no product `{product}`",
                hint=did_you_mean(product, self.products()),
            )
        return found

    def port(self, text: str) -> Address:
        """Return the address of a port; raise `address-not-a-port` for a product with several."""
        found = self.address(text)
        if found.port:
            return found
        card = graph_of(self.mesh.wiring).cards.get(found.product_address)
        names = [output.name for output in card.outputs] if card else []
        if len(names) == 1:
            return Address.parse(f"{found.product_address}.{names[0]}")
        raise UsageError(
            "address-not-a-port",
            f"`{text}` is not a port",
            hint=f"its ports: {', '.join(f'{found.product_address}.{name}' for name in names)}",
        )
