"""The one JSON shape of a lineage graph: what the explorer draws, and what its list says."""

from collections.abc import Mapping
from typing import Any

from meshwright.app.lineage_graph import HIDDEN, Known, LineageGraph
from meshwright.lineage.graph import GraphEdge, GraphNode
from meshwright.model.lineage import DIRECT, UNKNOWN

SOMETHING = "something you may not know of"


def graph_shape(found: LineageGraph) -> dict[str, Any]:
    """Return a graph: data sets with their columns, and each pair of columns once, whatever ties them."""
    graph = found.graph
    return {
        "start": graph.start,
        "column": graph.column,
        "left_out": graph.left_out,
        "nodes": [node_shape(node, found.known[node.dataset]) for node in graph.nodes],
        "edges": [_edge(pair, edges) for pair, edges in sorted(_pairs(graph.edges).items())],
    }


def node_shape(node: GraphNode, known: Known) -> dict[str, Any]:
    """Return one data set: `way` are its columns on the way, `columns` all that it has."""
    is_hidden = known.kind == HIDDEN
    return {
        "id": node.dataset,
        "kind": known.kind,
        "label": SOMETHING if is_hidden else label_of(node.dataset, known.product),
        "product": known.product,
        "domain": known.product.partition(".")[0],
        "title": known.title,
        "versions": list(node.versions),
        "depth": node.depth,
        "columns": list(dict.fromkeys([*known.columns, *node.columns])),
        "way": list(node.columns),
        "health": known.health,
        "owners": list(known.owners),
        "more_up": node.has_more_up and not is_hidden,
        "more_down": node.has_more_down and not is_hidden,
    }


def label_of(dataset: str, product: str) -> str:
    """Return what a data set is called beside its product: a port by its name, a source by its file."""
    if product:
        return dataset.rpartition(".")[2]
    return dataset if dataset else "not known"


Pair = tuple[str, str, str, str]


def _pairs(edges: tuple[GraphEdge, ...]) -> Mapping[Pair, list[GraphEdge]]:
    found: dict[Pair, list[GraphEdge]] = {}
    for edge in edges:
        pair = (edge.source, edge.source_column, edge.target, edge.column)
        found.setdefault(pair, []).append(edge)
    return found


def _edge(pair: Pair, edges: list[GraphEdge]) -> dict[str, Any]:
    kinds = {edge.kind for edge in edges}
    kind = "direct" if DIRECT in kinds else "unknown" if UNKNOWN in kinds else "indirect"
    return {
        "source": pair[0],
        "source_column": pair[1],
        "target": pair[2],
        "column": pair[3],
        "kind": kind,
        "how": sorted({_words(edge) for edge in edges if edge.how}),
        "masked": any(edge.is_masked for edge in edges),
        "is_direct": any(edge.is_direct for edge in edges),
    }


_HOW = {
    "IDENTITY": "unchanged",
    "TRANSFORMATION": "computed",
    "AGGREGATION": "aggregated",
    "JOIN": "joined by",
    "FILTER": "filtered by",
    "GROUP_BY": "grouped by",
    "SORT": "sorted by",
    "WINDOW": "windowed by",
    "CONDITIONAL": "decided by",
}


def _words(edge: GraphEdge) -> str:
    said = _HOW.get(edge.how, edge.how.lower().replace("_", " "))
    return "masked" if edge.is_masked and edge.kind == DIRECT else said
