"""What an expression is made of: a walk from its top, carrying what has been done with the value so far."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from sqlglot import exp

from meshwright.adapters.sqlglot.tracing.calls import (
    AGGREGATE_NAMES,
    CHOSEN_BY,
    COUNT_NAMES,
    COUNTS,
    DATE_PARTS,
    HANDED,
    HASH_NAMES,
    HASHES,
)
from meshwright.adapters.sqlglot.tracing.choices import chosen, star_of
from meshwright.adapters.sqlglot.tracing.predicates import LEAVES, conjuncts
from meshwright.adapters.sqlglot.tracing.relations import Deps
from meshwright.adapters.sqlglot.tracing.scopes import Scope
from meshwright.adapters.sqlglot.tracing.uses import (
    FILTERED,
    PINNED,
    SAME,
    Dep,
    Use,
    through,
)
from meshwright.model.lineage import CONDITIONAL, FILTER, GROUP_BY, SORT, WINDOW

QUERIES = (exp.Select, exp.SetOperation, exp.Subquery, exp.Values, exp.Pivot)
UNNESTS = (exp.Explode, exp.Posexplode, exp.Unnest)
_UNNEST_NAMES = frozenset(("unnest", "generate_subscripts"))

Handler = Callable[["Walk", exp.Expression, Use], None]


@dataclass(slots=True)
class Walk:
    """Collects into `found` what expressions take from the columns of a scope."""

    scope: Scope
    found: set[Dep] = field(default_factory=set)
    bound: frozenset[str] = frozenset()  # parameters of the lambdas around
    standing: frozenset[Dep] | None = None  # the column that COLUMNS(…) stands for at the moment

    def take(self, node: exp.Expression | None, use: Use = SAME) -> None:
        """Collect what one expression is made of."""
        if node is None or isinstance(node, LEAVES):
            return
        kind = type(node)
        handler = _HANDLERS.get(kind)
        if handler is None:
            handler = _HANDLERS[kind] = _handler_of(node)
        handler(self, node, use)

    def take_parts(self, node: exp.Expression, use: Use) -> None:
        """Collect what the parts of an expression are made of."""
        for child in node.iter_expressions():
            self.take(child, use)

    def take_predicate(
        self, node: exp.Expression, use: Use = FILTERED, pinned: Use = PINNED
    ) -> None:
        """Collect what a condition depends on, as `pinned` where it holds a value to constants."""
        for part, is_pinning in conjuncts(node):
            self.take(part, pinned if is_pinning else use)

    def add(self, use: Use, deps: Deps) -> None:
        """Collect columns that are used so."""
        self.found.update(through(use, deps))

    def within(self, names: frozenset[str]) -> "Walk":
        """Return a walk of the body of a lambda."""
        return replace(self, bound=self.bound | names)


def deps_of(node: exp.Expression, scope: Scope, use: Use = SAME) -> frozenset[Dep]:
    """Return what one expression is made of."""
    walk = Walk(scope)
    walk.take(node, use)
    return frozenset(walk.found)


def unnested(node: exp.Expression) -> Iterator[Any]:
    """Yield the parts of a select item that make several rows of one."""
    for part in node.walk(prune=lambda n: isinstance(n, QUERIES)):
        is_named = isinstance(part, exp.Anonymous) and part.name.lower() in _UNNEST_NAMES
        if is_named or isinstance(part, UNNESTS):
            yield part


def _column(walk: Walk, node: exp.Expression, use: Use) -> None:
    parts = [part.name for part in node.parts]  # type: ignore[attr-defined]
    if isinstance(node.this, exp.Star):
        source = walk.scope.source(parts[0])
        walk.add(use.changed(), source.relation.all() if source else walk.scope.resolve(parts[:1]))
    else:
        _name(walk, parts, use)


def _name(walk: Walk, parts: list[str], use: Use) -> None:
    if parts[0].lower() not in walk.bound:
        walk.add(use, walk.scope.resolve(parts))


def _dot(walk: Walk, node: exp.Expression, use: Use) -> None:
    """`x.upper()`, `(s).field`, `t.s.a.b.c`: the first parts may be names, the last ones fields."""
    chain: list[exp.Expression] = []
    left = node
    while isinstance(left, exp.Dot):
        chain.insert(0, left.expression)
        left = left.this
    names = []
    if isinstance(left, exp.Identifier):
        names = [left.name]
        while chain and isinstance(chain[0], exp.Identifier):
            names.append(chain.pop(0).name)
        _name(walk, names, use.changed())
    else:
        walk.take(left, use.changed())
    for part in chain:
        walk.take(part, use.changed())


def _star(walk: Walk, node: exp.Expression, use: Use) -> None:
    walk.add(use.changed(), walk.scope.everything())
    _replacing(walk, node, use)


def _replacing(walk: Walk, star: exp.Expression | None, use: Use) -> None:
    for replaced in (star.args.get("replace") if star is not None else None) or ():
        walk.take(replaced, use.changed())


def _columns(walk: Walk, node: exp.Expression, use: Use) -> None:
    if walk.standing is not None and not node.args.get("unpack"):
        walk.add(use, walk.standing)
    else:
        walk.add(use.changed(), chosen(node, walk.scope).all())
        _replacing(walk, star_of(node.this), use)


def _same(walk: Walk, node: exp.Expression, use: Use) -> None:
    walk.take(node.this, use)


def _changed(walk: Walk, node: exp.Expression, use: Use) -> None:
    walk.take_parts(node, use.changed())


def _timed(walk: Walk, node: exp.Expression, use: Use) -> None:
    """`date_trunc(grain, t)`: the parser takes the column's name for the part of the date itself."""
    walk.take_parts(node, use.changed())
    unit = node.args.get("unit")
    name = unit.name.lower() if isinstance(unit, exp.Var | exp.Literal) else ""
    if name and name not in DATE_PARTS and name not in walk.bound:
        walk.add(use.changed(), walk.scope.find([name]) or ())


def _masked(walk: Walk, node: exp.Expression, use: Use) -> None:
    walk.take_parts(node, use.masked())


def _count(walk: Walk, node: exp.Expression, use: Use) -> None:
    for child in node.iter_expressions():
        if not isinstance(child, exp.Star):
            walk.take(child, use.summed().hidden())


def _aggregate(walk: Walk, node: exp.Expression, use: Use) -> None:
    walk.take_parts(node, use.summed())


def _chosen_by(walk: Walk, node: exp.Expression, use: Use) -> None:
    walk.take(node.this, use.summed())
    walk.take(node.args.get("expression"), use.aside(SORT))
    walk.take(node.args.get("count"), use.summed())


def _grouping(walk: Walk, node: exp.Expression, use: Use) -> None:
    walk.take_parts(node, use.aside(GROUP_BY))


def _anonymous(walk: Walk, node: exp.Expression, use: Use) -> None:
    name = node.name.lower()
    if name in HASH_NAMES:
        use = use.masked()
    elif name in COUNT_NAMES:
        use = use.summed().hidden()
    elif name in AGGREGATE_NAMES or isinstance(node, exp.AggFunc):
        use = use.summed()
    elif name == "isnull":
        use = use.changed().hidden()
    walk.take_parts(node, use.changed())


def _is(walk: Walk, node: exp.Expression, use: Use) -> None:
    is_null = isinstance(node.args.get("expression"), exp.Null)
    walk.take(node.this, use.changed().hidden() if is_null else use.changed())
    walk.take(node.args.get("expression"), use.changed())


def _case(walk: Walk, node: exp.Expression, use: Use) -> None:
    walk.take(node.this, use.aside(CONDITIONAL, reveals=True))
    for branch in node.args.get("ifs") or ():
        _if(walk, branch, use)
    walk.take(node.args.get("default"), use.changed())


def _if(walk: Walk, node: exp.Expression, use: Use) -> None:
    walk.take(node.this, use.aside(CONDITIONAL, reveals=True))
    walk.take(node.args.get("true"), use.changed())
    walk.take(node.args.get("false"), use.changed())


def _nullif(walk: Walk, node: exp.Expression, use: Use) -> None:
    walk.take(node.this, use.changed())
    walk.take(node.args.get("expression"), use.aside(CONDITIONAL, reveals=True))


def _filter(walk: Walk, node: exp.Expression, use: Use) -> None:
    walk.take(node.this, use)
    condition = node.args.get("expression")
    if condition is not None:
        use = use.aside(FILTER, reveals=True)
        walk.take_predicate(condition.this, use.hidden(), use)


def _within_group(walk: Walk, node: exp.Expression, use: Use) -> None:
    walk.take(node.this, use)
    for ordered in node.expression.expressions:
        walk.take(ordered, use.summed())


def _order(walk: Walk, node: exp.Expression, use: Use) -> None:
    """ORDER BY inside of a call: its first part is the argument."""
    walk.take(node.this, use)
    for ordered in node.expressions:
        walk.take(ordered, use.aside(SORT))


def _ordered(walk: Walk, node: exp.Expression, use: Use) -> None:
    walk.take(node.this, use)


def _window(walk: Walk, node: exp.Expression, use: Use) -> None:
    function = node.this
    while isinstance(function, exp.IgnoreNulls | exp.RespectNulls):
        function = function.this
    if isinstance(function, HANDED):
        walk.take_parts(function, use.changed())
    else:
        walk.take(function, use)
    _framed(walk, node, use.aside(WINDOW), set())


def _framed(walk: Walk, window: exp.Expression, use: Use, seen: set[str]) -> None:
    """What a window partitions and orders by, through the windows that it is made from."""
    for part in window.args.get("partition_by") or ():
        walk.take(part, use)
    order = window.args.get("order")
    for ordered in order.expressions if order is not None else ():
        walk.take(ordered, use)
    spec = window.args.get("spec")
    if spec is not None:
        walk.take_parts(spec, use)
    for key in ("alias", "first"):
        base = window.args.get(key)
        name = base.name.lower() if isinstance(base, exp.Identifier) else ""
        if name in walk.scope.windows and name not in seen:
            _framed(walk, walk.scope.windows[name], use, seen | {name})


def _lambda(walk: Walk, node: exp.Expression, use: Use) -> None:
    names = frozenset(parameter.name.lower() for parameter in node.expressions)
    walk.within(names).take(node.this, use.changed())


def _comprehension(walk: Walk, node: exp.Expression, use: Use) -> None:
    walk.take(node.args.get("iterator"), use.changed())
    names = {node.expression.name.lower()}
    position = node.args.get("position")
    if position is not None:
        names.add(position.name.lower())
    inner = walk.within(frozenset(names))
    inner.take(node.this, use.changed())
    inner.take(node.args.get("condition"), use.aside(CONDITIONAL, reveals=True))


def _keyed(walk: Walk, node: exp.Expression, use: Use) -> None:
    walk.take(node.args.get("expression"), use.changed())


def _subquery(walk: Walk, node: exp.Expression, use: Use) -> None:
    relation = walk.scope.query(node)
    walk.add(use, relation.all())
    walk.found.update(relation.as_rows(use))


def _exists(walk: Walk, node: exp.Expression, use: Use) -> None:
    """Whether there is a row: what its columns hold does not matter."""
    walk.found.update(walk.scope.query(node.this).as_rows(use))


_HANDLERS: dict[type, Handler] = {
    exp.Column: _column,
    exp.Dot: _dot,
    exp.Star: _star,
    exp.Columns: _columns,
    exp.Alias: _same,
    exp.Paren: _same,
    exp.Case: _case,
    exp.If: _if,
    exp.Is: _is,
    exp.Nullif: _nullif,
    exp.Filter: _filter,
    exp.WithinGroup: _within_group,
    exp.Order: _order,
    exp.Ordered: _ordered,
    exp.Window: _window,
    exp.Lambda: _lambda,
    exp.Comprehension: _comprehension,
    exp.PropertyEQ: _keyed,
    exp.Kwarg: _keyed,
    exp.Exists: _exists,
    exp.Grouping: _grouping,
    exp.Anonymous: _anonymous,
    exp.AnonymousAggFunc: _anonymous,
}


def _handler_of(node: exp.Expression) -> Handler:
    for kinds, handler in (
        (QUERIES, _subquery),
        (COUNTS, _count),
        (HASHES, _masked),
        ((exp.TimeUnit, exp.DateTrunc), _timed),
        (CHOSEN_BY, _chosen_by),
        (exp.AggFunc, _aggregate),
    ):
        if isinstance(node, kinds):
            return handler
    return _changed
