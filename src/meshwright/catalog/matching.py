"""What is asked of the index: groups of words that must all be there, each with other words for it.

What must stay true: every word is quoted, so that no text is read as a search syntax.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from meshwright.catalog.words import tokens
from meshwright.errors import UsageError
from meshwright.model.glossary import Term

MOST_LETTERS = 500
MOST_WORDS = 20
_SHORT = 2  # letters
Phrase = tuple[str, ...]
Synonyms = Mapping[Phrase, tuple[Phrase, ...]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Words in their groups: of each group one phrase must be found. The last word may be a beginning."""

    groups: tuple[tuple[Phrase, ...], ...]
    is_begun: bool = True

    @property
    def words(self) -> tuple[str, ...]:
        """Return the words as they were said."""
        return tuple(word for group in self.groups for word in group[0])

    @property
    def is_short(self) -> bool:
        """Say whether it is a beginning of a letter or two, and no more."""
        return self.is_begun and len(self.words) == 1 and len(self.words[0]) <= _SHORT

    def text(self, *, is_any: bool = False, column: str = "") -> str:
        """Return what FTS5 is asked: all groups, or any of them; in one column, or in all."""
        last = len(self.groups) - 1
        parts = [
            " OR ".join(
                _phrase(phrase, is_begun=self.is_begun and index == last and not other)
                for other, phrase in enumerate(group)
            )
            for index, group in enumerate(self.groups)
        ]
        whole = (" OR " if is_any else " AND ").join(f"({part})" for part in parts)
        return f"{{{column}}} : ({whole})" if column else whole

    def only(self, word: str) -> "Wanted":
        """Return one word alone, a beginning where it is the last."""
        is_begun = self.is_begun and word == self.words[-1]
        return Wanted((((word,),),), is_begun)

    def corrected(self, better: Mapping[str, str]) -> "Wanted":
        """Return the same with other words in the place of some."""
        groups = tuple(
            tuple(tuple(better.get(word, word) for word in phrase) for phrase in group)
            for group in self.groups
        )
        return replace(self, groups=groups)


def read_wanted(text: str, synonyms: Synonyms) -> Wanted:
    """Read what somebody wrote; raise `UsageError` (`search-too-long`)."""
    if len(text) > MOST_LETTERS:
        raise UsageError(
            "search-too-long",
            f"a search has at most {MOST_LETTERS} letters, this one has {len(text)}",
            hint="search for the words that matter most",
        )
    words = list(dict.fromkeys(tokens(text)))[:MOST_WORDS]
    return Wanted(tuple(_groups(words, synonyms)), is_begun=text[-1:].isalnum())


def read_synonyms(terms: Iterable[Term]) -> dict[Phrase, tuple[Phrase, ...]]:
    """Return for each word of the glossaries the other words for the same."""
    found: dict[Phrase, tuple[Phrase, ...]] = {}
    for term in terms:
        phrases = [phrase for word in term.words if (phrase := tuple(tokens(word)))]
        for phrase in phrases:
            others = (other for other in phrases if other != phrase)
            found[phrase] = tuple(dict.fromkeys([*found.get(phrase, ()), *others]))
    return {phrase: others for phrase, others in found.items() if others}


def _groups(words: Sequence[str], synonyms: Synonyms) -> list[tuple[Phrase, ...]]:
    longest = max(map(len, synonyms), default=1)
    groups: list[tuple[Phrase, ...]] = []
    at = 0
    while at < len(words):
        for size in range(min(longest, len(words) - at), 0, -1):
            phrase = tuple(words[at : at + size])
            if size == 1 or phrase in synonyms:
                groups.append((phrase, *synonyms.get(phrase, ())))
                at += size
                break
    return groups


def _phrase(phrase: Phrase, *, is_begun: bool) -> str:
    quoted = [f'"{word}"' for word in phrase]
    if is_begun:
        quoted[-1] += "*"
    return quoted[0] if len(quoted) == 1 else f"({' AND '.join(quoted)})"
