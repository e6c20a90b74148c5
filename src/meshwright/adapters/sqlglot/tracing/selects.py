"""One SELECT: FROM and WHERE, the select list, grouping, what is kept and in which order."""

from collections.abc import Callable, Sequence

from sqlglot import exp

from meshwright.adapters.sqlglot.tracing.expressions import QUERIES, Walk, deps_of, unnested
from meshwright.adapters.sqlglot.tracing.relations import Column, Deps, Relation, deduplicated
from meshwright.adapters.sqlglot.tracing.scopes import Names, Scope
from meshwright.adapters.sqlglot.tracing.sources import add_join, add_source
from meshwright.adapters.sqlglot.tracing.stars import is_plain, outputs
from meshwright.adapters.sqlglot.tracing.uses import (
    FILTERED,
    GROUPED,
    JOINED,
    SORTED,
    Dep,
    Use,
    through,
)

_SUMS = (exp.AggFunc, exp.Window)
Item = tuple[exp.Expression, Relation]


def select(node: exp.Select, names: Names, parent: Scope | None) -> Relation:
    """Return what one SELECT gives."""
    scope = Scope(names, parent)
    rows = Walk(scope)
    _from(node, scope, rows)
    _name_parts(node, scope)
    where = node.args.get("where")
    if where is not None:
        rows.take_predicate(where.this)
    items = _items(node, scope)
    columns = [column for _, made in items for column in made.columns]
    titles = deduplicated(column.name for column in columns)
    relation = Relation(
        [Column(title, column.deps) for title, column in zip(titles, columns, strict=True)],
        [rest for _, made in items for rest in made.rest],
        rows.found,
    )
    _unnest(node, rows)
    _group(node, rows, items)
    _having(node, rows)
    _distinct(node, rows, relation)
    ordered(rows, node, relation)
    limited(rows, node)
    return relation


def ordered(walk: Walk, node: exp.Expression, relation: Relation) -> None:
    """Let the rows depend on ORDER BY: names of outputs come first, then positions, then columns."""
    order = node.args.get("order")
    for item in order.expressions if order is not None else ():
        key = item.this
        if isinstance(key, exp.Var) and key.name.upper() == "ALL":
            walk.add(SORTED, relation.all())
        else:
            _take_output(walk, key, relation, SORTED)


def limited(walk: Walk, node: exp.Expression) -> None:
    """Let the rows depend on what LIMIT and OFFSET compute."""
    for key in ("limit", "offset"):
        clause = node.args.get(key)
        if clause is not None:
            walk.take_parts(clause, FILTERED)


def _from(node: exp.Select, scope: Scope, rows: Walk) -> None:
    from_ = node.args.get("from_")
    if from_ is not None:
        add_source(scope, from_.this, rows.found)
    for join in node.args.get("joins") or ():
        add_join(scope, join, rows.found)
    for lateral in node.args.get("laterals") or ():
        add_source(scope, lateral, rows.found)


def _name_parts(node: exp.Select, scope: Scope) -> None:
    for item in node.expressions:
        if isinstance(item, exp.Alias):
            scope.aliases.setdefault(item.alias.lower(), _lazily(item, scope))
    for window in node.args.get("windows") or ():
        scope.windows[window.name.lower()] = window


def _items(node: exp.Select, scope: Scope) -> list[Item]:
    """Trace the select list: an item can use the aliases of those before it."""
    aliases, scope.aliases = scope.aliases, {}
    items = []
    for item in node.expressions:
        items.append((item, outputs(item, scope)))
        name = item.alias.lower() if isinstance(item, exp.Alias) else ""
        if name:
            scope.aliases.setdefault(name, aliases[name])
    return items


def _lazily(item: exp.Expression, scope: Scope) -> Callable[[], Deps]:
    """An alias that is used before it is computed; one that is used inside of itself is a column."""
    held: list[frozenset[Dep]] = []

    def give() -> Deps:
        if not held:
            held.append(frozenset())
            held[0] = deps_of(item, scope)
        return held[0]

    return give


def _unnest(node: exp.Select, rows: Walk) -> None:
    """An unnested list decides how many rows there are."""
    for item in node.expressions:
        for part in () if is_plain(item) else unnested(item):
            rows.take_parts(part, JOINED)


def _group(node: exp.Select, rows: Walk, items: Sequence[Item]) -> None:
    group = node.args.get("group")
    if group is None:
        return
    if group.args.get("all"):
        for item, made in items:
            if not _is_summed(item):
                rows.add(GROUPED, made.all())
        return
    for key in group.iter_expressions():
        _take_key(rows, key, items)


def _is_summed(item: exp.Expression) -> bool:
    """Whether it holds an aggregate of this SELECT itself: those of a subquery in it make no group."""
    parts = list(item.walk(prune=lambda n: isinstance(n, QUERIES)))
    kinds = [isinstance(part, exp.Window) for part in parts if isinstance(part, _SUMS)]
    return bool(kinds) and not any(kinds)


def _take_key(rows: Walk, key: exp.Expression, items: Sequence[Item]) -> None:
    if isinstance(key, exp.Rollup | exp.Cube | exp.GroupingSets | exp.Tuple | exp.Paren):
        for inner in key.iter_expressions():
            _take_key(rows, inner, items)
    elif _is_position(key):
        made = Relation([column for _, made in items for column in made.columns])
        _take_position(rows, key, made, GROUPED)
    else:
        rows.take(key, GROUPED)


def _having(node: exp.Select, rows: Walk) -> None:
    rows.scope.both = True
    for key in ("having", "qualify"):
        clause = node.args.get(key)
        if clause is not None:
            rows.take_predicate(clause.this)
    rows.scope.both = False


def _distinct(node: exp.Select, rows: Walk, relation: Relation) -> None:
    distinct = node.args.get("distinct")
    if distinct is None:
        return
    on = distinct.args.get("on")
    if on is None:
        rows.add(GROUPED, relation.all())
        return
    for key in on.expressions if isinstance(on, exp.Tuple) else [on]:
        _take_output(rows, key, relation, GROUPED)


def _take_output(walk: Walk, key: exp.Expression, relation: Relation, use: Use) -> None:
    """Take what ORDER BY or DISTINCT ON names: an output before a column of the same name."""
    is_name = isinstance(key, exp.Column) and len(key.parts) == 1
    if _is_position(key):
        _take_position(walk, key, relation, use)
    elif is_name and key.name.lower() in relation.names:
        walk.add(use, relation.names[key.name.lower()].deps)
    else:
        walk.take(key, use)


def _is_position(key: exp.Expression) -> bool:
    return isinstance(key, exp.Literal) and not key.is_string


def _take_position(walk: Walk, key: exp.Expression, relation: Relation, use: Use) -> None:
    index = int(key.name) - 1 if key.name.isdigit() else -1
    if relation.rest:
        walk.add(use, relation.all())
    elif 0 <= index < len(relation.columns):
        walk.found.update(through(use, relation.columns[index].deps))
