"""The list of products, with what one can filter it by."""

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.responses import Response

from meshwright.app.catalog.products import FACETS, Filters, list_products
from meshwright.serve.web.page import Page
from meshwright.serve.web.visit import Visit


async def products(visit: Visit) -> Response:
    """Show the products that pass what is asked, page by page."""
    board, knowing = await visit.board()
    filters, words = filters_of(visit, FACETS), visit.word("q").strip()
    number = visit.word("page")
    page = int(number) if number.isdigit() and len(number) < 7 else 1
    listing = await visit.service.threads.read(
        lambda: list_products(board, knowing, filters, words, page)
    )
    return visit.page(
        "products.html", listing=listing, words=words, filters=filters, links=Links(filters, words)
    )


def filters_of(visit: Visit, names: Mapping[str, object]) -> Filters:
    """Return the filters of an address: each name may stand in it several times."""
    asked = visit.request.query_params
    found = {name: tuple(dict.fromkeys(asked.getlist(name)))[:20] for name in names}
    return {name: values for name, values in found.items() if any(values)}


class Links:
    """The addresses of the same list with a filter more, or one less, or at another page."""

    def __init__(self, filters: Filters, words: str, path: str = "/products") -> None:
        self._filters, self._words, self._path = filters, words, path

    def toggled(self, name: str, value: str) -> str:
        """Return the list with a value of a filter chosen, or chosen no longer."""
        values = self._filters.get(name, ())
        chosen = tuple(v for v in values if v != value) if value in values else (*values, value)
        return self._to({**self._filters, name: chosen})

    def at(self, page: int) -> str:
        """Return another page of the list."""
        return self._to(self._filters, page)

    @property
    def plain(self) -> str:
        """Return the list without filters."""
        return self._to({})

    def _to(self, filters: Filters, page: int = 1) -> str:
        said = [("q", self._words)] if self._words else []
        said += [(name, value) for name, values in filters.items() for value in values]
        said += [("page", str(page))] if page > 1 else []
        return f"{self._path}?{urlencode(said)}" if said else self._path


PAGES = (Page("/products", products),)
