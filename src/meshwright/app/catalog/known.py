"""Find what somebody names: a product, port or column that there is and that they may know of.

What must stay true: what is hidden from somebody is told to them as what is not there, hints included.
"""

from meshwright.app.catalog.knowing import Knowing, knowing_of
from meshwright.app.catalog.place import find_place
from meshwright.app.wiring import Wiring
from meshwright.model.address import Address


def knowing(wiring: Wiring) -> Knowing:
    """Return what whoever acts may know of."""
    return knowing_of(wiring.origin, wiring.asker().principal)


def known(wiring: Wiring, text: str) -> Address:
    """Return an address by its present name; raise `UsageError` (`product-unknown`, `port-unknown`)."""
    plain = str(Address.parse(text).at(None))
    return find_place(wiring, knowing(wiring), plain).address
