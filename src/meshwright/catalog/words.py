"""Words as search compares them: folded, without accents, and identifiers in their parts."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

MOST_LETTERS = 64  # of one word
_WORD = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def tokens(text: str) -> list[str]:
    """Return the words of a text: `Dép_delay` and `depDelay` are `dep`, `delay`."""
    found: list[str] = []
    for word in _WORD.findall(text if text.isascii() else _plain(text)):
        folded = word.casefold()
        if folded == word:  # no capital, so no hump
            found.append(word[:MOST_LETTERS])
        else:
            found += [part.casefold()[:MOST_LETTERS] for part in _HUMP.split(word)]
    return found


def _plain(text: str) -> str:
    """Return a text without its accents."""
    letters = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def spelled(name: str) -> list[str]:
    """Return the words by which a name is found: its parts, and the parts in one word."""
    return list(_spelled(name))


@lru_cache(maxsize=8192)  # names of columns, owners and tags come again and again
def _spelled(name: str) -> tuple[str, ...]:
    found: list[str] = []
    for piece in name.replace(".", " ").split():
        parts = tokens(piece)
        found += parts
        if len(parts) > 1:
            found.append("".join(parts)[:MOST_LETTERS])
    return tuple(found)


def joined(texts: Iterable[str], *, most: int = 20_000) -> str:
    """Return words as a text of the index, each once, at most so many letters."""
    return " ".join(dict.fromkeys(texts))[:most]
