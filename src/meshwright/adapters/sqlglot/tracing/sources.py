"""What stands in FROM: tables, subqueries, functions, VALUES, joins of them."""

from collections.abc import Sequence
from typing import Any

from sqlglot import exp

from meshwright.adapters.sqlglot.tracing.expressions import UNNESTS, Walk, deps_of
from meshwright.adapters.sqlglot.tracing.pivots import pivoted
from meshwright.adapters.sqlglot.tracing.relations import Column, Relation, Rest
from meshwright.adapters.sqlglot.tracing.scopes import Names, Scope
from meshwright.adapters.sqlglot.tracing.uses import JOINED, TRANSFORM, Dep, through, unknown
from meshwright.model.lineage import UNKNOWN

# Functions whose rows come from their arguments alone, with the names of their columns
_PURE = {
    "range": ("range",),
    "generate_series": ("generate_series",),
    "generateseries": ("generate_series",),
    "unnest": ("unnest",),
    "repeat": (),
    "repeat_row": (),
    "json_each": ("key", "value", "type", "atom", "id", "parent", "fullkey", "path"),
    "json_tree": ("key", "value", "type", "atom", "id", "parent", "fullkey", "path"),
    "generate_subscripts": ("generate_subscripts",),
    "string_split": (),
}


def add_source(scope: Scope, node: exp.Expression, every: set[Dep]) -> None:
    """Add one item of FROM to the scope, with the joins that are written inside of it."""
    alias, relation = relation_of(scope, node, every)
    every |= relation.every
    scope.add(alias, relation, schema=_schema(node))
    for join in _joins(node):
        add_join(scope, join, every)


def add_join(scope: Scope, join: exp.Join, every: set[Dep]) -> None:
    """Join one more source to those of the scope."""
    alias, relation = relation_of(scope, join.this, every)
    every |= relation.every
    using = [name.name for name in join.args.get("using") or ()]
    if join.method.upper() == "NATURAL":
        using = _common(scope, relation, every)
    merged = {name: _merged(scope, relation, join, name, every) for name in using}
    is_hidden = join.kind.upper() in ("SEMI", "ANTI")
    scope.add(alias, relation, using, _schema(join.this))
    if join.side.upper() in ("RIGHT", "FULL"):
        _show_merged(scope, merged)
    scope.merged.update({name.lower(): deps for name, deps in merged.items()})
    on = join.args.get("on")
    if on is not None:
        walk = Walk(scope)
        walk.take_predicate(on, JOINED)
        every |= walk.found
    if is_hidden:
        scope.sources.pop()
    for inner in _joins(join.this):
        add_join(scope, inner, every)


def relation_of(scope: Scope, node: exp.Expression, every: set[Dep]) -> tuple[str, Relation]:
    """Return an item of FROM with its name; `every` takes what its number of rows depends on."""
    alias = node.args.get("alias")
    names = [column.name for column in alias.columns] if isinstance(alias, exp.TableAlias) else []
    name = node.alias
    is_joined = isinstance(node, exp.Subquery) and _is_joined(node.this)
    if isinstance(node, exp.Lateral):
        inner = node.this
        inner_name, relation = relation_of(scope, inner, every)
        return name or inner_name, relation.renamed(names)
    if isinstance(node, UNNESTS):
        return _unnest(scope, node, name, names, every)
    if isinstance(node, exp.Table):
        if isinstance(node.this, exp.Identifier):
            name = name or node.name
            relation = _table(scope.names, node)
        else:
            return _function(scope, node, name, names, every)
    elif is_joined:
        name, relation = _parenthesised(scope, node, name)
    elif isinstance(node, exp.Query | exp.Values | exp.Pivot):
        relation = scope.query(node)
    elif isinstance(node, exp.Func):
        return _function(scope, node, name, names, every)
    else:
        relation = anything(scope.names, node)
    for pivot in node.args.get("pivots") or ():
        if is_joined or isinstance(node, exp.Table):  # a subquery has applied its own
            relation = pivoted(scope, relation, pivot)
        name = pivot.alias or name
        titled = pivot.args.get("alias")
        if titled is not None:
            names = [column.name for column in titled.columns] or names
    return name, relation.renamed(names)


def anything(names: Names, node: exp.Expression) -> Relation:
    """Return columns that may be made of whatever is named below a node that is not understood."""
    tables = {".".join(written(table)) for table in node.find_all(exp.Table)}
    deps = {Dep(table, "", UNKNOWN) for table in tables or {""}}
    for table in tables & set(names.ctes):
        deps |= unknown(names.ctes[table]().all())
        deps.discard(Dep(table, "", UNKNOWN))
    return Relation([], [Rest.of(deps)], every=deps)


def written(table: exp.Table) -> list[str]:
    """Return the parts of a table's name, in lower case where they are not quoted."""
    return [part.name if part.args.get("quoted") else part.name.lower() for part in table.parts]


def _schema(node: exp.Expression) -> tuple[str, ...]:
    """Return what stands before the name of a table that has no alias."""
    if not isinstance(node, exp.Table) or node.alias or not isinstance(node.this, exp.Identifier):
        return ()
    return tuple(part.name.lower() for part in node.parts[:-1])


def _joins(node: exp.Expression) -> Sequence[exp.Join]:
    joins: Sequence[exp.Join] = node.args.get("joins") or ()
    return joins


def _table(names: Names, node: exp.Table) -> Relation:
    parts = written(node)
    cte = names.ctes.get(parts[-1].lower())
    if cte is not None and (len(parts) == 1 or (len(parts) == 2 and parts[0] == "recurring")):
        return cte()
    return names.tables[".".join(parts)]


def _is_joined(inner: exp.Expression) -> bool:
    """Whether what stands in parentheses is a table or a join of such, and not a query."""
    return isinstance(inner, exp.Table) or (
        not isinstance(inner, exp.Select | exp.SetOperation) and bool(_joins(inner))
    )


def _parenthesised(scope: Scope, node: exp.Expression, name: str) -> tuple[str, Relation]:
    """`(a join b using (x))`: its sources stay visible, unless it has a name of its own."""
    inner = Scope(scope.names, scope)
    every: set[Dep] = set()
    add_source(inner, node.this, every)
    columns = [column for source in inner.sources for column in source.shown]
    relation = Relation(columns, inner.rests(), every)
    if name or len(inner.sources) == 1 or node.args.get("pivots"):
        return name or inner.sources[0].alias, relation
    for source in inner.sources:
        scope.sources.append(source)
    scope.merged.update(inner.merged)
    return "", Relation([], every=every)


def _unnest(
    scope: Scope, node: exp.Expression, name: str, names: list[str], every: set[Dep]
) -> tuple[str, Relation]:
    walk = Walk(scope)
    walk.take_parts(node, TRANSFORM)
    deps = frozenset(walk.found)
    every.update(through(JOINED, deps))
    columns = list(names)
    if not columns:
        columns = [name or "unnest"]
    offset = node.args.get("offset")
    if offset:
        columns.append(offset.name if isinstance(offset, exp.Identifier) else "ordinality")
    relation = Relation([Column(column, deps) for column in columns])
    relation.names.setdefault("unnest", Column("unnest", deps))
    return name or "unnest", relation


def _function(
    scope: Scope, node: exp.Expression, name: str, names: list[str], every: set[Dep]
) -> tuple[str, Relation]:
    """A table function: what its rows hold comes from its arguments, or from who knows where."""
    call: Any = node.this if isinstance(node, exp.Table) else node
    is_plain = isinstance(call, exp.Anonymous) or not isinstance(call, exp.Func)
    called = (call.name if is_plain else call.sql_name()).lower()
    deps = deps_of(call, scope, TRANSFORM)
    is_pure = called in _PURE
    if not is_pure:
        deps |= {Dep("", "", UNKNOWN)}
    every.update(through(JOINED, deps))
    own = _PURE.get(called, ())
    given = names or ([name] if len(own) == 1 and name else list(own))
    relation = Relation([Column(column, deps) for column in given])
    for column in own:
        relation.names.setdefault(column, Column(column, deps))
    if not own or not is_pure:
        relation.rest.append(Rest.of(deps))
    return name or called, relation


def _common(scope: Scope, relation: Relation, every: set[Dep]) -> list[str]:
    """Return the columns that a NATURAL join is made by; all may be where they are not known."""
    if relation.rest or scope.rests():
        every |= unknown([*scope.everything(), *relation.all()])
        return []
    left = {c.name.lower() for source in scope.sources for c in source.shown}
    return [c.name for c in relation.columns if c.name.lower() in left]


def _merged(
    scope: Scope, relation: Relation, join: exp.Join, name: str, every: set[Dep]
) -> frozenset[Dep]:
    """Return what a column of USING shows, and let the rows depend on both sides of it."""
    left = frozenset(scope.resolve([name]))
    right = frozenset(relation.find(name) or ())
    every.update(through(JOINED, left | right))
    side = join.side.upper()
    if side == "FULL":
        return frozenset(through(TRANSFORM, left | right))
    return right if side == "RIGHT" else left


def _show_merged(scope: Scope, merged: dict[str, frozenset[Dep]]) -> None:
    lowered = {name.lower(): deps for name, deps in merged.items()}
    for source in scope.sources[:-1]:
        source.shown = [
            Column(column.name, lowered.get(column.name.lower(), column.deps))
            for column in source.shown
        ]
