"""The veil over what a mesh says: made of its files and of what its versions were made from."""

from meshwright.app.catalog.knowing import Knowing
from meshwright.app.catalog.veil import Veil
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError
from meshwright.model.address import Address


def veil_of(wiring: Wiring, knowing: Knowing) -> Veil:
    """Return the veil over what is told of a mesh."""
    cards = wiring.workspace.cards
    hidden = (
        [card for card in cards.values() if not knowing.of(card.address)] if knowing.hidden else []
    )
    folders = tuple(f"{card.folder}/" for card in hidden)

    def inputs(product: str) -> tuple[str, ...]:
        if not knowing.hidden:
            return ()
        try:
            card = cards.get(Address.parse(product))
        except MeshwrightError:
            return ()
        ports = card.inputs if card else ()
        names = [one.name for one in ports if one.port and not knowing.of(one.port)]
        return tuple(dict.fromkeys([*names, *_past(wiring, knowing, product)]))

    return Veil(knowing, folders, inputs)


def _past(wiring: Wiring, knowing: Knowing, product: str) -> list[str]:
    """Return the inputs of earlier versions that read what is hidden: builds of then name them."""
    with wiring.store.read() as reader:
        rows = reader.rows(
            "SELECT DISTINCT input, address FROM version_inputs WHERE product = ?", [product]
        )
    return [str(name) for name, address in rows if _is_hidden(knowing, str(address))]


def _is_hidden(knowing: Knowing, address: str) -> bool:
    return ".".join(address.partition("@")[0].split(".")[:2]) in knowing.hidden
