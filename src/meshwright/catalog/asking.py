"""Words put to the index: all of them, else near ones, else any; then what is left of it for somebody.

What must stay true: whether a word is known, which one is nearest and whether anything was found is decided
by what somebody may know of, and by nothing else.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from meshwright.catalog.correcting import nearest
from meshwright.catalog.keeping import SHIFT
from meshwright.catalog.matching import Wanted
from meshwright.catalog.places import Counts, Filters, Places, counted, narrowed
from meshwright.catalog.ranking import MOST_RANKED, WEIGHTS, standing
from meshwright.spi.state_store import Reader

_FIELDS = ("name", "description", "inside")


@dataclass(frozen=True, slots=True)
class Matches:
    """What was found: documents, or (where everything is) no more than how many stand on each place."""

    ids: Sequence[int] = ()
    counts: Mapping[int, int] = field(default_factory=dict)
    wanted: Wanted | None = None
    is_any: bool = False
    corrected: str = ""


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


def left_of(found: Matches, left: Counts, places: Places) -> Iterable[int]:
    """Return the documents that are left: as the index has them, or the best places first."""
    if found.wanted is None:
        return _by_standing(left, places)
    if len(left.places) == len(found.counts):
        return found.ids
    return [one for one in found.ids if one >> SHIFT in left.places]


def _by_standing(left: Counts, places: Places) -> Iterator[int]:
    for number in sorted(left.places, key=lambda one: (-standing(places.spots[one]), one)):
        first = number << SHIFT
        yield from range(first, first + places.spots[number].count)


def scores(reader: Reader, found: Matches) -> dict[int, float]:
    """Return how well the words fit, the least the best; of very many documents, those of that name alone."""
    if found.wanted is None:
        return {}
    text = found.wanted.text(
        is_any=found.is_any, column="name" if len(found.ids) > MOST_RANKED else ""
    )
    rows = reader.rows(
        f"SELECT rowid, bm25(search_words, {WEIGHTS}) FROM search_words WHERE search_words MATCH ?"
        f" LIMIT {MOST_RANKED}",
        (text,),
    )
    return {int(str(one)): float(str(score)) for one, score in rows}


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
        "SELECT rowid FROM search_words WHERE search_words MATCH ?", (wanted.text(is_any=is_any),)
    )
    ids: list[int] = [row[0] for row in rows]  # type: ignore[misc]  # in the order of their numbers
    return Matches(ids, counted(ids), wanted, is_any)


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
