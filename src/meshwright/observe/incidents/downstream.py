"""Who rests on whom, port by port: what an unhealthy product explains, and what it reaches."""

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache

from meshwright.model.address import Address
from meshwright.observe.incidents.incidents import Incident

Reads = Callable[[Address], Collection[Address]]  # the foreign ports that a product reads


class Reach:
    """Answers for one batch of signals; each product is looked at once."""

    def __init__(self, reads: Reads) -> None:
        self._reads = cache(lambda product: tuple(sorted(reads(product))))
        self._above = cache(self._read_from_above)

    def above(self, product: Address) -> Mapping[Address, frozenset[str]]:
        """Return what a product rests on, directly or through others: product -> those of its ports."""
        return self._above(product)

    def explains(self, incident: Incident, product: Address) -> bool:
        """Say whether a product rests on what is unhealthy in an incident of another product."""
        read = self.above(product).get(incident.product)
        if read is None or incident.product == product:
            return False
        ports = incident.ports()
        return ports is None or bool(ports & read)

    def upstream_first(self, products: Iterable[Address]) -> list[Address]:
        """Return products so that each comes after those that it rests on."""
        return sorted(products, key=lambda product: (len(self.above(product)), product))

    def _read_from_above(self, product: Address) -> Mapping[Address, frozenset[str]]:
        found: dict[Address, frozenset[str]] = {}
        waiting, seen = [product], {product}
        while waiting:
            for port in self._reads(waiting.pop()):
                other = port.product_address
                found[other] = found.get(other, frozenset()) | {port.port}
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
        return found


def downstream(
    product: Address,
    ports: Collection[str] | None,
    readers: Mapping[Address, Collection[tuple[Address, str]]],
    outputs: Callable[[Address], Collection[str]],
) -> dict[Address, tuple[Address, ...]]:
    """Return what rests on some ports of a product (None: on any), nearest first: product -> its ports.

    `readers` are, for each product, those that read it and the port that they read.
    """
    found: dict[Address, tuple[Address, ...]] = {}
    layer = sorted(
        {one for one, port in readers.get(product, ()) if ports is None or port in ports}
    )
    while layer:
        for one in layer:
            found[one] = tuple(
                Address(one.domain, one.product, port) for port in sorted(outputs(one))
            )
        below = {reader for one in layer for reader, _ in readers.get(one, ())}
        layer = sorted(below - found.keys() - {product})
    return found
