"""Search, and what is alike: for whoever is known to the mesh, as far as they may know."""

from collections.abc import Mapping, Sequence

import msgspec

from meshwright.app.catalog.alike import Alike
from meshwright.app.catalog.search import LIMIT, Hit
from meshwright.catalog.places import FACETS
from meshwright.serve.api.bodies import MOST_LINES
from meshwright.serve.api.looking import Look, looking
from meshwright.serve.api.operations import CURSOR, Operation, Parameter
from meshwright.serve.api.paging import cursor_at, offset_of

MOST_OFFSET = 10_000


class Searched(msgspec.Struct):
    """A page of hits, the best first. `corrected` is what was understood, where that is not what was said.

    `is_partial`: the mesh is still being indexed, so that more may be found in a while.
    """

    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[str, tuple[tuple[str, int], ...]]
    corrected: str = ""
    next: str = ""
    is_partial: bool = False


class Resembling(msgspec.Struct):
    """The ports that are like one, the most alike first."""

    alike: tuple[Alike, ...]


def _search(look: Look) -> Searched:
    words = look.words
    filters = {facet: said for facet in FACETS if (said := words.parts(facet))}
    limit = max(1, words.count("limit", LIMIT, MOST_LINES))
    offset = min(offset_of(words), MOST_OFFSET)
    found = look.mesh.search(words.text("q"), filters, limit, offset)
    end = offset + len(found.hits)
    more = found.hits and end < min(found.total, MOST_OFFSET)
    return Searched(
        found.hits,
        found.total,
        found.facets,
        found.corrected,
        cursor_at(end) if more else "",
        found.is_partial,
    )


def _alike(look: Look) -> Resembling:
    return Resembling(look.mesh.alike(look.path()))


def _facet(name: str) -> Parameter:
    return Parameter(name, f"Only of this {name}; several are separated by commas.")


PARAMETERS: Sequence[Parameter] = (
    Parameter("q", "Words; the last may be a beginning. None: everything.", example="dep delay"),
    *map(_facet, FACETS),
    Parameter("limit", "How many at most.", "integer", example=LIMIT, most=MOST_LINES),
    CURSOR,
)
PRODUCT = Parameter("address", "A product or a port.", place="path", example="sales.orders")
OPERATIONS: Sequence[Operation] = (
    looking(
        "/api/v1/search", "Find products, ports, columns, terms and domains by words.", Searched, _search,
        *PARAMETERS,
        details="All words are looked for, then near ones, then any; what you may not know of is not found.",
    ),
    looking(
        "/api/v1/products/{address}/alike",
        "List the ports that are like a product's or port's, or can be joined with it.", Resembling, _alike,
        PRODUCT,
        details="By business terms, by columns' names, and by the values of keys that are not classified.",
        is_long=True,
    ),
)  # fmt: skip
