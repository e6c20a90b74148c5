"""Find what the mesh has by words: products, ports, columns, terms and domains.

What must stay true: nothing that somebody may not know of is found, counted or hinted at, and no text that
somebody writes is read as a syntax.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from weakref import WeakKeyDictionary

from meshwright.app.catalog.indexing import keep_up
from meshwright.app.catalog.knowing import Knowing
from meshwright.app.product_graph import graph_of
from meshwright.app.wiring import Wiring
from meshwright.catalog import asking
from meshwright.catalog.counting import Filters
from meshwright.catalog.documents import KINDS
from meshwright.catalog.keeping import SHIFT, read_generation
from meshwright.catalog.matching import Synonyms, Wanted, read_synonyms, read_wanted
from meshwright.catalog.places import FACETS, Places, Spot, read_places
from meshwright.catalog.ranking import FEW, MOST_KEPT, Rated, by_use, rated
from meshwright.errors import UsageError, did_you_mean
from meshwright.model.health import STATUSES
from meshwright.spi.state_store import Reader

__all__ = ["FACETS", "LIMIT", "Filters", "Found", "Hit", "search"]

LIMIT = 20
USED = timedelta(days=90)
_WORDS: Mapping[str, Sequence[str]] = {"kind": KINDS, "health": STATUSES, "certified": ("yes",)}
_KNOWN: "WeakKeyDictionary[Wiring, Places]" = WeakKeyDictionary()
# By the mark of the files, then by the domains that somebody may not know of.
_SYNONYMS: "WeakKeyDictionary[Wiring, tuple[str, dict[frozenset[str], Synonyms]]]" = (
    WeakKeyDictionary()
)


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found. `kind`: product, port, column, term or domain; `why`: where the words are."""

    kind: str
    address: str
    title: str = ""
    description: str = ""
    domain: str = ""
    owners: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    health: str = ""
    why: str = ""
    is_certified: bool = False
    is_deprecated: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What words found: a page of hits, how many there are, and how many for each value of each facet.

    `corrected` is what was understood where that is not what was written; else ''. `is_partial`: a server is
    still indexing the mesh, or much that changed of it, so that more may be found in a while.
    """

    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    corrected: str = ""
    is_partial: bool = False


def search(
    wiring: Wiring,
    knowing: Knowing,
    text: str,
    filters: Filters | None = None,
    limit: int = LIMIT,
    offset: int = 0,
) -> Found:
    """Return what words find, the best first; `filters`: facet -> values, of which one must hold.

    No words find everything. Raises `UsageError` (`search-too-long`, `facet-unknown`, `facet-value`).
    """
    said = {facet: tuple(values) for facet, values in (filters or {}).items() if values}
    _require_facets(said)
    wanted = read_wanted(text, _synonyms(wiring, knowing))
    is_whole = keep_up(wiring)
    since = (wiring.now() - USED).isoformat()
    most = FEW if offset + limit <= FEW else MOST_KEPT
    with wiring.store.read() as reader:
        places = _places(wiring, reader)
        hidden = knowing.hidden | places.gone(graph_of(wiring).names)
        key = (hidden, wanted, not text.strip(), tuple(sorted(said.items())), most)
        ranked = places.once(key, lambda: _ranked(reader, places, hidden, wanted, said, text, most))
        ids = by_use(reader, places, ranked.rated, since)
        hits = _hits(reader, places, ids[offset : offset + limit], ranked.wanted)
    return Found(tuple(hits), ranked.total, ranked.facets, ranked.corrected, not is_whole)


@dataclass(frozen=True, slots=True)
class _Ranked:
    """What a search finds in one generation of the index, for all who may know of as much."""

    rated: Rated
    wanted: Wanted | None
    total: int
    facets: Mapping[str, tuple[tuple[str, int], ...]]
    corrected: str


def _ranked(
    reader: Reader,
    places: Places,
    hides: frozenset[str],
    wanted: Wanted,
    filters: Filters,
    text: str,
    most: int,
) -> _Ranked:
    hidden = places.hidden(hides)
    if not wanted.groups:
        found = asking.everything(places) if not text.strip() else asking.NOTHING
    else:
        found = asking.ask(reader, places, hidden, wanted)
    left = asking.narrow(places, found, hidden, filters)
    words = found.wanted.words if found.wanted else ()
    scores = asking.scores(reader, found, left)
    rest = asking.left_of(reader, found, left, places, most)
    best = rated(places, rest, scores, words, most)
    return _Ranked(best, found.wanted, left.total, left.facets, found.corrected)


def _synonyms(wiring: Wiring, knowing: Knowing) -> Synonyms:
    """Return the other words of glossaries that somebody may know of, read once while files say the same."""
    mark, terms = wiring.workspace.mark, wiring.workspace.terms.values()
    closed = frozenset(t.domain for t in terms if t.domain and not knowing.of_domain(t.domain))
    known = _SYNONYMS.get(wiring.origin)
    if known is None or known[0] != mark:
        known = _SYNONYMS[wiring.origin] = (mark, {})
    if closed not in known[1]:
        known[1][closed] = read_synonyms(term for term in terms if term.domain not in closed)
    return known[1][closed]


def _require_facets(filters: Filters) -> None:
    for facet, values in filters.items():
        if facet not in FACETS:
            raise UsageError(
                "facet-unknown",
                f"there is no facet `{facet[:50]}`",
                hint=did_you_mean(facet[:50], FACETS),
            )
        for value in values:
            known = _WORDS.get(facet, (value,))
            if value not in known:
                said = f"`{value[:50]}` is no {facet}"
                raise UsageError("facet-value", said, hint=did_you_mean(value[:50], known))


def _places(wiring: Wiring, reader: Reader) -> Places:
    """Return the places of the index as a snapshot has it; read again when it has another generation."""
    generation = read_generation(reader)
    known = _KNOWN.get(wiring.origin)
    if known is None or known.generation != generation:
        is_older = known is not None and known.generation < generation
        known = read_places(reader, generation, known if is_older else None)
        _KNOWN[wiring.origin] = known
    return known


def _hits(reader: Reader, places: Places, ids: Sequence[int], wanted: Wanted | None) -> list[Hit]:
    marks = ", ".join("?" * len(ids))
    rows = reader.rows(
        "SELECT id, address, title, text, name, description, more FROM search_documents"
        f" WHERE id IN ({marks})",
        ids,
    )
    by_id = {int(str(row[0])): [str(value) for value in row[1:]] for row in rows}
    return [_hit(places.spots[one >> SHIFT], by_id[one], wanted) for one in ids if one in by_id]


def _hit(spot: Spot, row: Sequence[str], wanted: Wanted | None) -> Hit:
    address, title, text, *words = row
    return Hit(
        spot.kind,
        address,
        title,
        text,
        spot.domain,
        spot.owners,
        spot.tags,
        spot.health,
        asking.why(words, wanted) if wanted else "",
        spot.is_certified,
        spot.is_deprecated,
    )
