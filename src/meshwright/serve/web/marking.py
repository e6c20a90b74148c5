"""Words that were searched for, marked in the text that has them."""

import re
from collections.abc import Sequence

from markupsafe import Markup, escape

_BEFORE = 60  # letters shown before the first word that is marked


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a search, as they are looked for in a text."""
    return tuple(dict.fromkeys(word for word in re.findall(r"\w+", text.lower()) if len(word) > 1))


def marked(text: str, words: Sequence[str], most: int = 240) -> Markup:
    """Return a text as HTML, at most so long, with the beginnings of its words marked that were searched."""
    if not words:
        return Markup(escape(_cut(text, 0, most)))
    pattern = re.compile(
        rf"(?<![^\W_])(?:{'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})",
        re.IGNORECASE,
    )
    first = pattern.search(text)
    shown = _cut(
        text, max(0, first.start() - _BEFORE) if first and first.start() > most // 2 else 0, most
    )
    found, last = [], 0
    for match in pattern.finditer(shown):
        found += [
            escape(shown[last : match.start()]),
            Markup("<mark>"),
            escape(match[0]),
            Markup("</mark>"),
        ]
        last = match.end()
    return Markup("").join([*found, escape(shown[last:])])


def _cut(text: str, start: int, most: int) -> str:
    shown = text[start : start + most]
    return f"{'…' if start else ''}{shown}{'…' if start + most < len(text) else ''}"
