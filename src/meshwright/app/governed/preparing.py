"""Make the masked editions of what was just published, for whom it is granted, before they ask."""

from collections.abc import Iterable, Iterator

from meshwright.app.access.deciding import decide
from meshwright.app.governed.ask import Ruled, view_of
from meshwright.app.governed.keys import Keys
from meshwright.app.governed.pinning import pin_name
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError
from meshwright.model.access import KEYED
from meshwright.model.address import Address
from meshwright.model.principal import Asker, Principal
from meshwright.spi.query_pool import Gated
from meshwright.spi.state_store import Reader

_EVERY_COLUMN = Gated("", frozenset())


def prepare(wiring: Wiring, products: Iterable[Address]) -> None:
    """Compute the keyed masks that grants on these products lead to; what cannot be is left to the query."""
    with wiring.store.read() as reader:
        ruled = [one for product in products for one in _ruled(wiring, reader, product)]
    for one in ruled:
        if any(mask.kind in KEYED for mask in one.decision.masks.values()):
            view_of(wiring, Keys(wiring, one.decision.purpose), _EVERY_COLUMN, one)


def _ruled(wiring: Wiring, reader: Reader, product: Address) -> Iterator[Ruled]:
    rows = reader.rows(
        "SELECT DISTINCT principal, address, purpose FROM grants"
        " WHERE product = ? AND revoked_at = ''",
        (str(product),),
    )
    for principal, address, purpose in rows:
        asker = Asker(Principal(str(principal)), str(purpose))
        try:
            port = pin_name(wiring, reader, str(address), None, asker)
        except MeshwrightError:
            continue  # not published, or ended
        decision = decide(wiring, reader, asker, port.pinned)
        if decision.is_allowed:
            yield Ruled(port, decision)
