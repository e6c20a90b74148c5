"""Walks up and down from one place as one graph that can be drawn: data sets, and the columns on the way.

What must stay true: an edge stands once, however many ways lead over it; where not all is shown, the data
sets at the border say on which side there is more.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from meshwright.lineage.reading import EVERY
from meshwright.lineage.walking import Arrow, Place, Walk
from meshwright.model.lineage import DIRECT

MOST = 2000  # data sets in one graph
ENDLESS = 10**6


@dataclass(frozen=True, slots=True)
class GraphNode:
    """A data set. `depth`: steps from the start, below 0 above it; `columns`: those on the way."""

    dataset: str
    depth: int
    versions: tuple[int, ...] = ()
    columns: tuple[str, ...] = ()
    has_more_up: bool = False
    has_more_down: bool = False


@dataclass(frozen=True, slots=True, order=True)
class GraphEdge:
    """What a column is made of. An empty column is the whole data set, or which one is not known.

    `is_direct`: so is the whole way to the start.
    """

    source: str
    source_column: str
    target: str
    column: str
    kind: str
    how: str
    by: str
    is_masked: bool = False
    is_direct: bool = False


@dataclass(frozen=True, slots=True)
class Graph:
    """What was reached, the nearest first. `left_out`: data sets beyond the most there may be."""

    start: str
    column: str
    nodes: tuple[GraphNode, ...]
    edges: tuple[GraphEdge, ...]
    left_out: int = 0

    def node(self, dataset: str) -> GraphNode | None:
        """Return a data set of the graph; None where it is not in it."""
        return next((node for node in self.nodes if node.dataset == dataset), None)


class Neighbours(Protocol):
    """Which data sets are next to one, as far as that is known without a walk."""

    def above(self, node: GraphNode) -> Iterable[str]:
        """Return the data sets that it is made of."""

    def below(self, node: GraphNode) -> Iterable[str]:
        """Return the data sets that are made of it."""


def graph_from(walks: Sequence[Walk], reach: Sequence[int], most: int = MOST) -> Graph:
    """Return the graph of walks from the same start, each with how many of its steps are shown.

    A walk that went one step further than is shown tells where there is more.
    """
    start = walks[0].start
    signed: dict[str, int] = {start.dataset: 0}
    for walk, steps in zip(walks, reach, strict=True):
        for arrow in walk.arrows:
            if arrow.depth <= steps:
                far, sign = _far(walk, arrow), -1 if walk.direction == "up" else 1
                signed.setdefault(far.dataset, sign * arrow.depth)
    nearest = sorted(signed, key=lambda name: abs(signed[name]))
    kept = set(nearest[:most])
    shown = [
        arrow
        for walk, steps in zip(walks, reach, strict=True)
        for arrow in walk.arrows
        if arrow.depth <= steps and {arrow.source.dataset, arrow.target.dataset} <= kept
    ]
    edges = _once(shown)
    more = _borders(walks, edges)
    places = {start, *(place for arrow in shown for place in (arrow.source, arrow.target))}
    nodes = tuple(
        GraphNode(
            name,
            signed[name],
            tuple(sorted({p.version for p in places if p.dataset == name and p.version})),
            _columns(name, edges, walks[0].column if name == start.dataset else ""),
            name in more[0],
            name in more[1],
        )
        for name in nearest
        if name in kept
    )
    return Graph(start.dataset, walks[0].column, nodes, edges, len(signed) - len(kept))


def with_neighbours(graph: Graph, neighbours: Neighbours) -> Graph:
    """Return the graph with what else is next to its data sets told, on either side."""
    shown = {node.dataset for node in graph.nodes}

    def told(node: GraphNode) -> GraphNode:
        up = node.has_more_up or any(one not in shown for one in neighbours.above(node))
        down = node.has_more_down or any(one not in shown for one in neighbours.below(node))
        return replace(node, has_more_up=up, has_more_down=down)

    return replace(graph, nodes=tuple(map(told, graph.nodes)))


def _far(walk: Walk, arrow: Arrow) -> Place:
    return arrow.source if walk.direction == "up" else arrow.target


def _once(arrows: Iterable[Arrow]) -> tuple[GraphEdge, ...]:
    """Return each edge once; one that a direct way leads over is direct."""
    found: dict[GraphEdge, bool] = {}
    for arrow in arrows:
        link = arrow.link
        column = "" if link.column == EVERY else link.column
        edge = GraphEdge(
            link.source, link.source_column, link.dataset, column,
            link.kind, link.how, link.by, link.is_masked,
        )  # fmt: skip
        found[edge] = found.get(edge, False) or (arrow.is_direct and link.kind == DIRECT)
    return tuple(replace(edge, is_direct=direct) for edge, direct in sorted(found.items()))


def _borders(
    walks: Sequence[Walk], edges: Sequence[GraphEdge]
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the data sets that have more above, and those that have more below, than the edges show."""
    known = {(edge.source, edge.target) for edge in edges}
    more: tuple[set[str], set[str]] = (set(), set())
    for walk in walks:
        for arrow in walk.arrows:
            if (arrow.source.dataset, arrow.target.dataset) not in known:
                is_up = walk.direction == "up"
                near = arrow.target if is_up else arrow.source
                more[0 if is_up else 1].add(near.dataset)
    return frozenset(more[0]), frozenset(more[1])


def _columns(dataset: str, edges: Sequence[GraphEdge], column: str) -> tuple[str, ...]:
    found = {column}
    for edge in edges:
        if edge.source == dataset:
            found.add(edge.source_column)
        if edge.target == dataset:
            found.add(edge.column)
    return tuple(sorted(found - {"", EVERY}))
