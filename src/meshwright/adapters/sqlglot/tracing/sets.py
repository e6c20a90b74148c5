"""UNION, INTERSECT and EXCEPT: columns matched by position or by name."""

from sqlglot import exp

from meshwright.adapters.sqlglot.tracing.relations import Column, Relation, Rest
from meshwright.adapters.sqlglot.tracing.uses import FILTERED, GROUPED, Dep, through, unknown


def combined(node: exp.SetOperation, left: Relation, right: Relation) -> Relation:
    """Return what two queries give together."""
    is_except = isinstance(node, exp.Except)
    if node.args.get("by_name"):
        relation = _by_name(left, right)
    elif left.rest or right.rest:
        relation = _in_doubt(left, right)
    else:
        relation = _by_position(left, right, is_except)
    relation.every |= left.every | right.every | _rows(node, left, right)
    return relation


def _rows(node: exp.SetOperation, left: Relation, right: Relation) -> set[Dep]:
    """Return what decides which rows there are: all columns, where equal rows are told apart."""
    if isinstance(node, exp.Union):
        if not node.args.get("distinct"):
            return set()
        return set(through(GROUPED, [*left.all(), *right.all()]))
    return set(through(FILTERED, [*left.all(), *right.all()]))


def _by_position(left: Relation, right: Relation, is_except: bool) -> Relation:
    columns = []
    for index, column in enumerate(left.columns):
        deps = column.deps
        if not is_except and index < len(right.columns):
            deps |= right.columns[index].deps
        columns.append(Column(column.name, deps))
    return Relation(columns)


def _by_name(left: Relation, right: Relation) -> Relation:
    columns = [
        Column(column.name, column.deps | frozenset(right.find(column.name) or ()))
        for column in left.columns
    ]
    columns += [
        Column(column.name, column.deps | frozenset(left.find(column.name) or ()))
        for column in right.columns
        if column.name.lower() not in left.names
    ]
    rests = [*left.rest, *right.rest]
    if not (left.rest and right.rest):
        return Relation(columns, rests)
    return Relation(columns, [_either(left, right)])


def _either(left: Relation, right: Relation) -> Rest:
    return Rest(
        lambda name: {*(left.find(name) or ()), *(right.find(name) or ())},
        lambda: {*left.all(), *right.all()},
    )


def _in_doubt(left: Relation, right: Relation) -> Relation:
    """The columns of one side are not known, so nobody can tell which stands beside which."""
    held = frozenset(unknown(right.all()))
    if not left.rest:
        return Relation([Column(column.name, column.deps | held) for column in left.columns])
    columns = [Column(column.name, column.deps | held) for column in left.columns]
    return Relation(columns, [rest.doubted(held) for rest in left.rest])
