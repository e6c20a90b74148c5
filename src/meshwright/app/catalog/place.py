"""What an address of a page leads to: a product or a port that somebody may know of, by its name of now.

What must stay true: what somebody may not know of is told exactly like what is not there, hint included.
"""

from dataclasses import dataclass, replace

from meshwright.app.catalog.knowing import Knowing
from meshwright.app.product_graph import present
from meshwright.app.wiring import Wiring
from meshwright.documents.cards import Card
from meshwright.errors import UsageError, did_you_mean
from meshwright.model.address import Address
from meshwright.publish.reading import find_product

_MOST_COMPARED = 20_000  # names that a wrong one is compared with


@dataclass(frozen=True, slots=True)
class Found:
    """A product or one of its ports. `address`: as it is called now; `is_renamed`: it was asked otherwise."""

    address: Address
    card: Card
    is_renamed: bool = False

    @property
    def product(self) -> Address:
        """Return the product's address."""
        return self.address.product_address


def find_place(wiring: Wiring, knowing: Knowing, text: str) -> Found:
    """Return what an address means; raise `UsageError` (`product-unknown`, `port-unknown`)."""
    asked = Address.parse(text)
    address = _present(wiring, asked)
    card = wiring.workspace.cards.get(address.product_address)
    if card is None or not knowing.of(address.product_address):
        raise unknown_product(wiring, knowing, asked)
    ports = [output.name for output in card.outputs]
    if address.port and address.port not in ports:
        known = [f"{address.product_address}.{port}" for port in ports]
        raise UsageError(
            "port-unknown",
            f"`{address.product_address}` has no port `{address.port}`",
            hint=did_you_mean(str(address.port_address), known),
        )
    return Found(address, card, address != asked)


def unknown_product(wiring: Wiring, knowing: Knowing, address: Address) -> UsageError:
    """Return the error of an address that leads nowhere, for somebody: like names are those they may know."""
    name = str(address.product_address)
    known = [str(one) for one in wiring.workspace.cards if str(one) not in knowing.hidden]
    return UsageError(
        "product-unknown",
        f"there is no product `{name}`",
        hint=did_you_mean(name, known[:_MOST_COMPARED]),
    )


def _present(wiring: Wiring, address: Address) -> Address:
    """Return an address by the name that its product has now."""
    workspace = wiring.workspace
    if address.product_address in workspace.cards:
        return address
    named = present(address, workspace.former_names)
    if named.product_address in workspace.cards:
        return named
    with wiring.store.read() as reader:
        product = find_product(reader, address)
    return replace(address, domain=product.domain, product=product.product) if product else address
