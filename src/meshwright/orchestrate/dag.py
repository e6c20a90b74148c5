"""Small questions about a graph given as node -> what it depends on. Cost follows nodes and edges."""

from collections.abc import Collection, Hashable, Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


def levels(nodes: Iterable[Node], depends_on: Mapping[Node, Iterable[Node]]) -> list[list[Node]]:
    """Return the nodes in layers, each resting on those before only, each sorted by name.

    Edges to nodes that are not among `nodes` are left out. Raises `CycleError` on a cycle.
    """
    edges = _within(nodes, depends_on)
    found, waiting = _layers(edges)
    if waiting:
        TopologicalSorter(edges).prepare()  # raises, and names the cycle
    return found


def endless(depends_on: Mapping[Node, Iterable[Node]]) -> set[Node]:
    """Return the nodes that are in a cycle, and those that wait for one."""
    return _layers(_within(depends_on, depends_on))[1]


def cycle(nodes: Iterable[Node], depends_on: Mapping[Node, Iterable[Node]]) -> tuple[Node, ...]:
    """Return one cycle as a path whose last node is its first, or nothing."""
    try:
        TopologicalSorter(_within(nodes, depends_on)).prepare()
    except CycleError as error:
        path: list[Node] = list(reversed(error.args[1]))[:-1]
        turn = path.index(min(path, key=str))
        return (*path[turn:], *path[: turn + 1])
    return ()


def reachable(starts: Iterable[Node], edges: Mapping[Node, Iterable[Node]]) -> set[Node]:
    """Return `starts` and everything that following `edges` leads to."""
    found: set[Node] = set()
    waiting = list(starts)
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting.extend(edges.get(node, ()))
    return found


def turned(depends_on: Mapping[Node, Iterable[Node]]) -> dict[Node, list[Node]]:
    """Return the same edges the other way: node -> what depends on it."""
    found: dict[Node, list[Node]] = {}
    for node, needed in depends_on.items():
        for one in needed:
            found.setdefault(one, []).append(node)
    return found


def heights(nodes: Collection[Node], depends_on: Mapping[Node, Iterable[Node]]) -> dict[Node, int]:
    """Return for each node how long the longest path of nodes is that waits for it."""
    found = dict.fromkeys(nodes, 0)
    for layer in reversed(levels(nodes, depends_on)):
        for node in layer:
            for needed in depends_on.get(node, ()):
                if needed in found:
                    found[needed] = max(found[needed], found[node] + 1)
    return found


def _within(
    nodes: Iterable[Node], depends_on: Mapping[Node, Iterable[Node]]
) -> dict[Node, list[Node]]:
    known = dict.fromkeys(nodes)
    return {
        node: [n for n in dict.fromkeys(depends_on.get(node, ())) if n in known] for node in known
    }


def _layers(edges: Mapping[Node, Collection[Node]]) -> tuple[list[list[Node]], set[Node]]:
    """Return the nodes layer by layer, and those that no layer can hold."""
    dependents = turned(edges)
    waits = {node: len(needed) for node, needed in edges.items() if needed}
    layer = [node for node in edges if node not in waits]
    found: list[list[Node]] = []
    while layer:
        found.append(sorted(layer, key=str))
        layer = []
        for node in found[-1]:
            for dependent in dependents.get(node, ()):
                waits[dependent] -= 1
                if not waits[dependent]:
                    layer.append(dependent)
    return found, {node for node, count in waits.items() if count}
