"""The discussion of a product, port or column: questions, answers, announcements.

A page with `?view=discussion` calls `discussion_of` and includes `parts/discussion.html`.
"""

from typing import Any

from starlette.responses import Response

from meshwright.app.catalog.discussing import is_owner
from meshwright.app.mesh import Mesh
from meshwright.errors import MeshwrightError
from meshwright.model.address import Address
from meshwright.serve.api.errors import HttpError, status_of
from meshwright.serve.web.page import Page
from meshwright.serve.web.visit import Visit
from meshwright.serve.wording import told


def discussion_of(mesh: Mesh, address: str, *, closed: bool = False) -> dict[str, Any]:
    """Return what the template shows of an address: its questions, what is announced, what one may do."""
    product = Address.parse(address).product_address
    return {
        "about": address,
        "questions": mesh.catalog.questions(address, closed=True),
        "announcements": mesh.catalog.announcements(str(product)),
        "proposals": mesh.catalog.proposals(str(product)),
        "may_own": is_owner(mesh.wiring, product),
        "me": mesh.wiring.actor,
        "shows_closed": closed,
    }


async def show(visit: Visit) -> Response:
    """Show the discussion on a page of its own."""
    return await _page(visit, visit.path_word(), None, {})


async def ask(visit: Visit) -> Response:
    """Ask; what was typed is kept where it cannot be."""
    address, text = visit.path_word(), visit.said("text")
    about = visit.said("about") or address

    def do(mesh: Mesh) -> object:
        if Address.parse(about).product_address != Address.parse(address).product_address:
            raise HttpError(400, "address-foreign", "the question is about another product")
        return mesh.catalog.ask(about, text)

    return await _done(visit, address, do, {"text": text, "about": about})


async def answer(visit: Visit) -> Response:
    """Answer a question."""
    question, text = visit.path_word("question"), visit.said("text")

    def do(mesh: Mesh) -> object:
        return mesh.catalog.answer(question, text)

    return await _done(visit, visit.path_word(), do, {f"answer-{question}": text})


async def accept(visit: Visit) -> Response:
    """Say that an answer is the one."""
    question, which = visit.path_word("question"), visit.said("answer")

    def do(mesh: Mesh) -> object:
        return mesh.catalog.accept(question, which)

    return await _done(visit, visit.path_word(), do, {})


async def close(visit: Visit) -> Response:
    """Close a question."""
    question, note = visit.path_word("question"), visit.said("note")

    def do(mesh: Mesh) -> object:
        return mesh.catalog.close(question, note)

    return await _done(visit, visit.path_word(), do, {})


async def announce(visit: Visit) -> Response:
    """Announce something."""
    address, text, until = visit.path_word(), visit.said("text"), visit.said("until")

    def do(mesh: Mesh) -> object:
        return mesh.catalog.announce(address, text, until=until)

    return await _done(visit, address, do, {"announcement": text, "until": until})


async def recall(visit: Visit) -> Response:
    """Show an announcement no more."""
    which = visit.said("announcement")

    def do(mesh: Mesh) -> object:
        return mesh.catalog.recall(which)

    return await _done(visit, visit.path_word(), do, {})


async def _done(visit: Visit, address: str, do: Any, said: dict[str, str]) -> Response:
    try:
        await visit.read(do)
    except MeshwrightError as error:
        return await _page(visit, address, error, said)
    return visit.go(_where(visit, address))


async def _page(
    visit: Visit, address: str, error: MeshwrightError | None, said: dict[str, str]
) -> Response:
    found = await visit.read(lambda mesh: discussion_of(mesh, address))
    fault = told(error, visit.service.wiring.root) if error else None
    status = status_of(error) if error else 200
    return visit.page("discussion.html", status=status, fault=fault, said=said, **found)


def _where(visit: Visit, address: str) -> str:
    """Return the page that the form stands on: the product's own, or the discussion's."""
    if visit.said("from") == "product":
        return f"/products/{Address.parse(address).at(None)}?view=discussion"
    return f"/discussion/{Address.parse(address).at(None)}"


PAGES = (
    Page("/discussion/{address}", show),
    Page("/discussion/{address}/ask", ask, "POST"),
    Page("/discussion/{address}/announce", announce, "POST"),
    Page("/discussion/{address}/recall", recall, "POST"),
    Page("/discussion/{address}/{question}/answer", answer, "POST"),
    Page("/discussion/{address}/{question}/accept", accept, "POST"),
    Page("/discussion/{address}/{question}/close", close, "POST"),
)
