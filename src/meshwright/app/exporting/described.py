"""What is exported of a product: its files, what is served of it, and who may be named."""

from collections.abc import Callable
from dataclasses import dataclass

from meshwright.app.product_graph import graph_of, present
from meshwright.app.served import ServedPort, served_ports, served_products
from meshwright.app.wiring import Wiring
from meshwright.errors import UsageError, did_you_mean
from meshwright.model.address import Address
from meshwright.model.classification import LEVELS
from meshwright.model.contract import Contract
from meshwright.model.product import OutputPort, Product


@dataclass(frozen=True, slots=True)
class DescribedPort:
    """One output port. `served`: None where nothing is published; `published`: when, ISO 8601."""

    address: str
    port: OutputPort
    served: ServedPort | None
    published: str

    @property
    def contract(self) -> Contract | None:
        """Return its contract."""
        return self.port.contract

    @property
    def description(self) -> str:
        """Return what it is."""
        described = self.contract.object_for(self.port.name) if self.contract else None
        return self.port.description or (described.description if described else "")

    @property
    def level(self) -> str:
        """Return the most sensitive classification of its columns; '' where none says one."""
        described = self.contract.object_for(self.port.name) if self.contract else None
        said = {column.classification for column in described.columns} if described else set()
        known = [level for level in LEVELS if level in said]
        return known[-1] if known else ""


@dataclass(frozen=True, slots=True)
class Described:
    """A product to export. `inputs`: the foreign ports that it reads, as far as they may be named."""

    product: Product
    owners: tuple[str, ...]
    ports: tuple[DescribedPort, ...]
    inputs: tuple[str, ...]


def describe(wiring: Wiring, address: Address, knows: Callable[[str], bool]) -> Described:
    """Return a product, or one of its ports alone; raise `UsageError` (`product-unknown`, `port-unknown`)."""
    named = present(address.product_address, wiring.workspace.former_names)
    product = wiring.workspace.product(named)
    if address.port and product.output(address.port) is None:
        names = [f"{product.address}.{port.name}" for port in product.outputs]
        raise UsageError(
            "port-unknown",
            f"`{product.address}` has no port `{address.port}`",
            hint=did_you_mean(f"{product.address}.{address.port}", names),
        )
    name = str(product.address)
    with wiring.store.read() as reader:
        pointer = served_products(reader, name).get(name)
        version = pointer.version if pointer else None
        served = served_ports(reader, product.address, version) if version is not None else {}
        rows = reader.rows(
            "SELECT published_at FROM versions WHERE product = ? AND version = ?", (name, version)
        )
    published = str(rows[0][0]) if rows else ""
    ports = tuple(
        DescribedPort(f"{name}.{port.name}", port, served.get(port.name), published)
        for port in product.outputs
        if not address.port or port.name == address.port
    )
    inputs = tuple(
        str(present(one.port.port_address, wiring.workspace.former_names))
        for one in product.inputs
        if one.port and knows(str(one.port.product_address))
    )
    return Described(product, graph_of(wiring).owners(product.address), ports, inputs)
