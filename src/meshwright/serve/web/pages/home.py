"""Home: the mesh at a glance."""

from starlette.responses import Response

from meshwright.serve.web.page import Page
from meshwright.serve.web.visit import Visit


async def home(visit: Visit) -> Response:
    """Show every domain with its products and how they fare."""
    board, knowing = await visit.board()
    domains = {
        name: [product for product in products if knowing.of(product.address)]
        for name, products in board.domains.items()
    }
    return visit.page(
        "home.html", domains={name: found for name, found in domains.items() if found}
    )


PAGES = (Page("/", home),)
