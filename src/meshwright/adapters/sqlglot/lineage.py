"""The lineage of one SELECT as edges: what `tracing` finds, in order and without what says nothing new."""

from collections.abc import Iterable, Mapping, Sequence

from meshwright.adapters.sqlglot.facts import facts_of, tree_of
from meshwright.adapters.sqlglot.tracing.queries import trace
from meshwright.adapters.sqlglot.tracing.relations import Column, Relation, Rest
from meshwright.adapters.sqlglot.tracing.scopes import Names
from meshwright.adapters.sqlglot.tracing.uses import Dep
from meshwright.model.lineage import EVERY, UNKNOWN, Edge, SelectLineage

Tables = Mapping[str, Sequence[str] | None]


def lineage_of(sql: str, tables: Tables) -> SelectLineage:
    """Say what each output column of one SELECT is made of."""
    try:
        relation = trace(tree_of(sql), Names(_Tables(tables), trace), None)
    except RecursionError:
        return _unknown(sql)
    columns = tuple(column.name for column in relation.columns)
    is_known = bool(columns) and all(columns) and not relation.rest
    return SelectLineage(columns if is_known else (), tuple(_edges(relation)))


class _Tables(dict[str, Relation]):
    """The tables as relations, each made when it is first asked for."""

    def __init__(self, columns: Tables) -> None:
        self._columns = columns

    def __missing__(self, table: str) -> Relation:
        columns = self._columns.get(table)
        if columns is None:
            relation = Relation([], [Rest.of_table(table)])
        else:
            relation = Relation([Column(c, frozenset((Dep(table, c),))) for c in columns])
        self[table] = relation
        return relation


def _unknown(sql: str) -> SelectLineage:
    """A text that nests too deeply to be followed: anything may come from any of its tables."""
    edges = (Edge(EVERY, table, "", UNKNOWN) for table in sorted(facts_of(sql).tables))
    return SelectLineage((), tuple(edges))


def _edges(relation: Relation) -> list[Edge]:
    """Return the edges, sorted; an output's own edge is left out where one for every output says it."""
    edges = _merged(EVERY, relation.every)
    for rest in relation.rest:
        edges |= _merged(EVERY, rest.all())
    told = {(_what(edge), reveals) for edge in edges for reveals in (False, edge.reveals)}
    for column in relation.columns:
        own = _merged(column.name or EVERY, column.deps)
        edges |= {edge for edge in own if (_what(edge), edge.reveals) not in told}
    return sorted(edges)


def _what(edge: Edge) -> tuple[str, str, str, str, bool]:
    return edge.table, edge.column, edge.kind, edge.how, edge.is_masked


def _merged(output: str, deps: Iterable[Dep]) -> set[Edge]:
    """Join dependencies that differ in what they reveal only: the more telling one counts."""
    best: dict[tuple[str, str, str, str], tuple[bool, bool]] = {}
    for table, column, kind, how, is_masked, reveals in deps:
        key = (table, column, kind, how)
        masked, open_ = best.get(key, (True, False))
        best[key] = (masked and is_masked, open_ or reveals)
    return {Edge(output, *key, *flags) for key, flags in best.items()}
