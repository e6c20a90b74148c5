"""Search: what words find, narrowed by facets; and what the box in the header suggests while one types."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup
from starlette.responses import Response

from meshwright.app.catalog.search import LIMIT, Hit, search
from meshwright.catalog.counting import Filters
from meshwright.catalog.places import FACETS
from meshwright.errors import MeshwrightError
from meshwright.serve.web.marking import marked, words_of
from meshwright.serve.web.page import Page
from meshwright.serve.web.pages.products import Links, filters_of
from meshwright.serve.web.visit import Visit
from meshwright.serve.wording import told

SUGGESTED, FEWEST, MOST_PAGES = 8, 2, 500
TITLES: Mapping[str, str] = {
    "kind": "What", "domain": "Domain", "owner": "Owner", "tag": "Tag", "health": "Health",
    "classification": "Classification", "certified": "Certified", "freshness": "Published",
}  # fmt: skip
_SHOWN = 10  # values of a facet


@dataclass(frozen=True, slots=True)
class Line:
    """One hit as it is shown."""

    hit: Hit
    href: str
    title: Markup
    address: Markup
    text: Markup


@dataclass(frozen=True, slots=True)
class Shown:
    """A page of hits, with the facets as they can be chosen."""

    lines: tuple[Line, ...]
    total: int
    corrected: str
    facets: Mapping[str, tuple[tuple[str, int, bool], ...]]
    page: int
    pages: int
    is_partial: bool = False


async def results(visit: Visit) -> Response:
    """Show what words find."""
    text, filters = visit.word("q").strip(), filters_of(visit, dict.fromkeys(FACETS))
    number = visit.word("page")
    page = min(int(number), MOST_PAGES) if number.isdigit() and len(number) < 7 else 1
    shown, fault, status = None, None, 200
    try:
        shown = await _found(visit, text, filters, max(1, page))
    except MeshwrightError as error:
        fault, status = told(error, visit.service.wiring.root), 400
    return visit.page(
        "search/found.html" if visit.is_part else "search/page.html",
        status=200 if visit.is_part else status,
        shown=shown,
        fault=fault,
        text=text,
        filters=filters,
        titles=TITLES,
        links=Links(filters, text, "/search"),
    )


async def suggest(visit: Visit) -> Response:
    """Show the few best hits under the box in the header; nothing for less than two letters."""
    text = visit.word("q").strip()
    shown = None
    if len(text) >= FEWEST:
        try:
            shown = await _found(visit, text, {}, 1, SUGGESTED)
        except MeshwrightError:
            shown = None
    return visit.page("search/suggestions.html", shown=shown, text=text)


async def _found(visit: Visit, text: str, filters: Filters, page: int, size: int = LIMIT) -> Shown:
    service = visit.service
    found = await service.threads.read(
        lambda: search(
            service.wiring, service.knowing(visit.who), text, filters, size, (page - 1) * size
        )
    )
    words = words_of(found.corrected or text)
    return Shown(
        tuple(_line(hit, words) for hit in found.hits),
        found.total,
        found.corrected,
        {name: _values(found.facets.get(name, ()), filters.get(name, ())) for name in TITLES},
        page,
        min(MOST_PAGES, max(1, -(-found.total // size))),
        found.is_partial,
    )


def _values(
    counted: tuple[tuple[str, int], ...], chosen: tuple[str, ...]
) -> tuple[tuple[str, int, bool], ...]:
    """Return the values of a facet: those that most have, and always those that are chosen."""
    counts = dict(counted)
    listed = [value for value, _ in counted][:_SHOWN]
    listed += [value for value in chosen if value not in listed]
    return tuple((value, counts.get(value, 0), value in chosen) for value in listed)


def _line(hit: Hit, words: tuple[str, ...]) -> Line:
    name = (
        hit.address.rpartition(".")[2]
        if hit.kind in ("port", "column")
        else hit.address.partition(".")[2]
    )
    return Line(
        hit,
        href_of(hit),
        marked(hit.title or name or hit.address, words, 120),
        marked(hit.address, words, 200),
        marked(hit.description, words),
    )


def href_of(hit: Hit) -> str:
    """Return where a hit is shown."""
    address = quote(hit.address, safe=".@")
    if hit.kind == "term":
        return f"/terms/{address}"
    if hit.kind == "domain":
        return f"/domains/{address}"
    if hit.kind == "column":
        port, _, column = hit.address.rpartition(".")
        return f"/products/{quote(port, safe='.')}?view=schema#{quote(f'c-{column}')}"
    return f"/products/{address}"


PAGES = (Page("/search", results), Page("/search/suggest", suggest))
