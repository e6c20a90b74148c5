"""The lineage around a port or column as a graph: what is next to it on both sides, and whose that is.

What must stay true: of what somebody may not know, the graph tells that it is there, and nothing else: not
its name, not its columns, not what it alone reads.
"""

import hmac
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from meshwright.app.catalog.board import Board
from meshwright.app.catalog.knowing import Knowing
from meshwright.app.lineage_start import Starts
from meshwright.app.mesh_ground import MeshGround
from meshwright.app.wiring import Wiring
from meshwright.lineage.graph import (
    ENDLESS,
    Graph,
    GraphEdge,
    GraphNode,
    graph_from,
    with_neighbours,
)
from meshwright.lineage.reading import product_inputs, product_of, served
from meshwright.lineage.walking import Place, Way, walk
from meshwright.spi.state_store import Reader

HIDDEN = "hidden"
_KEY = secrets.token_bytes(32)


@dataclass(frozen=True, slots=True)
class Around:
    """How far to look, in steps; None: to the end. `models`: through the models between ports."""

    up: int | None = 2
    down: int | None = 2
    models: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What is told of a data set. `columns`: all that it has; `kind`: as of a walk, or hidden."""

    kind: str
    columns: tuple[str, ...] = ()
    product: str = ""
    title: str = ""
    health: str = ""
    owners: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LineageGraph:
    """A graph, and what is known of each of its data sets, by name."""

    graph: Graph
    known: Mapping[str, Known]

    @property
    def hidden(self) -> int:
        """Return how many data sets of it the asker may not know of."""
        return sum(one.kind == HIDDEN for one in self.known.values())


def find_graph(wiring: Wiring, text: str, around: Around) -> LineageGraph:
    """Return the graph around an address, or the name of a source or of an external data set.

    Raises as `find_lineage` does.
    """
    with wiring.store.read() as reader:
        at = served(reader)
        ground = MeshGround(wiring, reader, at)
        starts = Starts(wiring, reader, ground, at)
        start, column, _ = starts.find(text)
        walks = [
            walk(ground, start, column, Way(up, 0 if steps is None else steps + 1, around.models))
            for up, steps in ((True, around.up), (False, around.down))
        ]
        reach = [ENDLESS if steps is None else steps for steps in (around.up, around.down)]
        graph = graph_from(walks, reach)
        graph = with_neighbours(graph, _Beside(ground, reader, around, len(graph.nodes)))
        places = _places(graph)
        known = {
            place.dataset: Known(
                ground.kind(place), starts.columns(place), product_of(place.dataset)
            )
            for place in places
        }
    return LineageGraph(graph, known)


def without_hidden(found: LineageGraph, knowing: Knowing) -> LineageGraph:
    """Return the graph as somebody may have it; names for what is hidden last as long as the process."""
    hidden = _hidden(found.graph, knowing)
    if not hidden:
        return found
    key = _KEY + knowing.principal.name.encode()

    def name(dataset: str) -> str:
        if dataset not in hidden:
            return dataset
        return f"{HIDDEN}:{hmac.new(key, dataset.encode(), 'sha256').hexdigest()[:12]}"

    known = {
        name(dataset): Known(HIDDEN) if dataset in hidden else one
        for dataset, one in found.known.items()
    }
    return LineageGraph(_renamed(found.graph, hidden, name), known)


def described(found: LineageGraph, board: Board) -> LineageGraph:
    """Return the graph with titles, health and owners."""
    known = {
        dataset: one if one.kind == HIDDEN else _described(one, dataset, board)
        for dataset, one in found.known.items()
    }
    return replace(found, known=known)


def _described(one: Known, dataset: str, board: Board) -> Known:
    product, health = board.products.get(one.product), board.health_of.get(dataset)
    return replace(
        one,
        title=product.name if product else "",
        owners=product.owners if product else (),
        health=health.status if health else "",
    )


def _hidden(graph: Graph, knowing: Knowing) -> frozenset[str]:
    """Return the data sets of hidden products, and what only these read or write."""

    def is_open(product: str) -> bool:
        return not product or knowing.of(product)

    hidden = set()
    for node in graph.nodes:
        product = product_of(node.dataset)
        makers = {e.by for e in graph.edges if node.dataset in (e.source, e.target)}
        products = {maker for maker in makers if product_of(f"{maker}.port") == maker}
        if not is_open(product) or (
            not product and products and products == makers and not any(map(is_open, products))
        ):
            hidden.add(node.dataset)
    return frozenset(hidden)


def _renamed(graph: Graph, hidden: Collection[str], name: Callable[[str], str]) -> Graph:
    def node(one: GraphNode) -> GraphNode:
        if one.dataset not in hidden:
            return one
        return GraphNode(name(one.dataset), one.depth)

    def edge(one: GraphEdge) -> GraphEdge:
        is_from, is_to = one.source in hidden, one.target in hidden
        if not is_from and not is_to:
            return one
        return replace(
            one,
            source=name(one.source),
            target=name(one.target),
            source_column="" if is_from else one.source_column,
            column="" if is_to else one.column,
            how="",
            by="",
            is_masked=False,
        )

    return replace(
        graph, nodes=tuple(map(node, graph.nodes)), edges=tuple(sorted(set(map(edge, graph.edges))))
    )


class _Beside:
    """What is next to a data set, by what products read; on a side that was walked to its end, nothing."""

    def __init__(self, ground: MeshGround, reader: Reader, around: Around, shown: int) -> None:
        self._ground, self._reader, self._around = ground, reader, around
        self._enough = shown + 1  # readers: one of them at least is not shown

    def above(self, node: GraphNode) -> Iterator[str]:
        """Return what its product reads: a little more than the data set itself is made of."""
        product = product_of(node.dataset)
        if not product or self._around.models or (self._around.up is None and node.depth <= 0):
            return
        version = max(node.versions, default=0) or self._ground.version(product)
        if version is not None:
            yield from (one.dataset for one in product_inputs(self._reader, product, version))

    def below(self, node: GraphNode) -> Iterator[str]:
        """Return the ports of products that read it: of all, or of more than are shown."""
        if self._around.models or (self._around.down is None and node.depth >= 0):
            return
        for product in self._ground.some_readers(node.dataset, self._enough):
            yield from self._ground.ports(product, self._ground.version(product))


def _places(graph: Graph) -> Sequence[Place]:
    return [Place(node.dataset, max(node.versions, default=0)) for node in graph.nodes]
