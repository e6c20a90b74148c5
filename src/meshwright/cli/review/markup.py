"""Text from anybody inside GitHub's Markdown: names, descriptions and rules must not become markup.

What must stay true: nothing that is written here pings a person, makes a link, ends a table's cell or a
comment, or is read as HTML.
"""

import re
from collections.abc import Iterable, Sequence

_MARKS = re.compile(r"([\\`*_{}\[\]()#+!|~>]|:(?=//))")
_SPACE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_CODE = re.compile(r"`([^`]*)`")
_TICKS = re.compile(r"`+")


def code(text: str) -> str:
    """Return a text as a code span, with a fence that is longer than any in it, fit for a table."""
    flat = _SPACE.sub(" ", text)
    if not flat.strip():
        return ""
    fence = "`" * (max(map(len, _TICKS.findall(flat)), default=0) + 1)
    space = " " if flat[0] in "` " or flat[-1] in "` " else ""
    return f"{fence}{space}{flat.replace('|', chr(92) + '|')}{space}{fence}"


def prose(text: str) -> str:
    """Return a sentence of ours, in which what stands between backticks is somebody's."""
    flat = _SPACE.sub(" ", text)
    parts: list[str] = []
    at = 0
    for found in _CODE.finditer(flat):
        before = plain(flat[at : found.start()])
        if parts and not before:
            before = "<!-- -->"  # two code spans that touch would be one of another length
        parts += [before, code(found[1])]
        at = found.end()
    return "".join((*parts, plain(flat[at:])))


def plain(text: str) -> str:
    """Return a text that shows as it is: a name after @ is told to nobody, a number after # is no link."""
    flat = _SPACE.sub(" ", text).replace("&", "&amp;").replace("<", "&lt;")
    marked = _MARKS.sub(r"\\\1", flat)
    for mark, shown in (("@", "@<!-- -->"), ("\\#", "#<!-- -->"), ("www.", "www<!-- -->.")):
        marked = marked.replace(mark, shown)
    return marked


def comment(text: str) -> str:
    """Return a comment that a bot finds again, whatever the text is."""
    return f"<!-- {re.sub(r'[^a-zA-Z0-9_.:/ ]|-(?=-)', '-', text).replace('--', '-')} -->"


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return a table's lines; the cells are Markdown already."""
    lines = [f"| {' | '.join(headers)} |", f"|{'---|' * len(headers)}"]
    return [*lines, *(f"| {' | '.join(row)} |" for row in rows)]


def details(summary: str, lines: Sequence[str], *, is_open: bool = False) -> list[str]:
    """Return lines that fold; `summary` is HTML already."""
    return [
        f"<details{' open' if is_open else ''}><summary>{summary}</summary>", "", *lines, "", "</details>",
    ]  # fmt: skip


def html(text: str) -> str:
    """Return a text for HTML, where Markdown is not read."""
    flat = _SPACE.sub(" ", text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return flat.replace("@", "@<!-- -->")
