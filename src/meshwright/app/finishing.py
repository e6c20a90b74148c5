"""Finish what earlier runs left: builds that died, products that got another name."""

from meshwright.app.kept_queries import sweep
from meshwright.app.wiring import Wiring
from meshwright.model.address import Address
from meshwright.publish.cleaning import Cleaned, clean
from meshwright.publish.lifecycle import rename
from meshwright.publish.places import Storage, find_storage
from meshwright.spi.state_store import Reader


def storage_of(wiring: Wiring, reader: Reader, product: Address) -> Storage | None:
    """Return where a product lies; None for one of a domain that this mesh no longer has."""
    domain = wiring.workspace.domains.get(product.domain)
    known = reader.rows("SELECT 1 FROM ports WHERE product = ? LIMIT 1", (str(product),))
    if domain is None and not known:
        return None
    folder = domain.storage if domain else wiring.mesh.data / product.domain
    return find_storage(reader, wiring.mesh.data, folder, product)


def rename_products(wiring: Wiring) -> None:
    """Record the renames that descriptors declare; old addresses still find the products.

    An old address that another product has now stays as it is: `mesh check` tells.
    """
    cards = wiring.workspace.cards
    named = [card for card in cards.values() if not any(old in cards for old in card.formerly)]
    if any(card.formerly for card in named):
        rename(wiring.store, wiring.ledger.append, named)


def clean_up(wiring: Wiring) -> Cleaned:
    """Fail the builds that died, remove what they staged and old texts; the caller holds the mesh."""
    sweep(wiring)
    return clean(
        wiring.store,
        wiring.ledger.append,
        lambda reader, product: storage_of(wiring, reader, product),
    )
