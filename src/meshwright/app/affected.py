"""Whom a change of a contract hits: products whose columns rest on what breaks, and their people.

Where something is served, what was traced of it tells; where nothing is, as in the gate of a pull request,
the models of the products below are traced as their files are.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from meshwright.app.product_graph import ProductGraph, graph_of
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError
from meshwright.model.address import Address
from meshwright.model.lineage import Dataset
from meshwright.model.plan import Affected, ChangedItem
from meshwright.spi.state_store import Reader

if TYPE_CHECKING:
    from meshwright.lineage.reading import Link

Hit = Callable[[Address, Sequence[ChangedItem]], tuple[Affected, ...]]


def hit_of_served(wiring: Wiring, reader: Reader) -> Hit:
    """Return what says who is hit, by what is served."""

    def hit(port: Address, items: Sequence[ChangedItem]) -> tuple[Affected, ...]:
        from meshwright.app.impact.affected import affected

        breaking = [item for item in items if item.level == "major"]
        return affected(wiring, reader, port, breaking) if breaking else ()

    return hit


def hit_of_files(wiring: Wiring, reader: Reader) -> Hit:
    """Return what says who is hit, by files alone; `reader` knows of nothing that is served."""

    def hit(port: Address, items: Sequence[ChangedItem]) -> tuple[Affected, ...]:
        breaking = [item for item in items if item.level == "major"]
        return _traced(wiring, reader, port, breaking) if breaking else ()

    return hit


def _traced(
    wiring: Wiring, reader: Reader, port: Address, items: Sequence[ChangedItem]
) -> tuple[Affected, ...]:
    from meshwright.lineage.resting import resting_on

    graph = graph_of(wiring)
    below = graph.below(port.product_address, [port.port])
    made: dict[str, list[Link]] = {}
    unknown = set()
    for product in below:
        links = _links(wiring, reader, product)
        if links is None or any(not link.source for link in links):
            unknown.add(product)
        for link in links or ():
            made.setdefault(link.source, []).append(link)

    def down(dataset: str, column: str) -> "Iterable[Link]":
        links = made.get(dataset, ())
        return [link for link in links if not column or link.source_column in ("", column)]

    rests = resting_on([(str(port), name) for name in _columns(items)], down)
    columns: dict[str, list[str]] = {}
    for one in rests:
        columns.setdefault(one.by, []).append(f"{one.dataset}.{one.column}")
    return tuple(_affected(graph, below, columns, unknown))


def _affected(
    graph: ProductGraph,
    below: dict[Address, tuple[Address, ...]],
    columns: dict[str, list[str]],
    unknown: set[Address],
) -> Iterator[Affected]:
    for product, ports in below.items():
        outputs = {str(one) for one in ports}
        hit = columns.get(str(product), [])
        if hit or product in unknown:
            own = [name for name in hit if name.rpartition(".")[0] in outputs]
            yield Affected(str(product), tuple(dict.fromkeys(own)), graph.owners(product))


def _columns(items: Sequence[ChangedItem]) -> list[str]:
    """Return the columns that items are about; `['']` where one is about more than columns."""
    found = []
    for item in items:
        name = item.path.partition(".")[0].partition("[")[0]
        if f"`{item.path}`" not in item.what or item.what.startswith("quality rule"):
            return [""]
        found.append(name)
    return list(dict.fromkeys(found))


def _links(wiring: Wiring, reader: Reader, address: Address) -> "list[Link] | None":
    """Return what a product's columns are made of, as its files are; None where that can't be read."""
    from meshwright.app.origins import trace_product
    from meshwright.lineage.reading import Link
    from meshwright.transform.reading import read_models

    try:
        product = wiring.workspace.product(address)
        models, _ = read_models(product, wiring.reader)
        if models is None:
            return None
        traced = trace_product(wiring, reader, product, models)
    except MeshwrightError:
        return None
    return [
        Link(
            f"{address}.{model}",
            edge.output,
            _source(traced.product, edge.table, traced.inputs),
            edge.column,
            edge.kind,
            edge.how,
            by=str(address),
        )
        for model, lineage in traced.models.items()
        for edge in lineage.edges
    ]


def _source(product: str, table: str, inputs: Mapping[str, Dataset]) -> str:
    if not table:
        return ""
    dataset = inputs.get(table)
    return dataset.name if dataset else f"{product}.{table}"
