"""`*`, `t.*` and COLUMNS(…): which columns they choose, and under which names."""

import re
from collections.abc import Callable
from fnmatch import translate

from sqlglot import exp

from meshwright.adapters.sqlglot.tracing.relations import Column, Relation, Rest
from meshwright.adapters.sqlglot.tracing.scopes import Scope

Choice = Callable[[str], bool]
_PATTERNS = (exp.Like, exp.ILike, exp.SimilarTo, exp.Glob)


def is_star(node: exp.Expression) -> bool:
    """Whether it is `*` or `t.*`."""
    return isinstance(node, exp.Star) or (
        isinstance(node, exp.Column) and isinstance(node.this, exp.Star)
    )


def star_of(node: exp.Expression) -> exp.Star | None:
    """Return the star with its EXCLUDE, REPLACE and RENAME."""
    inner = node.this if isinstance(node, exp.Column) else node
    return inner if isinstance(inner, exp.Star) else None


def chosen(node: exp.Expression, scope: Scope) -> Relation:
    """Return the columns of a star, COLUMNS(…) or a filtered star, with EXCLUDE and RENAME applied."""
    if isinstance(node, exp.Paren):
        return chosen(node.this, scope)
    if isinstance(node, exp.Columns):
        inner = node.this
        if is_star(inner):
            return chosen(inner, scope)
        return _kept(_everything(scope), _choice_of(inner))
    if isinstance(node, exp.Not):
        found = chosen(node.this.this, scope)
        return _kept(found, _matching(node.this, negated=True))
    if isinstance(node, _PATTERNS):
        return _kept(chosen(node.this, scope), _matching(node))
    found = _everything(scope) if isinstance(node, exp.Star) else _of_source(node, scope)
    return _as_starred(found, star_of(node))


def _everything(scope: Scope) -> Relation:
    return Relation([c for s in scope.sources for c in s.shown], scope.rests())


def _of_source(node: exp.Expression, scope: Scope) -> Relation:
    """`t.*`, `schema.t.*`, or the fields of a struct, whose names are not known."""
    parts = [part.name for part in node.parts if not isinstance(part, exp.Star)]  # type: ignore[attr-defined]
    around: Scope | None = scope
    while around is not None:
        source = around.source(parts[-1])
        if source is not None:
            return source.relation
        around = around.parent
    return Relation([], [Rest.of(scope.resolve(parts))])


def _as_starred(found: Relation, star: exp.Star | None) -> Relation:
    if star is None or not any(star.args.values()):
        return found
    gone = {item.name.lower() for item in star.args.get("except_") or ()}
    renamed = {item.this.name.lower(): item.alias for item in star.args.get("rename") or ()}
    columns = [
        Column(renamed.get(column.name.lower(), column.name), column.deps)
        for column in found.columns
        if column.name.lower() not in gone
    ]
    pattern = star.args.get("ilike")
    starred = Relation(columns, [_renaming(rest, renamed) for rest in found.rest])
    if pattern is None:
        return starred
    return _kept(starred, _by_like(pattern.name, re.IGNORECASE) if pattern.is_string else None)


def _renaming(rest: Rest, renamed: dict[str, str]) -> Rest:
    if not renamed:
        return rest
    before = {new.lower(): old for old, new in renamed.items()}
    return Rest(lambda name: rest.find(before.get(name.lower(), name)), rest.all)


def _kept(found: Relation, choice: Choice | None) -> Relation:
    """Return the columns of the choice; where it cannot be told, any of them may be."""
    if choice is None:
        return Relation([], [Rest.of(found.all())])
    return Relation([c for c in found.columns if choice(c.name)], found.rest)


def _choice_of(node: exp.Expression) -> Choice | None:
    """Return the choice of COLUMNS('regular expression'), of a list of names, of a lambda."""
    if isinstance(node, exp.Literal) and node.is_string:
        return _by_regex(node.name)
    if isinstance(node, exp.Array) and all(isinstance(n, exp.Literal) for n in node.expressions):
        names = {name.name.lower() for name in node.expressions}
        return lambda name: name.lower() in names
    if isinstance(node, exp.Array) and len(node.expressions) == 1:
        only = node.expressions[0]
        if isinstance(only, exp.Comprehension) and only.this.name == only.expression.name:
            return _of_condition(only.args.get("condition"), only.expression.name)
        return None
    if isinstance(node, exp.Lambda) and len(node.expressions) == 1:
        return _of_condition(node.this, node.expressions[0].name)
    return None


def _of_condition(node: exp.Expression | None, parameter: str) -> Choice | None:
    if isinstance(node, exp.Not):
        inner = node.this
        is_ours = isinstance(inner, _PATTERNS) and inner.this.name == parameter
        return _matching(inner, negated=True) if is_ours else None
    if isinstance(node, _PATTERNS) and node.this.name == parameter:
        return _matching(node)
    return None


def _matching(node: exp.Expression, *, negated: bool = False) -> Choice | None:
    pattern = node.expression
    if not isinstance(pattern, exp.Literal):
        return None
    negated ^= bool(node.args.get("negate"))
    if isinstance(node, exp.SimilarTo):
        choice = _by_regex(f"^(?:{pattern.name})$")
    elif isinstance(node, exp.Glob):
        choice = _by_regex(translate(pattern.name))
    else:
        choice = _by_like(pattern.name, re.IGNORECASE if isinstance(node, exp.ILike) else 0)
    if choice is None or not negated:
        return choice
    wanted = choice
    return lambda name: not wanted(name)


def _by_like(pattern: str, flags: int = 0) -> Choice | None:
    parts = {"%": ".*", "_": "."}
    return _by_regex("^" + "".join(parts.get(c, re.escape(c)) for c in pattern) + "$", flags)


def _by_regex(pattern: str, flags: int = 0) -> Choice | None:
    try:
        compiled = re.compile(pattern, flags | re.DOTALL)
    except re.error:
        return None  # the engine's own syntax
    return lambda name: compiled.search(name) is not None
