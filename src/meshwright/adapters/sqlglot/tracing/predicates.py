"""Which conditions hold a value to constants: whoever sees a row that passed knows the value.

Every row that passes `email = 'a@b.c'` has that e-mail; one that passes `email > 'm'` tells little.
"""

from collections.abc import Iterator
from typing import Any

from sqlglot import exp

_READING = (exp.Column, exp.Dot, exp.Star, exp.Columns, exp.Query, exp.Values, exp.Pivot)
# Nothing below these is a column: literals, types, names of fields and parameters
LEAVES = (
    exp.Literal,
    exp.Boolean,
    exp.Null,
    exp.DataType,
    exp.Var,
    exp.Placeholder,
    exp.Parameter,
    exp.Identifier,
    exp.JSONPath,
)
_PLAIN = (exp.Column, exp.Dot, exp.Bracket)
_SAME = (exp.EQ, exp.NullSafeEQ)
_OTHER = (exp.NEQ, exp.NullSafeNEQ)
_PATTERNS = (exp.Like, exp.ILike, exp.SimilarTo, exp.Glob, exp.RegexpLike, exp.RegexpILike)


def conjuncts(node: exp.Expression) -> Iterator[tuple[exp.Expression, bool]]:
    """Yield the single conditions of a predicate, each with whether it holds a value to constants."""
    stack: list[tuple[Any, bool]] = [(node, False)]
    while stack:
        part, negated = stack.pop()
        if isinstance(part, exp.Connector):
            stack += ((part.right, negated), (part.left, negated))
        elif isinstance(part, exp.Paren):
            stack.append((part.this, negated))
        elif isinstance(part, exp.Not):
            stack.append((part.this, not negated))
        else:
            yield part, _is_pinning(part, negated ^ bool(part.args.get("negate")))


def is_constant(node: exp.Expression | None) -> bool:
    """Whether an expression reads no column and no table."""
    if node is None or isinstance(node, LEAVES):
        return True
    if isinstance(node, _READING):
        return False
    return all(map(is_constant, node.iter_expressions()))


def _is_pinning(node: exp.Expression, negated: bool) -> bool:
    if isinstance(node, _PLAIN):
        return True  # a truth value: `where is_ill`, `where not is_ill`
    if isinstance(node, exp.Is):
        return not isinstance(node.expression, exp.Null) and is_constant(node.expression)
    if isinstance(node, _OTHER if negated else _SAME):
        return is_constant(node.this) or is_constant(node.expression)
    if negated:
        return False
    if isinstance(node, exp.In):
        return bool(node.expressions) and all(map(is_constant, node.expressions))
    if isinstance(node, _PATTERNS):
        return is_constant(node.expression)
    return _is_test(node)


def _is_test(node: exp.Expression) -> bool:
    """Whether it is a call that gives a truth value: `starts_with(a, 'x')`, a pattern with `escape`."""
    if isinstance(node, exp.Exists | exp.Predicate):
        return False
    return isinstance(node, exp.Func | exp.Escape)
