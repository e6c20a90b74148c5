"""Terms: what words mean in this mesh, and which columns carry them."""

from starlette.responses import Response

from meshwright.app.catalog.term_page import carriers_of, known_term, known_terms
from meshwright.serve.web.page import Page
from meshwright.serve.web.visit import Visit


async def terms(visit: Visit) -> Response:
    """Show the terms, or those that words find."""
    board, knowing = await visit.board()
    words, wiring = visit.word("q").strip()[:200], visit.service.wiring
    pages = await visit.service.threads.read(lambda: known_terms(wiring, board, knowing, words))
    return visit.page("terms.html", pages=pages, words=words)


async def term(visit: Visit) -> Response:
    """Show one term; another word for it leads to it."""
    board, knowing = await visit.board()
    wiring, name = visit.service.wiring, visit.path_word("name")
    page = await visit.service.threads.read(lambda: known_term(wiring, knowing, name))
    if page.term.name != name:
        return visit.go(f"/terms/{page.term.name}")
    related = [one for one in page.term.related if one in wiring.workspace.terms]
    return visit.page(
        "term.html",
        page=page,
        carriers=carriers_of(board, page),
        related=[wiring.workspace.terms[one] for one in related],
    )


PAGES = (Page("/terms", terms), Page("/terms/{name}", term))
