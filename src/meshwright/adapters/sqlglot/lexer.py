"""The tokens of DuckDB's SQL, as DuckDB itself cuts them (its scanner descends from PostgreSQL's).

What needs tokens only (binding parameters, the digest of a text's meaning) must not wait for sqlglot to
be imported, and must agree with the executor on where a string or a comment ends: a property test runs
what was bound here beside what the executor bound itself.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

STRING, QUOTED, PARAMETER, WORD, NUMBER, OPERATOR, PUNCTUATION, BROKEN = (
    "string",
    "quoted",
    "parameter",
    "word",
    "number",
    "operator",
    "punctuation",
    "broken",
)

_LETTER = r"[A-Za-z_\x80-\U0010ffff]"
_TOKEN = re.compile(
    rf"""
    (?:\s++|--[^\n\r]*+)*+
    (?:
      (?P<comment>/\*)
    | (?P<string>[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*')
    | (?P<quoted>"(?:[^"]|"")*")
    | (?P<dollar>\$(?:{_LETTER}[\w\x80-\U0010ffff]*)?\$)
    | (?P<parameter>\$(?:{_LETTER}[\w\x80-\U0010ffff]*|\d+))
    | (?P<word>{_LETTER}[\w$\x80-\U0010ffff]*)
    | (?P<number>0[xX][0-9a-fA-F_]+|(?:\d[\d_]*(?:\.\d[\d_]*|\.(?!\.))?|\.\d[\d_]*)(?:[eE][+-]?\d+)?)
    | (?P<operator>(?:(?!--|/\*)[-+*/<>=~!@\#%^&|`?:])+)
    | (?P<punctuation>[()\[\],;.{{}}])
    | (?P<end>\Z)
    | (?P<broken>.)
    )
    """,
    re.VERBOSE | re.DOTALL,
)
_SIMPLE = frozenset((STRING, QUOTED, PARAMETER, WORD, NUMBER, PUNCTUATION))
_COMMENT_EDGE = re.compile(r"/\*|\*/")


class Token(NamedTuple):
    """A piece of SQL that is neither white space nor comment: `sql[start:end]`."""

    kind: str
    text: str
    start: int
    end: int


def tokens(sql: str) -> Iterator[Token]:
    """Yield the tokens of `sql` in order; what cannot be cut (an open quote) comes out as `broken`."""
    position = 0
    match = _TOKEN.match
    while found := match(sql, position):
        kind = found.lastgroup or ""
        start, position = found.span(kind)
        if kind in _SIMPLE:
            yield Token(kind, sql[start:position], start, position)
        elif kind == "operator":
            position = start + len(_operator(sql[start:position]))
            yield Token(kind, sql[start:position], start, position)
        elif kind in ("comment", "dollar"):
            tag = sql[start:position]
            position = _comment_end(sql, start) if kind == "comment" else sql.find(tag, position)
            if position < 0:
                yield Token(BROKEN, tag, start, len(sql))
                return
            if kind == "dollar":
                position += len(tag)
                yield Token(STRING, sql[start:position], start, position)
        else:
            if kind == BROKEN:
                yield Token(kind, sql[start:position], start, position)
            return


def _operator(text: str) -> str:
    """Cut signs off an operator's end as PostgreSQL's scanner does: `=-` is `=` and a sign."""
    if any(character in "~!@#%^&|`?" for character in text):
        return text
    return text.rstrip("+-") or text[0]


def _comment_end(sql: str, start: int) -> int:
    """Return where the block comment (they nest) at `start` ends, or -1."""
    depth, position = 0, start
    while found := _COMMENT_EDGE.search(sql, position):
        depth += 1 if found.group() == "/*" else -1
        position = found.end()
        if depth == 0:
            return position
    return -1


def line_and_column(sql: str, position: int) -> tuple[int, int]:
    """Return the line and column, both from 1, of a position in `sql`."""
    line_start = sql.rfind("\n", 0, position) + 1
    return sql.count("\n", 0, position) + 1, position - line_start + 1
