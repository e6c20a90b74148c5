"""Suggested classifications: an owner confirms or refuses; until then the columns stay masked."""

from starlette.responses import Response

from meshwright.app.acting import ActingWiring
from meshwright.app.classify_decide import accept, refuse
from meshwright.app.identity.verbs import require
from meshwright.app.knowing_mesh import require_all_known
from meshwright.app.mesh import Mesh
from meshwright.app.suggested import open_suggestions
from meshwright.serve.web.page import Page
from meshwright.serve.web.visit import Visit

SHOWN = 200


async def show(visit: Visit) -> Response:
    """Show what waits, mine first."""
    _, knowing = await visit.board()
    found = await visit.read(lambda mesh: open_suggestions(mesh.wiring))
    known = [one for one in found if knowing.of(one.product)]
    return visit.page(
        "governance/suggestions.html",
        suggestions=sorted(known, key=lambda one: not one.is_mine)[:SHOWN],
        beyond=max(0, len(known) - SHOWN),
    )


async def decide(visit: Visit) -> Response:
    """Write a suggestion into the contract, or keep an owner's word that it is none."""
    column, kind, reason = visit.said("column"), visit.said("kind"), visit.said("reason")
    is_refusal = visit.said("word") == "refuse"

    def work(mesh: Mesh) -> str:
        word = "refuse" if is_refusal else "accept"
        if isinstance(mesh.wiring, ActingWiring):
            require_all_known(mesh.wiring, {"address": column})
        require(mesh.wiring, f"classify {word}", address=column)
        if is_refusal:
            done = refuse(mesh.wiring, column, reason, kind)
            return f"{done.column} is not {done.kind}: it is not suggested again"
        made = accept(mesh.wiring, column, kind)
        mesh.wiring.origin.look_anew()
        next_version = f"; its next version: {made.version}" if made.version else ""
        return f"{made.column} is {made.classification}, as {made.file} says now{next_version}"

    return visit.go("/governance/suggestions", await visit.read(work))


PAGES = (Page("/governance/suggestions", show), Page("/governance/suggestions", decide, "POST"))
