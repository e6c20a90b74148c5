"""PIVOT and UNPIVOT, as statements and behind a table."""

from collections.abc import Iterator, Sequence
from itertools import product

from sqlglot import exp

from meshwright.adapters.sqlglot.tracing.choices import chosen
from meshwright.adapters.sqlglot.tracing.expressions import Walk, deps_of
from meshwright.adapters.sqlglot.tracing.relations import Column, Relation, Rest
from meshwright.adapters.sqlglot.tracing.scopes import Scope
from meshwright.adapters.sqlglot.tracing.titles import title_of
from meshwright.adapters.sqlglot.tracing.uses import (
    DECIDED,
    FILTERED,
    GROUPED,
    SAME,
    Dep,
    through,
    unknown,
)


def pivoted(outer: Scope, relation: Relation, pivot: exp.Pivot) -> Relation:
    """Return what a relation becomes by one PIVOT or UNPIVOT."""
    scope = Scope(outer.names, outer)
    scope.add("", relation)
    if pivot.args.get("unpivot"):
        return _unpivot(scope, relation, pivot)
    return _pivot(scope, relation, pivot)


def _pivot(scope: Scope, relation: Relation, pivot: exp.Pivot) -> Relation:
    fields = list(pivot.args.get("fields") or ())
    # the statement says `on … using …`, the clause behind a table `(aggregates for … in (…))`
    keys = fields or pivot.expressions
    sums = list(pivot.expressions if fields else pivot.args.get("using") or ())
    on = Walk(scope)
    for key in keys:
        on.take(key.this if isinstance(key, exp.In) else key)
    group = pivot.args.get("group")
    used = {*on.found, *(dep for item in sums for dep in deps_of(item, scope))}
    kept = _grouped(scope, relation, group, [*keys, *sums])
    made = [frozenset({*deps_of(s, scope), *through(DECIDED, on.found)}) for s in sums]
    made = made or [frozenset(through(DECIDED, on.found))]
    every = set(relation.every)
    every.update(through(GROUPED, on.found))
    for column in kept:
        every.update(through(GROUPED, column.deps))
    names = None if relation.rest and group is None else _titles(keys, sums)
    if names is None:
        # which columns there are is decided by the rows
        rest = Rest.of({dep for deps in made for dep in deps})
        rests = [rest] if not relation.rest else [Rest.of(unknown({*relation.all(), *used}))]
        return Relation(kept, rests, every)
    columns = [Column(name, made[index]) for name, index in names]
    return Relation([*kept, *columns], every=every)


def _grouped(
    scope: Scope, relation: Relation, group: exp.Expression | None, used: Sequence[exp.Expression]
) -> list[Column]:
    """Return the columns that stay: those of GROUP BY, else all that the pivot does not use."""
    if group is not None:
        return [Column(item.output_name, deps_of(item, scope)) for item in group.expressions]
    gone = {column.name.lower() for item in used for column in item.find_all(exp.Column)}
    return [column for column in relation.columns if column.name.lower() not in gone]


def _titles(
    keys: Sequence[exp.Expression], sums: Sequence[exp.Expression]
) -> list[tuple[str, int]] | None:
    """Return the name of each made column with the number of its aggregate; None where unknown."""
    lists = []
    for key in keys:
        values = list(_values(key))
        if not values or not all(values):
            return None
        lists.append(values)
    endings = [s.alias if isinstance(s, exp.Alias) else title_of(s) for s in sums]
    is_short = len(sums) < 2 and not any(isinstance(s, exp.Alias) for s in sums)
    if not is_short and not all(endings):
        return None
    return [
        ("_".join(values if is_short else (*values, ending)), index)
        for values in product(*lists)
        for index, ending in enumerate(endings or [""])
    ]


def _values(key: exp.Expression) -> Iterator[str]:
    for value in key.expressions if isinstance(key, exp.In) else ():
        if isinstance(value, exp.PivotAlias | exp.Alias):
            yield value.args["alias"].name
        else:
            yield value.name if isinstance(value, exp.Literal) else ""


def _unpivot(scope: Scope, relation: Relation, pivot: exp.Pivot) -> Relation:
    items, title, values = _unpivot_parts(pivot)
    taken: set[str] = set()
    positions: list[set[Dep]] = [set() for _ in values]
    for item in items:
        for parts in _unpivoted(scope, item):
            for index, (name, found) in enumerate(parts):
                taken.add(name.lower())
                positions[min(index, len(positions) - 1)].update(found)
    every = set(relation.every)
    for deps in positions:
        every.update(through(FILTERED, deps))  # a row without a value is left out
    kept = [column for column in relation.columns if column.name.lower() not in taken]
    made = [Column(title, frozenset())]
    made += [Column(name, frozenset(deps)) for name, deps in zip(values, positions, strict=True)]
    return Relation([*kept, *made], relation.rest, every)


def _unpivot_parts(pivot: exp.Pivot) -> tuple[Sequence[exp.Expression], str, list[str]]:
    """Return what is turned into rows, the name of the names' column, those of the values' columns."""
    fields = pivot.args.get("fields") or ()
    if fields:
        field = fields[0]
        values = [name for item in pivot.expressions for name in _names(item)]
        return field.expressions, field.this.name, values
    into = pivot.args.get("into")
    if into is None:
        return pivot.expressions, "name", ["value"]
    return pivot.expressions, into.this.name, [item.name for item in into.expressions]


def _names(item: exp.Expression) -> list[str]:
    if isinstance(item, exp.Tuple):
        return [part.name for part in item.expressions]
    return [item.name]


def _unpivoted(scope: Scope, item: exp.Expression) -> Iterator[list[tuple[str, frozenset[Dep]]]]:
    """Yield the columns of one item, those of a tuple together."""
    inner = item.this if isinstance(item, exp.Alias | exp.PivotAlias) else item
    if isinstance(inner, exp.Tuple):
        yield [(part.name, deps_of(part, scope, SAME)) for part in inner.expressions]
    elif isinstance(inner, exp.Columns | exp.Star):
        for column in chosen(inner, scope).columns:
            yield [(column.name, column.deps)]
    else:
        yield [(inner.name, deps_of(inner, scope, SAME))]
