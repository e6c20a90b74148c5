"""Domains: a team and what it owns."""

from starlette.responses import Response

from meshwright.app.catalog.domain_page import score_domain, show_domain
from meshwright.app.catalog.veil import Veil
from meshwright.serve.web.page import Page
from meshwright.serve.web.visit import Visit

AT_ONCE = 8  # products whose scorecard comes with the page; of more it is loaded after it


async def domain(visit: Visit) -> Response:
    """Show a domain."""
    board, knowing = await visit.board()
    wiring, name = visit.service.wiring, visit.path_word("domain")
    page = await visit.service.threads.read(lambda: show_domain(wiring, board, knowing, name))
    card = None
    if len(page.products) <= AT_ONCE:
        card = await visit.service.threads.read(lambda: score_domain(wiring, board, knowing, name))
    return visit.page("domain.html", page=Veil(knowing).over(page), card=card)


async def scores(visit: Visit) -> Response:
    """Show how mature a domain is."""
    board, knowing = await visit.board()
    wiring, name = visit.service.wiring, visit.path_word("domain")
    page = await visit.service.threads.read(lambda: show_domain(wiring, board, knowing, name))
    card = await visit.service.threads.read(lambda: score_domain(wiring, board, knowing, name))
    template = "domain-scores.html" if visit.is_part else "domain-scores-page.html"
    return visit.page(template, page=page, card=card)


PAGES = (Page("/domains/{domain}", domain), Page("/domains/{domain}/scores", scores))
