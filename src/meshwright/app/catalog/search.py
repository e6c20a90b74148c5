"""Find what the mesh has by words: products, ports, columns, terms and domains.

What must stay true: nothing that somebody may not know of is found, counted or hinted at.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from meshwright.app.catalog.knowing import Knowing
from meshwright.app.product_graph import ProductGraph, graph_of
from meshwright.app.wiring import Wiring
from meshwright.documents.cards import Card
from meshwright.model.glossary import fold

LIMIT = 20
Filters = Mapping[str, tuple[str, ...]]


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


@dataclass(frozen=True, slots=True)
class Found:
    """What words found: a page of hits, how many there are, and how many for each value of each facet.

    `corrected` is what was understood where that is not what was written; else ''.
    """

    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    corrected: str = ""


def search(
    wiring: Wiring,
    knowing: Knowing,
    text: str,
    filters: Filters | None = None,
    limit: int = LIMIT,
    offset: int = 0,
) -> Found:
    """Return what words find, the best first; `filters`: facet -> values, of which one must hold."""
    words = fold(text).split()
    graph = graph_of(wiring)
    said = filters or {}
    found = [
        (rank, hit)
        for card in graph.cards.values()
        if knowing.of(card.address)
        for hit in _hits(card, graph)
        if _passes(hit, said) and (rank := _rank(hit, words)) is not None
    ]
    hits = [hit for _, hit in sorted(found, key=lambda one: (one[0], one[1].address))]
    return Found(tuple(hits[offset : offset + limit]), len(hits), _facets(hits))


def _hits(card: Card, graph: ProductGraph) -> Iterator[Hit]:
    domain, owners = card.address.domain, graph.owners(card.address)
    product = str(card.address)
    yield Hit("product", product, card.title, card.description, domain, owners, card.tags)
    for output in card.outputs:
        yield Hit("port", f"{product}.{output.name}", "", "", domain, owners, card.tags)


def _passes(hit: Hit, filters: Filters) -> bool:
    values = {"domain": (hit.domain,), "owner": hit.owners, "tag": hit.tags, "kind": (hit.kind,)}
    return all(
        not wanted or set(wanted) & set(values.get(facet, ())) for facet, wanted in filters.items()
    )


def _rank(hit: Hit, words: list[str]) -> int | None:
    places = (f"{fold(hit.address.replace('.', ' '))} {fold(hit.title)}", fold(hit.description))
    for rank, text in enumerate((places[0], " ".join(places))):
        if all(word in text for word in words):
            return rank
    return None


def _facets(hits: list[Hit]) -> dict[str, tuple[tuple[str, int], ...]]:
    counts: dict[str, dict[str, int]] = {"domain": {}, "owner": {}, "tag": {}, "kind": {}}
    for hit in hits:
        for facet, values in (
            ("domain", (hit.domain,)), ("owner", hit.owners), ("tag", hit.tags), ("kind", (hit.kind,)),
        ):  # fmt: skip
            for value in values:
                counts[facet][value] = counts[facet].get(value, 0) + 1
    return {
        facet: tuple(sorted(found.items(), key=lambda one: (-one[1], one[0])))
        for facet, found in counts.items()
    }
