"""Find what somebody names: a product, port or column that there is and that they may know of.

What must stay true: what is hidden from somebody is told to them as what is not there, hints included.
"""

from dataclasses import replace

from meshwright.app.catalog.knowing import Knowing, knowing_of
from meshwright.app.wiring import Wiring
from meshwright.errors import UsageError, did_you_mean
from meshwright.model.address import Address


def knowing(wiring: Wiring) -> Knowing:
    """Return what whoever acts may know of."""
    return knowing_of(wiring.origin, wiring.asker().principal)


def known(wiring: Wiring, text: str) -> Address:
    """Return an address by its present name; raise `UsageError` (`product-unknown`, `port-unknown`)."""
    found = Address.parse(text).at(None)
    former = wiring.workspace.former_names.get(str(found.product_address))
    if former:
        domain, _, name = former.partition(".")
        found = replace(found, domain=domain, product=name)
    cards, may = wiring.workspace.cards, knowing(wiring)
    product = found.product_address
    if product not in cards or not may.of(product):
        names = [str(one) for one in cards if may.of(one)]
        raise UsageError(
            "product-unknown",
            f"there is no product `{product}`",
            hint=did_you_mean(str(product), names),
        )
    ports = [output.name for output in cards[product].outputs]
    if found.port and found.port not in ports:
        raise UsageError(
            "port-unknown",
            f"`{product}` has no port `{found.port}`",
            hint=did_you_mean(found.port, ports),
        )
    return found
