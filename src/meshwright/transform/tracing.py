"""Say what the columns of a product's models are made of, each model after those that it reads.

What must stay true: nothing that goes wrong here stops whoever asks. What cannot be traced is said to be
unknown, and what a file that was written is known to hold outweighs what its SQL seems to give.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from meshwright.model.lineage import (
    EVERY,
    FILTER,
    INDIRECT,
    UNKNOWN,
    Dataset,
    Edge,
    SelectLineage,
)
from meshwright.spi.sql_reader import SqlReader
from meshwright.transform.graph import ModelGraph, ModelNode

Columns = Mapping[str, Sequence[str]]


def trace_models(
    graph: ModelGraph,
    reader: SqlReader,
    inputs: Mapping[str, Dataset],
    staged: Columns | None = None,
    promised: Columns | None = None,
) -> dict[str, SelectLineage]:
    """Return the lineage of every model, over its inputs and the models before it, by their names.

    `staged` are the columns that models are known to have; `promised` are taken where nothing else tells.
    """
    known = {name.lower(): dataset.columns for name, dataset in inputs.items()}
    found: dict[str, SelectLineage] = {}
    for name, node in graph.nodes.items():
        tables = {table: known.get(table.lower()) for table in sorted(node.facts.tables)}
        lineage = _named(_trace(reader, node, tables), node)
        exact = (staged or {}).get(name)
        if exact is not None:
            lineage = _fitted(lineage, exact, node)
        columns = tuple(exact or lineage.columns or (promised or {}).get(name, ()))
        edges = (*lineage.edges, *_rows(lineage, node))
        found[name] = SelectLineage(columns, edges)
        known[name.lower()] = columns or None
    return found


def _trace(
    reader: SqlReader, node: ModelNode, tables: Mapping[str, Sequence[str] | None]
) -> SelectLineage:
    try:
        return reader.trace(node.model.sql, tables)
    except Exception:  # a parser's own faults too: lineage is told of, never needed to build
        columns = node.facts.columns
        return SelectLineage(
            columns, tuple(edge for c in columns or (EVERY,) for edge in _unknown(c, node))
        )


def _named(lineage: SelectLineage, node: ModelNode) -> SelectLineage:
    """Name tables as the product does, whatever letter case the SQL writes."""
    names = {name.lower(): name for name in (*node.inputs, *node.models)}
    edges = (_said(edge, names.get(edge.table.lower(), edge.table)) for edge in lineage.edges)
    return SelectLineage(lineage.columns, tuple(dict.fromkeys(edges)))


def _said(edge: Edge, table: str) -> Edge:
    if edge.kind == UNKNOWN:
        return Edge(edge.output, table, edge.column, UNKNOWN, "")
    return edge if edge.table == table else replace(edge, table=table)


def _fitted(lineage: SelectLineage, exact: Sequence[str], node: ModelNode) -> SelectLineage:
    """Bring what was traced to the columns that there are: of one that was not seen, nothing is known."""
    spelled = {column.lower(): column for column in exact} | {EVERY: EVERY}
    edges = [
        replace(edge, output=spelled[edge.output.lower()])
        for edge in lineage.edges
        if edge.output.lower() in spelled
    ]
    if not any(edge.output == EVERY and edge.kind == UNKNOWN for edge in edges):
        seen = {column.lower() for column in lineage.columns}
        seen |= {edge.output.lower() for edge in edges}
        edges += [edge for c in exact if c.lower() not in seen for edge in _unknown(c, node)]
    return SelectLineage(tuple(exact), tuple(edges))


def _rows(lineage: SelectLineage, node: ModelNode) -> list[Edge]:
    """Say of columns made of no column, such as `count(*)` or `1`, which tables decide how many there are.

    The input column of such an edge is empty: it is the rows that count.
    """
    made = {edge.output for edge in lineage.edges}
    everywhere = {edge.table for edge in lineage.edges if edge.output == EVERY}
    tables = sorted({*node.inputs, *node.models} - everywhere)
    return [
        Edge(column, table, "", INDIRECT, FILTER, reveals=False)
        for column in lineage.columns
        if column not in made
        for table in tables
    ]


def _unknown(column: str, node: ModelNode) -> list[Edge]:
    tables = sorted((*node.inputs, *node.models)) or [""]
    return [Edge(column, table, "", UNKNOWN, "") for table in tables]
