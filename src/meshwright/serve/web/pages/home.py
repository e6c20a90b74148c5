"""Home: the mesh as a map, what changed, what is broken, what waits for whoever looks."""

from typing import Any

from markupsafe import Markup
from starlette.responses import Response

from meshwright.app.catalog.board import Board
from meshwright.app.catalog.broken import open_troubles
from meshwright.app.catalog.knowing import Knowing
from meshwright.app.catalog.map import map_of
from meshwright.app.catalog.news import read_news
from meshwright.app.catalog.waiting import what_waits
from meshwright.model.health import STATUSES
from meshwright.serve.web.page import Page
from meshwright.serve.web.rendering import render
from meshwright.serve.web.visit import Visit


async def home(visit: Visit) -> Response:
    """Show the mesh at a glance."""
    board, knowing = await visit.board()
    wiring, asker = visit.service.wiring, visit.asker()

    def read() -> dict[str, Any]:
        troubles, count = open_troubles(wiring, knowing)
        return {
            "drawn": _drawn(board, knowing),
            "counts": _counts(board, knowing),
            "troubles": troubles,
            "trouble_count": count,
            "news": read_news(wiring, knowing),
            "tasks": what_waits(wiring, asker, board, knowing),
        }

    return visit.page("home.html", board=board, **await visit.service.threads.read(read))


def _drawn(board: Board, knowing: Knowing) -> Markup:
    """Return the map as it is drawn, once for all who may know of the same."""
    hidden = frozenset(knowing.hidden)
    return board.once(
        ("drawn", hidden), lambda: Markup(render("parts/map.html", {"map": map_of(board, hidden)}))
    )


def _counts(board: Board, knowing: Knowing) -> dict[str, int]:
    """Return how many products and domains there are, and how many products fare how."""
    hidden = frozenset(knowing.hidden)

    def count() -> dict[str, int]:
        known = [one for one in board.products.values() if one.address not in hidden]
        found = dict.fromkeys(STATUSES, 0)
        for product in known:
            found[product.health] = found.get(product.health, 0) + 1
        return {
            **found,
            "products": len(known),
            "domains": len({one.domain for one in known}),
            "ports": sum(len(one.ports) for one in known),
        }

    return board.once(("counts", hidden), count)


PAGES = (Page("/", home),)
