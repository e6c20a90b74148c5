"""Who reads whom, as the descriptors of the mesh say: upwards cheap, downwards once for a workspace."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

from meshwright.app.wiring import Wiring
from meshwright.documents.cards import Card
from meshwright.model.address import Address
from meshwright.observe.downstream import downstream


@dataclass
class ProductGraph:
    """The products of a mesh by their cards, and who owns them."""

    cards: Mapping[Address, Card]
    owners_of_domains: Mapping[str, tuple[str, ...]]

    def reads(self, product: Address) -> frozenset[Address]:
        """Return the foreign ports that a product reads; none for one that the mesh no longer has."""
        card = self.cards.get(product)
        if card is None:
            return frozenset()
        return frozenset(port.port.port_address for port in card.inputs if port.port)

    def reads_from(self, product: Address, other: Address) -> bool:
        """Say whether a product reads a port of another one."""
        return any(port.product_address == other for port in self.reads(product))

    def below(
        self, product: Address, ports: Collection[str] | None = None
    ) -> dict[Address, tuple[Address, ...]]:
        """Return the products that rest on a product (on some of its ports), and their ports."""
        return downstream(product, ports, self._readers, self.outputs)

    def outputs(self, product: Address) -> list[str]:
        """Return the names of a product's ports."""
        card = self.cards.get(product)
        return [output.name for output in card.outputs] if card else []

    def owners(self, product: Address) -> tuple[str, ...]:
        """Return who owns a product: its owners, else those of its domain."""
        card = self.cards.get(product)
        return (card.owners if card else ()) or self.owners_of_domains.get(product.domain, ())

    @cached_property
    def _readers(self) -> dict[Address, list[tuple[Address, str]]]:
        """Return for each product who reads it, and which port."""
        found: dict[Address, list[tuple[Address, str]]] = {}
        for reader in self.cards:
            for port in self.reads(reader):
                found.setdefault(port.product_address, []).append((reader, port.port))
        return found


_KNOWN: "WeakKeyDictionary[Wiring, ProductGraph]" = WeakKeyDictionary()


def graph_of(wiring: Wiring) -> ProductGraph:
    """Return the graph of the mesh as it was last looked at; made again when its files changed."""
    cards = wiring.workspace.cards
    known = _KNOWN.get(wiring)
    if known is None or known.cards is not cards:
        owners = {name: domain.owners for name, domain in wiring.workspace.domains.items()}
        known = _KNOWN[wiring] = ProductGraph(cards, owners)
    return known
