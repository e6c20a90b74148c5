"""The list of products: filtered, counted by what one can filter by, page by page."""

from collections import Counter
from collections.abc import Callable, Mapping
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
    key = ("listing", frozenset(knowing.hidden), tuple(sorted(filters.items())), words)
    found, facets = board.once(key, lambda: _found(board, knowing, filters, words))
    pages = max(1, -(-len(found) // PAGE))
    place = min(max(1, page), pages)
    return Listing(
        tuple(found[(place - 1) * PAGE : place * PAGE]), len(found), place, pages, facets
    )


def _found(
    board: Board, knowing: Knowing, filters: Filters, words: str
) -> tuple[list[BoardProduct], Mapping[str, tuple[tuple[str, int, bool], ...]]]:
    """Return all products that pass, and for each facet what its values would leave beside the others."""
    known, wanted = known_products(board, knowing), words.lower().split()
    if wanted:
        known = [one for one in known if all(word in _text(one) for word in wanted)]
    chosen = {name: frozenset(values) for name, values in filters.items() if values}
    counts = {name: Counter[str]() for name in FACETS}
    found = []
    for one in known:
        failing = [n for n, values in chosen.items() if values.isdisjoint(FACETS[n](one))]
        if not failing:
            found.append(one)
        if len(failing) < 2:
            for name in failing or FACETS:
                counts[name].update(FACETS[name](one))
    return found, {name: _values(name, counts[name], filters.get(name, ())) for name in FACETS}


def known_products(board: Board, knowing: Knowing) -> list[BoardProduct]:
    """Return all products that somebody may know of, by address."""
    hidden = knowing.hidden
    return [one for one in board.products.values() if one.address not in hidden]


def _text(product: BoardProduct) -> str:
    return f"{product.address} {product.title} {product.description}".lower()


def _values(
    facet: str, counts: Mapping[str, int], chosen: tuple[str, ...]
) -> tuple[tuple[str, int, bool], ...]:
    """Return the values of a facet: the most first, health the worst first, the chosen always."""
    if facet == "health":
        order = sorted(counts, key=STATUSES.index, reverse=True)
    else:
        order = sorted(counts, key=lambda value: (value not in chosen, -counts[value], value))
    listed = [*order[:_SHOWN], *(value for value in chosen if value not in counts)]
    return tuple((value, counts.get(value, 0), value in chosen) for value in listed)
