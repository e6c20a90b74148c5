"""What a board says: every product of the mesh with what a list or a map says of it, at one moment."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TypeVar, cast

from meshwright.model.health import PortHealth

T = TypeVar("T")
_MOST_KEPT = 300  # things made of one board


@dataclass(frozen=True, slots=True)
class BoardProduct:
    """One product. `status`: how its newest build ended; `health`: the worst of its ports.

    `reads`: the products whose ports it reads.
    """

    address: str
    title: str
    description: str
    owners: tuple[str, ...]
    tags: tuple[str, ...]
    status: str
    health: str
    version: int | None
    published: str
    rows: int | None
    incidents: int
    ports: tuple[str, ...]
    reads: tuple[str, ...]
    is_broken: bool = False  # its files have errors

    @property
    def domain(self) -> str:
        """Return its domain's name."""
        return self.address.partition(".")[0]

    @property
    def name(self) -> str:
        """Return its title, or its name where it has none."""
        return self.title or self.address.partition(".")[2]


@dataclass(frozen=True)
class Board:
    """Every product of the mesh at one moment, by address. `made`: when, UTC."""

    made: datetime
    products: Mapping[str, BoardProduct]
    health: tuple[PortHealth, ...] = field(default=(), repr=False)
    _kept: dict[Hashable, object] = field(default_factory=dict, repr=False, compare=False)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what was made of this board under a key; make it where nobody has asked before.

        Two threads that ask at once may both make it, and one of the two is kept.
        """
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            found = self._kept[key] = make()
        return cast(T, found)

    @cached_property
    def health_of(self) -> Mapping[str, PortHealth]:
        """Return the health of each port, by address."""
        return {str(port.address): port for port in self.health}

    @cached_property
    def domains(self) -> Mapping[str, tuple[BoardProduct, ...]]:
        """Return the products of each domain, sorted."""
        found: dict[str, list[BoardProduct]] = {}
        for product in self.products.values():
            found.setdefault(product.domain, []).append(product)
        return {name: tuple(products) for name, products in sorted(found.items())}

    @cached_property
    def readers(self) -> Mapping[str, tuple[str, ...]]:
        """Return for each product the products that read it."""
        found: dict[str, list[str]] = {}
        for product in self.products.values():
            for read in product.reads:
                found.setdefault(read, []).append(product.address)
        return {address: tuple(readers) for address, readers in found.items()}
