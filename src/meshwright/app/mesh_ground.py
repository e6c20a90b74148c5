"""What lineage is walked over: what is published, and what is not yet as its files say that it would be."""

from collections.abc import Collection

from meshwright.app.origins import trace_product
from meshwright.app.product_graph import graph_of
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError
from meshwright.lineage.reading import (
    Link,
    Versions,
    is_traced,
    product_of,
    served_among,
    served_readers,
)
from meshwright.lineage.stored import StoredGround
from meshwright.lineage.walking import Place
from meshwright.model.address import Address
from meshwright.model.lineage import ProductLineage
from meshwright.model.product import Product
from meshwright.spi import plugins
from meshwright.spi.state_store import Reader
from meshwright.transform.reading import read_models


class MeshGround(StoredGround):
    """What is published; and with `with_files` also what is not, as its files say that it would be."""

    def __init__(
        self, wiring: Wiring, reader: Reader, at: Versions, *, with_files: bool = True
    ) -> None:
        super().__init__(reader, at)
        self._wiring = wiring
        self._state = reader
        self._with_files = with_files
        self._read: dict[str, tuple[Product, ProductLineage] | None] = {}

    def links(self, product: str, version: int | None) -> tuple[Link, ...]:
        """Return every link of a version; of one that is served and was never traced, by its files."""
        if version is not None and is_traced(self._state, product, version):
            return super().links(product, version)
        read = self.by_files(product) if self._is_by_files(product, version) else None
        return links_of(read[1]) if read else ()

    def ports(self, product: str, version: int | None) -> Collection[str]:
        """Return the addresses of a product's output ports."""
        if version is not None:
            return super().ports(product, version)
        read = self.by_files(product)
        return {f"{product}.{port.name}" for port in read[0].outputs} if read else set()

    def readers(self, dataset: str) -> tuple[str, ...]:
        """Return the products that read a data set, or would."""
        found = set(super().readers(dataset))
        if self._with_files:
            found |= self._unpublished_readers(dataset)
        return tuple(sorted(found))

    def some_readers(self, dataset: str, most: int) -> tuple[str, ...]:
        """Return products that have a data set as an input now: all, or at least `most` of them."""
        found = served_readers(self._state, dataset, most)
        return found if len(found) >= most else (*found, *self._unpublished_readers(dataset))

    def kind(self, place: Place) -> str:
        """Say what kind of data set a place is."""
        product = product_of(place.dataset)
        if not place.dataset:
            return "unknown"
        if product:
            is_port = place.dataset in self.ports(product, place.version or None)
            return "port" if is_port else "model"
        kind, colon, rest = place.dataset.partition(":")
        is_source = colon and kind in plugins.names("sources") and not rest.startswith("//")
        return "source" if is_source else "external"

    def by_files(self, product: str) -> tuple[Product, ProductLineage] | None:
        """Return a product as its files say that it is; None where they are broken or gone."""
        if product not in self._read:
            self._read[product] = self._trace(product)
        return self._read[product]

    def _trace(self, product: str) -> tuple[Product, ProductLineage] | None:
        try:
            read = self._wiring.workspace.product(Address.parse(product))
        except MeshwrightError:
            return None
        graph, _ = read_models(read, self._wiring.reader)
        if graph is None:
            return None
        return read, trace_product(self._wiring, self._state, read, graph)

    def _is_by_files(self, product: str, version: int | None) -> bool:
        return self._with_files and (version is None or version == self.version(product))

    def _unpublished_readers(self, dataset: str) -> frozenset[str]:
        """Return the products that were never published and read a data set, by their cards."""
        graph, product = graph_of(self._wiring), product_of(dataset)
        readers = (
            graph.port_readers(Address.parse(product), dataset.rpartition(".")[2])
            if product
            else graph.source_readers(dataset)
        )
        names = frozenset(map(str, readers))
        return names - served_among(self._state, names) if names else names


def links_of(lineage: ProductLineage) -> tuple[Link, ...]:
    """Return the lineage of a product as links, as they are read where they are stored."""
    names = {name: dataset.name for name, dataset in lineage.inputs.items()}
    return tuple(
        Link(
            f"{lineage.product}.{model}",
            edge.output,
            names.get(edge.table) or (f"{lineage.product}.{edge.table}" if edge.table else ""),
            edge.column,
            edge.kind,
            edge.how,
            edge.is_masked,
            edge.reveals,
            lineage.product,
        )
        for model, traced in lineage.models.items()
        for edge in traced.edges
    )
