"""A lineage graph as a list: step by step from the start, for who reads rather than looks."""

from collections.abc import Mapping
from typing import Any

Shape = Mapping[str, Any]


def steps_of(shape: Shape, is_up: bool) -> list[dict[str, Any]]:
    """Return the data sets above (or below) the start, nearest first, each with what ties it to others."""
    sign = -1 if is_up else 1
    names = {node["id"]: node for node in shape["nodes"]}
    near, far = ("target", "source") if is_up else ("source", "target")
    found = []
    for node in sorted(names.values(), key=lambda one: abs(one["depth"])):
        if node["depth"] * sign <= 0:
            continue
        ties: dict[str, list[dict[str, Any]]] = {}
        for edge in shape["edges"]:
            if edge[far] == node["id"] and edge[near] in names:
                ties.setdefault(edge[near], []).append(edge)
        found.append(
            {
                "node": node,
                "step": abs(node["depth"]),
                "ties": [{"to": names[name], "edges": edges} for name, edges in ties.items()],
            }
        )
    return found
