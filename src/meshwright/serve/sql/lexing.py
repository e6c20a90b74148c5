"""Tokens of a SQL text, as far as a door has to know them: where statements, names and parameters begin.

Judging what a text may do is left to the gate; this only tells words from strings and comments, so that a
semicolon or a `$1` inside of one is not taken for more than it is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

WORD, NAME, STRING, NUMBER, PARAMETER, MARK = (
    "word",
    "name",
    "string",
    "number",
    "parameter",
    "mark",
)

_TOKEN = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<line>--[^\r\n]*)
    | (?P<block>/\*)
    | (?P<escaped>[eE]'(?:[^'\\]|''|\\.)*(?:'|\Z))
    | (?P<string>(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*(?:'|\Z))
    | (?P<name>(?:[uU]&)?"(?:[^"]|"")*(?:"|\Z))
    | (?P<dollar>\$(?:[^\W\d]\w*)?\$)
    | (?P<parameter>\$\d+)
    | (?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)
    | (?P<word>[^\W\d][\w$]*)
    | (?P<mark>::|:=|<>|<=|>=|!=|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a text: `kind`, the text as written, and where it stands."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def word(self) -> str:
        """Return an unquoted word in lower case; '' for anything else."""
        return self.text.lower() if self.kind == WORD else ""

    @property
    def value(self) -> str:
        """Return what the token means: a string without its quotes, a name as SQL folds it."""
        if self.kind == STRING:
            return unquoted(self.text)
        if self.kind == NAME:
            return self.text[1:-1].replace('""', '"')
        return self.text.lower() if self.kind == WORD else self.text


def tokens(sql: str) -> Iterator[Token]:
    """Yield the tokens of a text, without white space and comments."""
    position = 0
    while position < len(sql):
        found = _TOKEN.match(sql, position)
        assert found is not None  # `.` takes what nothing else does
        kind, end = str(found.lastgroup), found.end()
        if kind == "block":
            end = _comment_end(sql, end)
        elif kind == "dollar":
            close = sql.find(found[0], end)
            end = len(sql) if close < 0 else close + len(found[0])
            yield Token(STRING, sql[position:end], position, end)
        elif kind in ("escaped", "string"):
            yield Token(STRING, found[0], position, end)
        elif kind not in ("space", "line"):
            yield Token(kind, found[0], position, end)
        position = end


def _comment_end(sql: str, position: int) -> int:
    depth = 1
    while depth:
        edge = _COMMENT_EDGE.search(sql, position)
        if edge is None:
            return len(sql)
        depth += 1 if edge[0] == "/*" else -1
        position = edge.end()
    return position


def split(sql: str) -> list[tuple[int, str]]:
    """Return the statements of a text and where each begins, without semicolons and without empty ones."""
    found, start, is_empty = [], 0, True
    for token in tokens(sql):
        if token.kind == MARK and token.text == ";":
            if not is_empty:
                found.append((start, sql[start : token.start]))
            start, is_empty = token.end, True
        else:
            is_empty = False
    if not is_empty:
        found.append((start, sql[start:]))
    return found


_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


def unquoted(text: str) -> str:
    """Return what a string literal says."""
    if text.startswith("$"):
        mark = text[: text.index("$", 1) + 1]
        return text[len(mark) : -len(mark)]
    if text[0] in "eE":
        body = text[2:-1].replace("''", "'")
        return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), body, flags=re.S)
    return text[text.index("'") + 1 : -1].replace("''", "'")
