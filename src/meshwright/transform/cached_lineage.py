"""Edges as bytes and back: short, because a mesh has many."""

import json

from meshwright.model.lineage import Edge, SelectLineage


def encoded_lineage(lineage: SelectLineage) -> bytes:
    """Return the lineage of one SELECT as bytes."""
    edges = [
        [e.output, e.table, e.column, e.kind, e.how, int(e.is_masked), int(e.reveals)]
        for e in lineage.edges
    ]
    return json.dumps([lineage.columns, edges], separators=(",", ":")).encode()


def decoded_lineage(stored: bytes) -> SelectLineage | None:
    """Return what was encoded; None for anything else, so that it is traced again."""
    try:
        columns, edges = json.loads(stored)
        return SelectLineage(tuple(columns), tuple(_edge(*parts) for parts in edges))
    except (ValueError, TypeError):
        return None


def _edge(
    output: str, table: str, column: str, kind: str, how: str, is_masked: int, reveals: int
) -> Edge:
    return Edge(output, table, column, kind, how, bool(is_masked), bool(reveals))
