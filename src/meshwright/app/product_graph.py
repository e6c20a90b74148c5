"""Who reads whom, as the descriptors of the mesh say: upwards cheap, downwards once for a workspace.

What must stay true: a product is named as it is now, also where a reader still names it as it was.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from weakref import WeakKeyDictionary

from meshwright.app.source_names import source_name
from meshwright.app.wiring import Wiring
from meshwright.documents.cards import Card
from meshwright.model.address import Address
from meshwright.observe.incidents.downstream import downstream


@dataclass
class ProductGraph:
    """The products of a mesh by their cards, who owns them, and what address each former one stands for."""

    cards: Mapping[Address, Card]
    root: Path
    owners_of_domains: Mapping[str, tuple[str, ...]]
    former_names: Mapping[str, str] = field(default_factory=dict)

    def reads(self, product: Address) -> frozenset[Address]:
        """Return the foreign ports that a product reads; none for one that the mesh no longer has."""
        card = self.cards.get(product)
        if card is None:
            return frozenset()
        return frozenset(
            present(port.port.port_address, self.former_names) for port in card.inputs if port.port
        )

    def readers(self, product: Address) -> tuple[Address, ...]:
        """Return the products that read a port of this one."""
        return tuple(sorted({reader for reader, _ in self._readers.get(product, ())}))

    def port_readers(self, product: Address, port: str) -> tuple[Address, ...]:
        """Return the products that read a port of this one."""
        readers = self._readers.get(product, ())
        return tuple(sorted({reader for reader, name in readers if name == port}))

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
    def names(self) -> frozenset[str]:
        """Return the addresses of all products, as texts."""
        return frozenset(map(str, self.cards))

    @cached_property
    def in_order(self) -> tuple[str, ...]:
        """Return the addresses of all products, sorted."""
        return tuple(sorted(self.names))

    def source_readers(self, name: str) -> tuple[Address, ...]:
        """Return the products that read a source, by its name as a data set."""
        return tuple(self._source_readers.get(name, ()))

    @cached_property
    def _source_readers(self) -> dict[str, list[Address]]:
        found: dict[str, list[Address]] = {}
        for address, card in self.cards.items():
            for one in card.inputs:
                if one.source is not None:
                    name = source_name(one.source, self.root, f"{address}.{one.name}")
                    found.setdefault(name, []).append(address)
        return found

    @cached_property
    def _readers(self) -> dict[Address, list[tuple[Address, str]]]:
        """Return for each product who reads it, and which port."""
        found: dict[Address, list[tuple[Address, str]]] = {}
        for reader in self.cards:
            for port in self.reads(reader):
                found.setdefault(port.product_address, []).append((reader, port.port))
        return found


def present(address: Address, former_names: Mapping[str, str]) -> Address:
    """Return an address by the name that its product has now."""
    name = former_names.get(str(address.product_address))
    if name is None:
        return address
    domain, _, product = name.partition(".")
    return replace(address, domain=domain, product=product)


_KNOWN: "WeakKeyDictionary[Wiring, ProductGraph]" = WeakKeyDictionary()


def graph_of(wiring: Wiring) -> ProductGraph:
    """Return the graph of the mesh as it was last looked at; made again when its files changed."""
    wiring = wiring.origin  # whoever works through it
    cards = wiring.workspace.cards
    known = _KNOWN.get(wiring)
    if known is None or known.cards is not cards:
        owners = {name: domain.owners for name, domain in wiring.workspace.domains.items()}
        known = _KNOWN[wiring] = ProductGraph(
            cards, wiring.root, owners, wiring.workspace.former_names
        )
    return known
