"""The list of products: filtered, counted by what one can filter by, page by page."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from meshwright.app.catalog.board import Board, BoardProduct
from meshwright.app.catalog.knowing import Knowing
from meshwright.model.health import STATUSES

PAGE = 50
Values = Callable[[BoardProduct], tuple[str, ...]]
FACETS: Mapping[str, Values] = {
    "domain": lambda one: (one.domain,),
    "health": lambda one: (one.health,),
    "tag": lambda one: one.tags,
    "owner": lambda one: one.owners,
}
_SHOWN = 12  # values of a facet
Filters = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of products. `facets`: name -> (value, how many, whether it is chosen)."""

    products: tuple[BoardProduct, ...]
    total: int
    page: int
    pages: int
    facets: Mapping[str, tuple[tuple[str, int, bool], ...]]


def list_products(
    board: Board, knowing: Knowing, filters: Filters, words: str = "", page: int = 1
) -> Listing:
    """Return the products that pass: of each facet one of the values said; `words` are all in its names."""
    known = known_products(board, knowing)
    wanted = words.lower().split()
    if wanted:
        known = [one for one in known if all(word in _text(one) for word in wanted)]
    found = [one for one in known if _passes(one, filters)]
    pages = max(1, -(-len(found) // PAGE))
    place = min(max(1, page), pages)
    return Listing(
        tuple(found[(place - 1) * PAGE : place * PAGE]),
        len(found),
        place,
        pages,
        {name: _counted(name, known, filters) for name in FACETS},
    )


def known_products(board: Board, knowing: Knowing) -> list[BoardProduct]:
    """Return all products that somebody may know of, by address."""
    hidden = knowing.hidden
    return [one for one in board.products.values() if one.address not in hidden]


def _text(product: BoardProduct) -> str:
    return f"{product.address} {product.title} {product.description}".lower()


def _passes(product: BoardProduct, filters: Filters, beside: str = "") -> bool:
    return all(
        not set(values).isdisjoint(FACETS[name](product))
        for name, values in filters.items()
        if values and name != beside
    )


def _counted(
    facet: str, known: Iterable[BoardProduct], filters: Filters
) -> tuple[tuple[str, int, bool], ...]:
    """Count what each value would leave, beside the other facets: the most first, the chosen always."""
    others = [one for one in known if _passes(one, filters, facet)]
    counts = Counter(value for one in others for value in FACETS[facet](one))
    chosen = filters.get(facet, ())
    if facet == "health":
        order = sorted(counts, key=STATUSES.index, reverse=True)
    else:
        order = sorted(counts, key=lambda value: (value not in chosen, -counts[value], value))
    listed = [*order[:_SHOWN], *(value for value in chosen if value not in counts)]
    return tuple((value, counts[value], value in chosen) for value in listed)
