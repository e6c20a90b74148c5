"""What the columns of a product are made of: as it is being built, or as its files say that it would be.

What must stay true: a data set has one name wherever it is read, whatever folder the mesh lies in.
"""

import json
from collections.abc import Mapping, Sequence

from meshwright.app.product_graph import present
from meshwright.app.source_names import source_name
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError
from meshwright.model.address import Address
from meshwright.model.lineage import Dataset, ProductLineage
from meshwright.model.product import InputPort, OutputPort, Product
from meshwright.publish.reading import columns_from, find_product
from meshwright.spi.state_store import Reader
from meshwright.transform.graph import ModelGraph
from meshwright.transform.reading import read_models
from meshwright.transform.tracing import trace_models

PORT, SOURCE = "port", "source"


def trace_product(
    wiring: Wiring,
    reader: Reader,
    product: Product,
    graph: ModelGraph,
    inputs: Mapping[str, Dataset] | None = None,
    *,
    staged: Mapping[str, Sequence[str]] | None = None,
) -> ProductLineage:
    """Trace the models of a product in their order, the columns of each feeding the next.

    A build gives what it knows exactly: `inputs` by name, and the columns of the ports that it `staged`.
    What is not given is looked up: the columns that a foreign port serves (or would serve, where its files
    changed since), those that a source had when it was last read. Nothing outside of the mesh is touched.
    """
    return _Tracer(wiring, reader).trace(product, graph, inputs or {}, staged)


def input_datasets(
    wiring: Wiring, product: Product, columns: Mapping[str, Sequence[str]]
) -> dict[str, Dataset]:
    """Return the inputs of a product as data sets, with the columns that each is known to have."""
    return {
        port.name: _dataset(wiring, product, port, columns[port.name]) for port in product.inputs
    }


def contract_columns(port: OutputPort) -> tuple[str, ...]:
    """Return the columns that a port's contract promises; empty where it has none."""
    described = port.contract.object_for(port.name) if port.contract else None
    return tuple(column.name for column in described.columns) if described else ()


class _Tracer:
    """Traces a product, and before it those that it reads and that are not served as their files are."""

    def __init__(self, wiring: Wiring, reader: Reader) -> None:
        self._wiring = wiring
        self._reader = reader
        self._begun: set[Address] = set()  # products that read each other in a circle end here
        self._traced: dict[Address, Mapping[str, tuple[str, ...]]] = {}

    def trace(
        self,
        product: Product,
        graph: ModelGraph,
        given: Mapping[str, Dataset],
        staged: Mapping[str, Sequence[str]] | None = None,
    ) -> ProductLineage:
        self._begun.add(product.address)
        inputs = {
            port.name: given.get(port.name) or self._find(product, port) for port in product.inputs
        }
        promised = {port.name: contract_columns(port) for port in product.outputs}
        models = trace_models(graph, self._wiring.reader, inputs, staged, promised)
        return ProductLineage(str(product.address), models, inputs)

    def _find(self, product: Product, port: InputPort) -> Dataset:
        columns = self._port_columns(port.port) if port.port else self._landed(product, port)
        return _dataset(self._wiring, product, port, columns)

    def _port_columns(self, address: Address) -> tuple[str, ...] | None:
        port = present(address.port_address, self._wiring.workspace.former_names)
        rows = self._reader.rows(
            "SELECT vp.columns, vp.code FROM products p JOIN version_ports vp"
            " ON vp.product = p.product AND vp.version = p.served WHERE p.product = ? AND vp.port = ?",
            (str(find_product(self._reader, port)), port.port),
        )
        served = tuple(column.name for column in columns_from(rows[0][0])) if rows else None
        if rows and self._code(port) in ("", rows[0][1]):
            return served
        return self._own_columns(port.product_address).get(port.port) or served

    def _code(self, port: Address) -> str:
        """Return the code of a port's model as its files say it now; empty where they say none."""
        try:
            card = self._wiring.workspace.card(port)
        except MeshwrightError:
            return ""
        return str(card.extra.get("ports", {}).get(port.port, ""))

    def _own_columns(self, product: Address) -> Mapping[str, tuple[str, ...]]:
        """Return the columns that each port of a product would have, by its files."""
        if product not in self._traced and product not in self._begun:
            try:
                read = self._wiring.workspace.product(product)
            except MeshwrightError:
                return self._traced.setdefault(product, {})
            graph, _ = read_models(read, self._wiring.reader)
            lineage = self.trace(read, graph, {}).models if graph else {}
            self._traced[product] = {
                port.name: lineage[port.name].columns
                if port.name in lineage
                else contract_columns(port)
                for port in read.outputs
            }
        return self._traced.get(product, {})

    def _landed(self, product: Product, port: InputPort) -> tuple[str, ...] | None:
        """Return the columns that a source had when it was last read; what is declared may be some only."""
        assert port.source is not None
        rows = self._reader.rows(
            "SELECT columns FROM lineage_datasets WHERE product = ? AND input = ? AND dataset = ?"
            " AND last_version IS NULL",
            (
                str(find_product(self._reader, product.address)),
                port.name,
                _source_name(self._wiring, product, port),
            ),
        )
        return tuple(json.loads(str(rows[0][0]))) if rows and rows[0][0] is not None else None


def _dataset(
    wiring: Wiring, product: Product, port: InputPort, columns: Sequence[str] | None
) -> Dataset:
    known = None if columns is None else tuple(columns)
    if port.port is None:
        return Dataset(_source_name(wiring, product, port), SOURCE, known)
    return Dataset(str(present(port.port.port_address, wiring.workspace.former_names)), PORT, known)


def _source_name(wiring: Wiring, product: Product, port: InputPort) -> str:
    assert port.source is not None
    return source_name(port.source, wiring.root, f"{product.address}.{port.name}")
