"""`mesh show`: the mesh, a domain, a product or a port, as it is now."""

from dataclasses import dataclass, field

from meshwright.app.served import ServedPort, ServedProduct
from meshwright.model.contract import ContractColumn
from meshwright.model.product import Product


@dataclass(frozen=True, slots=True)
class ProductLine:
    """One product in a list."""

    product: str
    title: str
    status: str
    version: int | None
    ports: tuple[str, ...]
    rows: int | None
    open_incidents: int
    owners: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PortPage:
    """All that one port promises and is."""

    address: str
    description: str
    contract_version: str
    served: ServedPort | None
    columns: tuple[ContractColumn, ...]
    checks: tuple[tuple[str, str, str], ...] = ()  # check id, status, severity


@dataclass(frozen=True, slots=True)
class ProductPage:
    """All of one product."""

    product: Product
    served: ServedProduct | None
    ports: tuple[PortPage, ...]
    inputs: tuple[tuple[str, str], ...]
    consumers: tuple[str, ...]
    incidents: tuple[tuple[str, str, str], ...] = field(default=())  # id, opened at, cause
