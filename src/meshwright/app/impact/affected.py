"""Whom a change hits: the products whose columns rest on what changes, and the people behind them."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from meshwright.app.order import load_briefs
from meshwright.app.product_graph import graph_of
from meshwright.app.wiring import Wiring
from meshwright.lineage.reading import (
    dataset_edges_down,
    is_traced,
    present_names,
    product_edges,
    served,
)
from meshwright.lineage.resting import Resting, resting_on
from meshwright.model.address import Address
from meshwright.model.lineage import UNKNOWN
from meshwright.model.plan import Affected, ChangedItem
from meshwright.spi.state_store import Reader

WHO = "CASE WHEN principal = '' THEN actor ELSE principal END"  # of a query, also of an old one
READ_WITHIN = timedelta(days=30)  # who asked a port so lately is hit by its change


def affected(
    wiring: Wiring, reader: Reader, address: Address, items: Sequence[ChangedItem | str] = ()
) -> tuple[Affected, ...]:
    """Return the products that would notice changes of a port, nearest first; after them its own readers.

    `items` are what changes, or names of columns; what is about no column (the key, a rule of the table),
    or no item at all, is taken to change all of it. At the end stands the port's own product where people
    asked the port within thirty days: they are its `people`.
    """
    port = address.port_address
    columns = _columns_hit(wiring, port, items)
    resting = rests_on(reader, [(str(port), column) for column in columns])
    found = [*consumers(wiring, reader, port, columns, resting)]
    readers = readers_of(reader, {str(port)})
    if readers:
        own = tuple(f"{port}.{column}" for column in columns if column)
        found.append(Affected(str(port.product_address), own, readers))
    return tuple(found)


def rests_on(reader: Reader, starts: Iterable[tuple[str, str]]) -> list[Resting]:
    """Return the columns of served versions that rest on some columns; a column '' is every one."""
    at = served(reader)
    return resting_on(
        starts, lambda dataset, column: dataset_edges_down(reader, dataset, column, at)
    )


def consumers(
    wiring: Wiring,
    reader: Reader,
    port: Address,
    columns: Collection[str],
    resting: Iterable[Resting],
) -> Iterator[Affected]:
    """Yield the products below a port of which a column is hit, or of which it is not known."""
    graph = graph_of(wiring)
    hit: dict[str, list[str]] = {}
    for one in resting:
        hit.setdefault(one.by, []).append(f"{one.dataset}.{one.column}")
    refer = _referring(wiring, port, columns)
    unknown: set[Address] = set()
    below = graph.below(port.product_address, [port.port])
    for product in (*below, *(one for one in refer if one not in below)):
        outputs = {str(one) for one in below.get(product, ())}
        own = [name for name in hit.get(str(product), []) if name.rpartition(".")[0] in outputs]
        reads = graph.reads(product)
        is_next = port in reads or any(one.product_address in unknown for one in reads)
        if is_next and product in below and not is_known(reader, product):
            unknown.add(product)
        if own or product in unknown or hit.get(str(product)) or product in refer:
            named = tuple(dict.fromkeys([*own, *refer.get(product, ())]))
            people = {*graph.owners(product), *readers_of(reader, outputs)}
            yield Affected(str(product), named, tuple(sorted(people)))


def is_known(reader: Reader, product: Address) -> bool:
    """Say whether it is known what the columns of a product's served version are made of."""
    version = served(reader)(str(product))
    if version is None or not is_traced(reader, str(product), version):
        return False
    return not any(
        link.kind == UNKNOWN and not link.source
        for link in product_edges(reader, str(product), version)
    )


def readers_of(reader: Reader, ports: Collection[str]) -> tuple[str, ...]:
    """Return the principals who asked any of these ports within thirty days."""
    since = (datetime.now(UTC) - READ_WITHIN).isoformat(timespec="microseconds")
    rows = reader.rows(f"SELECT DISTINCT {WHO}, read FROM queries WHERE at >= ?", (since,))
    present = present_names(reader)
    return tuple(
        sorted(
            {
                str(actor)
                for actor, read in rows
                if any(present(name.partition("@")[0]) in ports for name in json.loads(str(read)))
            }
        )
    )


def _columns_hit(
    wiring: Wiring, port: Address, items: Sequence[ChangedItem | str]
) -> tuple[str, ...]:
    """Return the columns that items are about; `('',)` where one is about more than columns."""
    known = set(_declared(wiring, port))
    found: list[str] = []
    for item in items:
        path = item if isinstance(item, str) else item.path
        name = path.partition(".")[0].partition("[")[0]
        is_column = isinstance(item, str) or name in known or f"column `{path}`" in item.what
        if not is_column:
            return ("",)
        found.append(name)
    return tuple(dict.fromkeys(found)) or ("",)


def _declared(wiring: Wiring, port: Address) -> Mapping[str, int]:
    """Return the columns of a port's contract as it is written, with their lines."""
    output = wiring.workspace.product(port).output(port.port)
    described = output.contract.object_for(port.port) if output and output.contract else None
    return {column.name: column.line for column in described.columns} if described else {}


def _referring(
    wiring: Wiring, port: Address, columns: Collection[str]
) -> dict[Address, tuple[str, ...]]:
    """Return the products whose contracts have foreign keys to a port, and the columns that are such."""
    found: dict[Address, tuple[str, ...]] = {}
    for name, brief in load_briefs(wiring).items():
        if brief is None or str(port) not in map(brief.present, brief.references):
            continue
        product = wiring.workspace.product(Address.parse(name))
        targets = {f"{port}.{column}" for column in columns if column}
        keys = []
        for output in product.outputs:
            described = output.contract.object_for(output.name) if output.contract else None
            for column in described.columns if described else ():
                written = {r for one in column.relationships for r in one.references}
                if written & targets if targets else any(r.startswith(f"{port}.") for r in written):
                    keys.append(f"{product.address}.{output.name}.{column.name}")
        if keys:
            found[product.address] = tuple(keys)
    return found
