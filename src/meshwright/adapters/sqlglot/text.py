"""What can be known of SQL from its tokens alone: the digest of its meaning, and binding parameters.

Two texts with the same digest mean the same; a false difference only costs a build, a false sameness
would serve stale rows. So letter case is ignored only where no output column's name can depend on it.
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256

from meshwright.adapters.sqlglot.lexer import PARAMETER, WORD, Token, tokens
from meshwright.errors import ModelError, did_you_mean

_VERSION = "sql-1"

# DuckDB's reserved and function-or-type keywords (`duckdb_keywords()`): never a bare name of a column.
_RESERVED = """
    all analyse analyze and any array as asc asymmetric both case cast check collate column constraint
    create default deferrable desc describe distinct do else end except false fetch for foreign from group
    having in initially intersect into lambda lateral leading limit not null offset on only or order pivot
    placing primary qualify references returning select show some summarize symmetric table then to trailing
    true union unique unpivot using variadic when where window with
    anti asof by collation cross full glob ilike inner is isnull join left like natural notnull outer
    overlaps positional right semi similar tablesample
"""
RESERVED = frozenset(_RESERVED.split())
# Keywords that could be names, but that nobody uses as one.
_CLAUSE_WORDS = """
    between exclude excluding filter following interval materialized nulls ordinality over partition
    preceding recursive respect ignore replace rows unbounded within current
"""
_CLAUSES = frozenset(_CLAUSE_WORDS.split())
_AFTER_AS = frozenset(("materialized", "not"))


def digest_of(cut: Iterable[Token]) -> str:
    """Return a digest that ignores white space, comments, keyword case and trailing semicolons."""
    parts: list[str] = []
    casts: list[bool] = []  # for each open parenthesis: is it a cast's?
    in_type = False  # between a cast's `as` and its end
    before, before_kind = "", ""
    for kind, text, _, _ in cut:
        lowered = text.lower()
        if kind == WORD:
            in_cast = bool(casts) and casts[-1]
            in_type = in_type or (in_cast and before == "as")
            if before == "as":
                is_folded = in_type or lowered in _AFTER_AS
            else:
                is_folded = before == "::" or (in_cast and in_type) or _is_keyword(lowered, before)
            text = lowered if is_folded else text
        elif text == "(":
            if before_kind == WORD:
                parts[-1] = parts[-1].lower()  # a function's name
            casts.append(before in ("cast", "try_cast"))
        elif text == ")" and casts and casts.pop():
            in_type = False
        before, before_kind = lowered, kind
        parts.append(text)
    while parts and parts[-1] == ";":
        parts.pop()
    return sha256("\x1f".join([_VERSION, *parts]).encode()).hexdigest()[:32]


def _is_keyword(lowered: str, before: str) -> bool:
    return before != "." and (lowered in RESERVED or lowered in _CLAUSES)


def bind(sql: str, literals: Mapping[str, str]) -> str:
    """Replace each `$name` by its literal and drop trailing semicolons; all other text stays as it is."""
    if "$" not in sql and ";" not in sql:
        return sql
    cut = list(tokens(sql))
    body = len(cut)
    while body and cut[body - 1].text == ";":
        body -= 1
    parts: list[str] = []
    position = 0
    for index, (kind, text, start, end) in enumerate(cut):
        if kind == PARAMETER or index >= body:
            parts += (sql[position:start], _literal(text[1:], literals) if index < body else "")
            position = end
    return "".join(parts) + sql[position:]


def _literal(name: str, literals: Mapping[str, str]) -> str:
    literal = literals.get(name)
    if literal is None:
        raise ModelError(
            "parameter-unknown", f"no value for `${name}`", hint=did_you_mean(name, literals)
        )
    return f"({literal})" if literal.startswith(("-", "+")) else literal
