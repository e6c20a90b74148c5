"""The items of a select list: one output each, or several by `*`, COLUMNS(…) and unnested structs."""

import re

from sqlglot import exp

from meshwright.adapters.sqlglot.tracing.choices import chosen, is_star, star_of
from meshwright.adapters.sqlglot.tracing.expressions import UNNESTS, Walk, deps_of
from meshwright.adapters.sqlglot.tracing.relations import Column, Relation, Rest
from meshwright.adapters.sqlglot.tracing.scopes import Scope
from meshwright.adapters.sqlglot.tracing.titles import title_of
from meshwright.adapters.sqlglot.tracing.uses import TRANSFORM

_FILTERED = (exp.Like, exp.ILike, exp.SimilarTo, exp.Glob, exp.Not)


def outputs(item: exp.Expression, scope: Scope) -> Relation:
    """Return the output columns of one item of a select list."""
    if is_star(item):
        return _replaced(chosen(item, scope), star_of(item), scope)
    if isinstance(item, _FILTERED) and _is_filtered_star(item):
        return chosen(item, scope)
    if isinstance(item, exp.Dot) and isinstance(item.expression, exp.Star):
        return Relation([], [Rest.of(deps_of(item.this, scope, TRANSFORM))])
    if is_plain(item):
        title = item.alias or scope.spelled(item.output_name)
        return Relation([Column(title, deps_of(item, scope))])
    columns = _columns_in(item)
    if columns is not None:
        return _multiplied(item, columns, scope)
    if _is_of_struct(item):
        return Relation([], [Rest.of(deps_of(item, scope))])
    return Relation([Column(title_of(item), deps_of(item, scope))])


def is_plain(item: exp.Expression) -> bool:
    """Whether an item of a select list is one column under some name, as most are."""
    inner = item.this if isinstance(item, exp.Alias) else item
    return isinstance(inner, exp.Column) and not isinstance(inner.this, exp.Star)


def _is_filtered_star(item: exp.Expression) -> bool:
    inner = item.this if isinstance(item, exp.Not) else item
    return isinstance(inner, _FILTERED) and is_star(inner.this)


def _replaced(found: Relation, star: exp.Star | None, scope: Scope) -> Relation:
    replace = star.args.get("replace") if star is not None else None
    if not replace:
        return found
    made = {item.alias.lower(): deps_of(item, scope) for item in replace}
    names = {column.name.lower() for column in found.columns}
    columns = [Column(c.name, made.get(c.name.lower(), c.deps)) for c in found.columns]
    # one of a table of which nothing is known is somewhere among its columns
    columns += [Column(item.alias, made[item.alias.lower()]) for item in replace
                if item.alias.lower() not in names]  # fmt: skip
    return Relation(columns, found.rest)


def _columns_in(item: exp.Expression) -> exp.Columns | None:
    """Return the COLUMNS(…) by which an item becomes several columns."""
    found = item.find_all(exp.Columns)
    return next((columns for columns in found if not columns.args.get("unpack")), None)


def _multiplied(item: exp.Expression, columns: exp.Columns, scope: Scope) -> Relation:
    """Return one output for each column that COLUMNS(…) stands for."""
    title = item.alias if isinstance(item, exp.Alias) else ""
    found = _replaced(chosen(columns, scope), star_of(columns.this), scope)
    made = []
    for column in found.columns:
        walk = Walk(scope, standing=column.deps)
        walk.take(item)
        made.append(Column(_entitled(title, columns, column.name), frozenset(walk.found)))
    rests = []
    for rest in found.rest:
        walk = Walk(scope, standing=frozenset(rest.all()))
        walk.take(item)
        is_same = isinstance(item, exp.Columns)
        rests.append(rest if is_same else Rest.of(walk.found))
    return Relation(made, rests)


def _entitled(title: str, columns: exp.Columns, name: str) -> str:
    """`columns('(.*)_id') as '\\1'` names by the groups of its regular expression."""
    if not title:
        return name
    pattern = columns.this
    match = None
    if isinstance(pattern, exp.Literal) and "\\" in title:
        match = re.search(pattern.name, name)
    if match is None:
        return title.replace("\\0", name)
    groups = [match.group(0), *(group or "" for group in match.groups())]
    return re.sub(r"\\(\d)", lambda m: groups[int(m[1])] if int(m[1]) < len(groups) else "", title)


def _is_of_struct(item: exp.Expression) -> bool:
    """Whether it unnests a struct, whose fields become the outputs."""
    inner = item.this if isinstance(item, exp.Alias) else item
    if not isinstance(inner, UNNESTS):
        return False
    is_bare = not isinstance(item, exp.Alias) and isinstance(inner.this, exp.Column)
    return is_bare or isinstance(inner.this, exp.Struct) or bool(inner.expressions)
