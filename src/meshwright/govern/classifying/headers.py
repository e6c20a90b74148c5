"""Read the name of a column: its words, whatever their language, spelling and case.

A header never decides alone: it says which shapes of values to expect. Words that say that a column is
*about* such a thing (`email_verified`, `phone_count`) turn a header against it.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from meshwright.govern.classifying.words import COMPOUND, KINDS_BY_WORD, NEGATIVE

MOST_TOKENS = 5
_SPLIT = re.compile(
    r"[\W_]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])"
)
_LETTERS = str.maketrans(
    {
        "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "ß": "ss", "æ": "ae", "Æ": "Ae", "đ": "d", "ı": "i",
        "œ": "oe", "ς": "σ",
    }
)  # fmt: skip


def plain(text: str) -> str:
    """Return a text without accents, in lower case."""
    return text.lower() if text.isascii() else _bare(text).lower()


def _bare(text: str) -> str:
    if text.isascii():
        return text
    split = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    kept = "".join(c for c in split if unicodedata.category(c) != "Mn")
    return unicodedata.normalize("NFC", kept)


@lru_cache(maxsize=1)
def _kinds_by_word() -> dict[str, frozenset[str]]:
    """Return the kinds that each word means, words as headers are read; a trailing `?` marks a weak one."""
    found: dict[str, set[str]] = {}
    for kind, text in KINDS_BY_WORD.items():
        for word in text.split():
            found.setdefault(plain(word), set()).add(kind)
    return {word: frozenset(kinds) for word, kinds in found.items()}


@lru_cache(maxsize=1)
def _compounds() -> tuple[tuple[str, frozenset[str]], ...]:
    words = _kinds_by_word()
    return tuple((word, words[word]) for word in map(plain, COMPOUND.split()))


@lru_cache(maxsize=1)
def _negative() -> frozenset[str]:
    return frozenset(map(plain, NEGATIVE.split()))


class Header:
    """The words of one column's name. `means` maps a kind (with `?`: perhaps) to the word that says so."""

    def __init__(self, name: str) -> None:
        self.tokens = tuple(t.lower() for t in _SPLIT.split(_bare(name)) if t)
        self.means = self._meanings()

    def word(self, kind: str, *, weak: bool = False) -> str:
        """Return the word that means a kind; '' where none does, or where the header is about it only."""
        return self.means.get(kind, "") or (self.means.get(f"{kind}?", "") if weak else "")

    def has(self, words: Iterable[str]) -> str:
        """Return the first of its tokens that is among `words`; '' where none is."""
        return next((token for token in self.tokens if token in words), "")

    def _meanings(self) -> dict[str, str]:
        known = _kinds_by_word()
        found: dict[str, str] = {}
        negated = [token in _negative() for token in self.tokens]
        for length in range(min(MOST_TOKENS, len(self.tokens)), 0, -1):
            for start in range(len(self.tokens) - length + 1):
                gram = "".join(self.tokens[start : start + length])
                if gram in known and not any(negated[:start] + negated[start + length :]):
                    for kind in known[gram]:
                        found.setdefault(kind, gram)
        if not any(negated):
            for kind, word in self._compounds():
                found.setdefault(kind, word)
        return found

    def _compounds(self) -> Iterable[tuple[str, str]]:
        for token in self.tokens:
            for word, kinds in _compounds():
                if word in token and len(token) > len(word):
                    yield from ((kind, word) for kind in kinds)
