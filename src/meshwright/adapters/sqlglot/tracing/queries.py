"""A whole query: its CTEs, its SELECTs, what is set beside or above them."""

from collections.abc import Callable, Iterable
from functools import partial

from sqlglot import exp

from meshwright.adapters.sqlglot.tracing.expressions import Walk, deps_of
from meshwright.adapters.sqlglot.tracing.pivots import pivoted
from meshwright.adapters.sqlglot.tracing.relations import Column, Relation, deduplicated
from meshwright.adapters.sqlglot.tracing.scopes import Names, Scope
from meshwright.adapters.sqlglot.tracing.selects import limited, ordered, select
from meshwright.adapters.sqlglot.tracing.sets import combined
from meshwright.adapters.sqlglot.tracing.sources import anything, relation_of
from meshwright.adapters.sqlglot.tracing.uses import GROUPED, Dep, through

_MOST_ROUNDS = 20  # a recursive CTE is followed until nothing is added


def trace(node: exp.Expression, names: Names, parent: Scope | None) -> Relation:
    """Return what a query gives; `parent` is the scope around a subquery."""
    with_ = node.args.get("with_")
    if with_ is not None:
        names = _with_ctes(with_, names, parent)
    if isinstance(node, exp.Select):
        return select(node, names, parent)
    if isinstance(node, exp.SetOperation):
        return _set(node, names, parent)
    if isinstance(node, exp.Subquery):
        return _subquery(node, names, parent)
    if isinstance(node, exp.Values):
        return _values(node, Scope(names, parent))
    if isinstance(node, exp.Pivot) and node.this is not None:
        scope = Scope(names, parent)
        every: set[Dep] = set()
        _, relation = relation_of(scope, node.this, every)
        held = Relation(relation.columns, relation.rest, relation.every | every)
        return pivoted(scope, held, node)
    return anything(names, node)


def _set(node: exp.SetOperation, names: Names, parent: Scope | None) -> Relation:
    """A long chain of UNIONs hangs on its left side: it is walked, not recursed into."""
    chain = [node]
    while isinstance(chain[-1].this, exp.SetOperation) and not _is_bounded(chain[-1].this):
        chain.append(chain[-1].this)
    relation = trace(chain[-1].this, names, parent)
    for link in reversed(chain):
        relation = combined(link, relation, trace(link.expression, names, parent))
    return _sorted(node, relation, names, parent)


def _is_bounded(node: exp.Expression) -> bool:
    return any(node.args.get(key) for key in ("with_", "order", "limit", "offset"))


def _subquery(node: exp.Subquery, names: Names, parent: Scope | None) -> Relation:
    scope = Scope(names, parent)
    every: set[Dep] = set()
    if isinstance(node.this, exp.Table):
        _, relation = relation_of(scope, node, every)
        return relation
    relation = trace(node.this, names, parent)
    for pivot in node.args.get("pivots") or ():
        relation = pivoted(scope, relation, pivot)
    return _sorted(node, relation, names, parent)


def _sorted(
    node: exp.Expression, relation: Relation, names: Names, parent: Scope | None
) -> Relation:
    """Apply what stands behind a query as a whole: ORDER BY and LIMIT."""
    if not _is_bounded(node):
        return relation
    scope = Scope(names, parent)
    scope.add("", relation)
    walk = Walk(scope)
    ordered(walk, node, relation)
    limited(walk, node)
    return Relation(relation.columns, relation.rest, relation.every | walk.found)


def _values(node: exp.Values, scope: Scope) -> Relation:
    columns: list[set[Dep]] = []
    for row in node.expressions:
        items = row.expressions if isinstance(row, exp.Tuple) else [row]
        for index, item in enumerate(items):
            if index == len(columns):
                columns.append(set())
            columns[index] |= deps_of(item, scope)
    return Relation([Column(f"col{i}", frozenset(deps)) for i, deps in enumerate(columns)])


def _with_ctes(with_: exp.Expression, names: Names, parent: Scope | None) -> Names:
    is_recursive = bool(with_.args.get("recursive"))
    for cte in with_.expressions:
        is_looping = is_recursive and isinstance(cte.this, exp.SetOperation)
        give = _once(partial(_recursive if is_looping else _plain, cte, names, parent))
        names = names.with_cte(cte.alias, give)
    return names


def _once(make: Callable[[], Relation]) -> Callable[[], Relation]:
    """A CTE is traced when it is first read, and once."""
    made: list[Relation] = []

    def give() -> Relation:
        if not made:
            made.append(make())
        return made[0]

    return give


def _same(relation: Relation) -> Relation:
    return relation


def _titled(cte: exp.Expression, columns: Iterable[Column], relation: Relation) -> Relation:
    held = list(columns)
    names = deduplicated(column.name for column in held)
    plain = [Column(name, column.deps) for name, column in zip(names, held, strict=True)]
    given = [name.name for name in cte.args["alias"].columns]
    return Relation(plain, relation.rest, relation.every).renamed(given)


def _plain(cte: exp.Expression, names: Names, parent: Scope | None) -> Relation:
    relation = trace(cte.this, names, parent)
    return _titled(cte, relation.columns, relation)


def _recursive(cte: exp.Expression, names: Names, parent: Scope | None) -> Relation:
    """Follow a recursive CTE from its first part until a round adds nothing."""
    body = cte.this
    inner = body.args.get("with_")
    if inner is not None:
        names = _with_ctes(inner, names, parent)
    first = trace(body.this, names, parent)
    known = _titled(cte, first.columns, first)
    for _ in range(_MOST_ROUNDS + len(first.columns)):  # one may hand on to the next
        seen = known
        seeing = names.with_cte(cte.alias, _once(partial(_same, seen)))
        more = trace(body.expression, seeing, parent)
        both = combined(body, first, more)
        for column in both.columns if cte.args.get("key_expressions") else ():
            both.every.update(through(GROUPED, column.deps))
        known = _titled(cte, both.columns, both)
        is_same = [c.deps for c in known.columns] == [c.deps for c in seen.columns]
        if is_same and known.every == seen.every:
            break
    return known
