"""Foreign keys across ports: find the table that a contract's relationship means, and make it readable."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from meshwright.app.governed.reading import copy_shown, seen_by
from meshwright.app.served import port_stamp
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError
from meshwright.model.address import Address, is_name
from meshwright.model.contract import ContractObject
from meshwright.model.product import OutputPort, Product
from meshwright.model.table import Column
from meshwright.publish.places import folder_of
from meshwright.publish.reading import PinnedPort, pin
from meshwright.spi.state_store import Reader

if TYPE_CHECKING:
    from meshwright.audit import Reference

SCHEMA = "reference"


@dataclass(frozen=True, slots=True)
class ForeignTable:
    """A served port of another product that a relationship refers to.

    `hidden` are the columns of which the referring product may not see every value as it is; `part` is the
    port where it may see it only in part, so that a copy of that part stands for it.
    """

    relation: str
    files: tuple[Path, ...]
    columns: tuple[Column, ...]
    stamp: str
    hidden: frozenset[str] = frozenset()
    part: PinnedPort | None = None


@dataclass(frozen=True, slots=True)
class References:
    """`found`: port -> reference as written -> where it is visible. `siblings`: port -> ports it needs."""

    found: Mapping[str, Mapping[str, "Reference"]]
    siblings: Mapping[str, frozenset[str]]
    tables: tuple[ForeignTable, ...]
    stamps: Mapping[str, str]  # of each foreign port that is referred to, by its stamp's name


@dataclass(frozen=True, slots=True)
class Referred:
    """What the contracts of a product refer to, by port: ports of others, and ports of its own."""

    foreign: Mapping[str, frozenset[str]]
    siblings: Mapping[str, frozenset[str]]


def referred(product: Product) -> Referred:
    """Return what each port's relationships refer to, whether or not it is published."""
    names = _siblings(product)
    foreign: dict[str, set[str]] = {}
    siblings: dict[str, set[str]] = {}
    for port in product.outputs:
        for written in _written(port):
            address = _foreign(written, product)
            local = _local(written, names, product)
            if address is not None:
                foreign.setdefault(port.name, set()).add(str(address.port_address))
            elif local is not None and local[0] != port.name:
                siblings.setdefault(port.name, set()).add(local[0])
    return Referred(
        {port: frozenset(found) for port, found in foreign.items()},
        {port: frozenset(found) for port, found in siblings.items()},
    )


def reference_stamp(port: str) -> str:
    """Return under which name a version keeps what a port was that its contracts refer to."""
    return f"key of {port}"  # no input has a space in its name


def find_references(wiring: Wiring, reader: Reader, product: Product) -> References:
    """Resolve every relationship of a product's contracts; one that leads nowhere is left out.

    So is one that leads to what the product may not read: whoever may look a value up can guess them all. The
    audit then says so as an errored check.
    """
    from meshwright.audit import Reference  # a plan audits nothing

    found: dict[str, dict[str, Reference]] = {}
    siblings: dict[str, set[str]] = {}
    tables: dict[Address, ForeignTable] = {}
    names = _siblings(product)
    for port in product.outputs:
        for written in _written(port):
            address = _foreign(written, product)
            if address is not None:
                table = tables.get(address.port_address) or _table(wiring, reader, product, address)
                if table is not None and address.column.lower() not in table.hidden:
                    tables[address.port_address] = table
                    reference = Reference(table.relation, address.column)
                    found.setdefault(port.name, {})[written] = reference
            elif (local := _local(written, names, product)) is not None:
                sibling, column = local
                found.setdefault(port.name, {})[written] = Reference(sibling, column)
                if sibling != port.name:
                    siblings.setdefault(port.name, set()).add(sibling)
    needs = {port: frozenset(needed) for port, needed in siblings.items()}
    ports = {port for several in referred(product).foreign.values() for port in several}
    stamps = {reference_stamp(port): "unpublished" for port in ports}
    stamps |= {reference_stamp(str(port)): table.stamp for port, table in tables.items()}
    return References(found, needs, tuple(tables.values()), stamps)


def _written(port: OutputPort) -> Iterator[str]:
    described = port.contract.object_for(port.name) if port.contract else None
    if described is None:
        return
    for relationship in [
        *described.relationships,
        *(r for column in described.columns for r in column.relationships),
    ]:
        yield from relationship.references


def _siblings(product: Product) -> dict[str, str]:
    """Return the port of each name that an object of the product's contracts has."""
    names: dict[str, str] = {}
    for port in product.outputs:
        described: ContractObject | None = (
            port.contract.object_for(port.name) if port.contract else None
        )
        for name in (described.physical_name, described.name) if described else ():
            names.setdefault(name, port.name)
    return {**names, **{port.name: port.name for port in product.outputs}}


def _foreign(written: str, product: Product) -> Address | None:
    parts = written.split(".")
    if len(parts) != 4 or not all(is_name(part) for part in parts[:3]):
        return None
    address = Address(parts[0], parts[1], parts[2], parts[3])
    return None if address.product_address == product.address else address


def _local(written: str, names: Mapping[str, str], product: Product) -> tuple[str, str] | None:
    parts = written.split(".")
    if len(parts) == 4 and parts[:2] == [product.address.domain, product.address.product]:
        parts = parts[2:]
    if len(parts) != 2 or parts[0] not in names:
        return None
    return names[parts[0]], parts[1]


def _table(
    wiring: Wiring, reader: Reader, product: Product, address: Address
) -> ForeignTable | None:
    """Return a port as the product may look values up in it; None where it may not, or only in some rows."""
    try:
        pinned = pin(reader, address.port_address)
    except MeshwrightError:
        return None
    decision = seen_by(wiring, reader, product.address, pinned)
    if decision is not None and (
        not decision.is_allowed or decision.filters or decision.minimum_group
    ):
        return None
    folder = folder_of(wiring.mesh.data, pinned.location)
    port = address.port_address
    return ForeignTable(
        f"{SCHEMA}.{port.domain}__{port.product}__{port.port}",
        tuple(folder / file.path for file in pinned.files),
        pinned.columns,
        port_stamp(pinned.data_version),
        frozenset(name.lower() for name in decision.masks) if decision else frozenset(),
        None if decision is None or decision.is_whole else pinned,
    )


def as_shown(wiring: Wiring, product: Address, references: References, aside: Path) -> References:
    """Return references of which a port that the product sees in part is a copy of that part, in `aside`."""
    tables = tuple(_as_shown(wiring, product, table, aside) for table in references.tables)
    return replace(references, tables=tables)


def _as_shown(wiring: Wiring, product: Address, table: ForeignTable, aside: Path) -> ForeignTable:
    if table.part is None:
        return table
    path = copy_shown(wiring, product, table.part, aside / f"{table.relation}.parquet")
    return replace(table, files=(path,))


def files_of(tables: Iterable[ForeignTable]) -> Iterator[Path]:
    """Yield the files of foreign tables, for the session's reach."""
    for table in tables:
        yield from table.files
