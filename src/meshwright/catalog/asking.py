"""Words put to the index: all of them, else near ones, else any; then what is left of it for somebody.

What must stay true: whether a word is known, which one is nearest and whether anything was found is decided
by what somebody may know of, and by nothing else.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from meshwright.catalog.correcting import nearest
from meshwright.catalog.counting import Counts, Filters, narrowed
from meshwright.catalog.keeping import SHIFT
from meshwright.catalog.matching import Wanted
from meshwright.catalog.places import Places
from meshwright.catalog.ranking import MOST_RANKED, WEIGHTS, standing
from meshwright.spi.state_store import Reader

_FIELDS = ("name", "description", "inside")


@dataclass(frozen=True, slots=True)
class Matches:
    """What was found: how many documents on each place, by which words (None: everything)."""

    counts: Mapping[int, int] = field(default_factory=dict)
    wanted: Wanted | None = None
    is_any: bool = False
    corrected: str = ""

    @property
    def total(self) -> int:
        """Return how many documents were found, whoever may know of them."""
        return sum(self.counts.values())

    @property
    def is_much(self) -> bool:
        """Say whether more was found than words are weighed of."""
        return self.total > MOST_RANKED


NOTHING = Matches()


def everything(places: Places) -> Matches:
    """Return all that there is."""
    return Matches(counts={number: spot.count for number, spot in places.spots.items()})


def ask(reader: Reader, places: Places, hidden: Collection[int], wanted: Wanted) -> Matches:
    """Return the documents that have all words; else all corrected ones; else any of them."""
    found = _matches(reader, wanted)
    if _is_seen(found, hidden):
        return found
    better = _corrected(reader, places, hidden, wanted)
    if better != wanted:
        corrected = " ".join(better.words)
        found = replace(_matches(reader, better), corrected=corrected)
        if _is_seen(found, hidden):
            return found
    if len(wanted.groups) > 1:
        found = replace(_matches(reader, better, is_any=True), corrected=found.corrected)
        if _is_seen(found, hidden):
            return found
    return NOTHING


def narrow(places: Places, found: Matches, hidden: Collection[int], filters: Filters) -> Counts:
    """Return what is left of what was found for somebody, behind their filters."""
    return narrowed(places, found.counts, hidden, filters)


def left_of(
    reader: Reader, found: Matches, left: Counts, places: Places, most: int
) -> Iterable[int]:
    """Return the documents that are left and have no score, at least as many as are asked for where there
    are: as the index has them, or the best places first.
    """
    if found.wanted is None:
        return _by_standing(left, places)
    if not found.is_much:
        return ()
    ids = _ids(reader, found.wanted.text(is_any=found.is_any), most + found.total - left.total)
    return (one for one in ids if one >> SHIFT in left.places)


def _by_standing(left: Counts, places: Places) -> Iterator[int]:
    for number in sorted(left.places, key=lambda one: (-standing(places.spots[one]), one)):
        first = number << SHIFT
        yield from range(first, first + places.spots[number].count)


def scores(reader: Reader, found: Matches, left: Counts) -> dict[int, float]:
    """Return how well the words fit what is left, the least the best; of very many documents, those of that
    name alone, which one or two letters do not tell apart.
    """
    if found.wanted is None:
        return {}
    text = found.wanted.text(is_any=found.is_any, column="name" if found.is_much else "")
    if found.is_much and found.wanted.is_short:
        named = _ids(reader, text, MOST_RANKED)
        return {one: -1.0 for one in named if one >> SHIFT in left.places}
    rows = reader.rows(
        f"SELECT rowid, bm25(search_words, {WEIGHTS}) FROM search_words WHERE search_words MATCH ?"
        f" LIMIT {MOST_RANKED}",
        (text,),
    )
    scored = cast("list[tuple[int, float]]", rows)
    return {one: score for one, score in scored if one >> SHIFT in left.places}


def why(words: Sequence[str], wanted: Wanted) -> str:
    """Say where a document has the words: in its name, its description, or inside it."""
    fields = [text.split() for text in words]
    found: dict[str, list[str]] = {}
    for word in dict.fromkeys(w for group in wanted.groups for phrase in group for w in phrase):
        for name, has in zip(_FIELDS, fields, strict=True):
            if word in has or (wanted.is_begun and any(one.startswith(word) for one in has)):
                found.setdefault(name, []).append(word)
                break
    return "; ".join(f"{name}: {', '.join(found[name])}" for name in _FIELDS if name in found)


def _matches(reader: Reader, wanted: Wanted, *, is_any: bool = False) -> Matches:
    rows = reader.rows(
        f"SELECT json_group_array(rowid >> {SHIFT}) FROM search_words WHERE search_words MATCH ?",
        (wanted.text(is_any=is_any),),
    )
    return Matches(Counter(_numbers(rows)), wanted, is_any)


def _ids(reader: Reader, text: str, most: int) -> list[int]:
    """Return the first documents that the index has."""
    rows = reader.rows(
        "SELECT json_group_array(rowid) FROM"
        " (SELECT rowid FROM search_words WHERE search_words MATCH ? LIMIT ?)",
        (text, most),
    )
    return _numbers(rows)


def _numbers(rows: Sequence[Sequence[object]]) -> list[int]:
    """Return what one text lists: to fetch a row for each of very many takes longer than to find them."""
    numbers: list[int] = json.loads(str(rows[0][0]))
    return numbers


def _is_seen(found: Matches, hidden: Collection[int]) -> bool:
    return any(number not in hidden for number in found.counts) if hidden else bool(found.counts)


def _corrected(reader: Reader, places: Places, hidden: Collection[int], wanted: Wanted) -> Wanted:
    """Return what was wanted with near words in the place of those that nothing has."""

    def seen(word: str) -> int:
        found = _matches(reader, Wanted((((word,),),), is_begun=False))
        return sum(count for number, count in found.counts.items() if number not in hidden)

    better: dict[str, str] = {}
    for word in wanted.words:
        if not _is_seen(_matches(reader, wanted.only(word)), hidden):
            other = nearest(word, _vocabulary(reader, places), seen)
            if other:
                better[word] = other
    return wanted.corrected(better) if better else wanted


def _vocabulary(reader: Reader, places: Places) -> Sequence[str]:
    """Return every word of the index, read when it is first needed."""
    if not places.vocabulary:
        places.vocabulary = tuple(
            str(term) for (term,) in reader.rows("SELECT term FROM search_vocabulary")
        )
    return places.vocabulary
