"""Words as search compares them: folded, without accents, and identifiers in their parts."""

import re
import unicodedata
from collections.abc import Iterable

MOST_LETTERS = 64  # of one word
_WORD = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def tokens(text: str) -> list[str]:
    """Return the words of a text: `Dép_delay` and `depDelay` are `dep`, `delay`."""
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text)
        if not unicodedata.combining(letter)
    )
    parts = (part for word in _WORD.findall(plain) for part in _HUMP.split(word))
    return [part.casefold()[:MOST_LETTERS] for part in parts]


def spelled(name: str) -> list[str]:
    """Return the words by which a name is found: its parts, and the parts in one word."""
    found: list[str] = []
    for piece in name.replace(".", " ").split():
        parts = tokens(piece)
        found += parts
        if len(parts) > 1:
            found.append("".join(parts)[:MOST_LETTERS])
    return found


def joined(texts: Iterable[str], *, most: int = 20_000) -> str:
    """Return words as a text of the index, each once, at most so many letters."""
    return " ".join(dict.fromkeys(texts))[:most]
