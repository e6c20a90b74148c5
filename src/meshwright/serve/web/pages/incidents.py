"""Incidents: what is unhealthy, why as far as it is known, whom it hurts, and what people do about it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from starlette.responses import Response

from meshwright.app.catalog.board import Board
from meshwright.app.catalog.builds import told_checks
from meshwright.app.catalog.knowing import Knowing
from meshwright.app.catalog.veil import SOMETHING
from meshwright.app.catalog.veils import veil_of
from meshwright.app.failed_checks import FailedOutcome, failed_checks
from meshwright.app.history import HistoryLine
from meshwright.app.identity.verbs import refusal
from meshwright.app.incident_pages import ImpactNode, IncidentLine, IncidentPage
from meshwright.app.mesh import Mesh
from meshwright.app.product_graph import graph_of
from meshwright.errors import DeniedError, MeshwrightError, UsageError
from meshwright.model.address import Address
from meshwright.serve.web.hiding import is_known, seen_text, seen_tree
from meshwright.serve.web.incident_drawing import Cause, incident_picture
from meshwright.serve.web.known import missing
from meshwright.serve.web.page import Page
from meshwright.serve.web.visit import Visit

STATES = ("open", "resolved", "all")
SEVERITIES = ("high", "medium", "low")
ACTS: Mapping[str, str] = {
    "acknowledge": "You take care of it",
    "comment": "Your comment stands in its story",
    "expected": "Marked as expected, and resolved",
    "real": "Marked as real: what is watched learns from it",
    "resolve": "Resolved",
    "reopen": "Open again",
}
_BUILDS = 8


async def index(visit: Visit) -> Response:
    """List what is unhealthy, open first."""
    board, knowing = await visit.board()
    lines = await visit.read(lambda mesh: mesh.incidents.list(closed=True))
    seen = [one for one in lines if knowing.of(one.product)]
    chosen = {
        name: visit.word(name) for name in ("state", "domain", "owner", "severity", "product")
    }
    found = [one for one in seen if _is_chosen(one, chosen)]
    found.sort(key=lambda one: (one.state == "resolved", _rank(one)))
    return visit.page(
        "incidents/index.html",
        lines=[_seen_line(one, knowing) for one in found],
        chosen=chosen,
        states=STATES,
        severities=SEVERITIES,
        domains=sorted({one.product.partition(".")[0] for one in seen}),
        owners=sorted({one.owner for one in seen if one.owner}),
        open_count=sum(one.state != "resolved" for one in seen),
        is_quiet=not seen,
        names={
            name: board.products[name].name
            for name in {one.product for one in found}
            if name in board.products
        },
    )


async def show(visit: Visit) -> Response:
    """Show all of one incident."""
    board, knowing = await visit.board()
    page = await _page(visit, knowing)
    line = page.line

    def read(
        mesh: Mesh,
    ) -> tuple[tuple[FailedOutcome, ...], tuple[HistoryLine, ...], DeniedError | None, list[Cause]]:
        product = Address.parse(line.product)
        veil = veil_of(mesh.wiring, knowing).within(line.product)
        failed = failed_checks(mesh.wiring, product, line.build) if line.build else ()
        return (
            told_checks(veil, failed),
            _history(mesh, line.product),
            refusal(mesh.wiring, "incidents comment", {"incident": line.id}),
            _causes(mesh, product, page.hints, knowing),
        )

    checks, builds, refused, causes = await visit.read(read)
    unnamed = [one.input for one in causes if one.name == SOMETHING]
    tree = seen_tree(page.tree, knowing)
    return visit.page(
        "incidents/show.html",
        line=_seen_line(line, knowing),
        page=page,
        hints=[_unnamed(seen_text(hint, knowing), unnamed) for hint in page.hints],
        timeline=[replace(event, text=seen_text(event.text, knowing)) for event in page.timeline],
        checks=checks,
        builds=builds,
        refused=refused,
        causes=causes,
        picture=incident_picture(line.product, causes, tree),
        affected=list(_affected(tree, board, 0)),
        readers=page.readers if not knowing.hidden else (),
        product=board.products.get(line.product),
    )


async def act(visit: Visit) -> Response:
    """Do something about one incident, as who may."""
    _, knowing = await visit.board()
    line = (await _page(visit, knowing)).line
    what, note = visit.path_word("act"), visit.said("note")
    if what not in ACTS:
        raise missing(what, "action")

    def do(mesh: Mesh) -> IncidentLine:
        desk = mesh.incidents
        if what in ("expected", "real"):
            return desk.mark(line.id, what, note)
        done: IncidentLine = getattr(desk, what)(line.id, note)
        return done

    await visit.read(do)
    return visit.go(f"/incidents/{line.id}", ACTS[what])


async def _page(visit: Visit, knowing: Knowing) -> IncidentPage:
    """Return the incident that is asked for; 404 where there is none, or none that they may know of."""
    text = visit.path_word("incident")
    try:
        page = await visit.read(lambda mesh: mesh.incidents.show(text))
    except UsageError as error:
        raise missing(text, "incident") from error
    if not knowing.of(page.line.product):
        raise missing(text, "incident")
    return page


def _history(mesh: Mesh, product: str) -> tuple[HistoryLine, ...]:
    try:
        return mesh.history(product, _BUILDS)
    except MeshwrightError:
        return ()  # it never came to a build that is kept


def _is_chosen(line: IncidentLine, chosen: Mapping[str, str]) -> bool:
    is_over = line.state == "resolved"
    state = chosen["state"] or "open"
    return (
        (state == "all" or is_over == (state == "resolved"))
        and chosen["domain"] in ("", line.product.partition(".")[0])
        and chosen["owner"] in ("", line.owner)
        and chosen["severity"] in ("", line.severity)
        and chosen["product"] in ("", line.product)
    )


def _rank(line: IncidentLine) -> int:
    return SEVERITIES.index(line.severity) if line.severity in SEVERITIES else len(SEVERITIES)


def _seen_line(line: IncidentLine, knowing: Knowing) -> IncidentLine:
    impact = tuple(name if is_known(knowing, name) else SOMETHING for name in line.impact)
    return replace(
        line,
        impact=impact,
        explanation=seen_text(line.explanation, knowing),
        cause=seen_text(line.cause, knowing),
    )


def _causes(mesh: Mesh, product: Address, hints: Iterable[str], knowing: Knowing) -> list[Cause]:
    """Return what a product reads; suspect is what a hint names."""
    said = " ".join(hints)
    card = graph_of(mesh.wiring).cards.get(product)
    found = []
    for port in card.inputs if card else ():
        of = str(port.port.port_address) if port.port else ""
        is_open = not of or is_known(knowing, of)
        is_suspect = f"`{port.name}`" in said or bool(of and f"`{of}`" in said)
        found.append(
            Cause(
                of or port.name if is_open else SOMETHING,
                "read" if of else "a source",
                is_suspect,
                port.name,
            )
        )
    return found


def _unnamed(text: str, inputs: Iterable[str]) -> str:
    """Return words without the names of inputs that read what is hidden."""
    for name in inputs:
        text = text.replace(f"`{name}`", SOMETHING)
    return text


def _affected(
    nodes: Iterable[ImpactNode], board: Board, depth: int
) -> Iterable[tuple[int, ImpactNode, tuple[str, ...]]]:
    for node in nodes:
        product = board.products.get(node.product)
        yield depth, node, product.owners if product else ()
        yield from _affected(node.below, board, depth + 1)


PAGES = (
    Page("/incidents", index),
    Page("/incidents/{incident}", show),
    Page("/incidents/{incident}/{act}", act, "POST"),
)
