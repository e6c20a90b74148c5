"""The inbox of access: what waits for my word, what I asked for, my grants; and what I can read."""

from typing import Any

from starlette.responses import Response

from meshwright.app.access.explaining import Sight
from meshwright.app.access.story import Story
from meshwright.app.mesh import Mesh
from meshwright.model.access import MASKS
from meshwright.serve.web.page import Page
from meshwright.serve.web.visit import Visit

AT_ONCE, READABLE = 20, 50
CLOSED = 5  # of my requests that ended


async def show(visit: Visit) -> Response:
    """Show what waits, what was asked, what was granted."""
    _, knowing = await visit.board()
    me = visit.who.principal

    def read(mesh: Mesh) -> dict[str, Any]:
        waiting = mesh.access.waiting()
        mine = mesh.access.requests(mine=True, closed=True)
        held = [one for one in mesh.access.grants() if one["principal"] in me.names]
        return {"waiting": waiting, "mine": mine, "held": held}

    found = await visit.read(read)
    waiting: list[Story] = [s for s in found["waiting"] if knowing.of(s.kept.request.address)]
    mine = [one for one in found["mine"] if knowing.of(str(one["address"]))]
    ended = [one for one in reversed(mine) if one["state"] != "open"]
    return visit.page(
        "access/inbox.html",
        waiting=waiting[:AT_ONCE],
        beyond=max(0, len(waiting) - AT_ONCE),
        asked=[one for one in mine if one["state"] == "open"],
        ended=ended[:CLOSED],
        grants=[one for one in found["held"] if knowing.of(str(one["address"]))],
        masks=MASKS,
    )


async def readable(visit: Visit) -> Response:
    """Show what I can read, some at a time."""
    _, knowing = await visit.board()
    if visit.who.principal.owns_mesh:
        return visit.page("access/readable.html", sights=(), after="", owns_mesh=True)
    after = visit.word("after")
    found: tuple[Sight, ...] = await visit.read(
        lambda mesh: mesh.access.reading(after=after, limit=READABLE + 1)
    )
    shown = [one for one in found[:READABLE] if knowing.of(one.decision.address)]
    last = str(found[READABLE - 1].decision.address.at(None)) if len(found) > READABLE else ""
    return visit.page("access/readable.html", sights=shown, after=last, owns_mesh=False)


async def end(visit: Visit) -> Response:
    """End a grant, or give back one's own."""
    grant = visit.path_word("grant")
    done = await visit.read(lambda mesh: mesh.access.revoke(grant, reason=visit.said("reason")))
    return visit.go(_back(visit), f"{done['grant']} of {done['address']} has ended")


async def renew(visit: Visit) -> Response:
    """Let a grant last longer."""
    grant = visit.path_word("grant")
    done = await visit.read(
        lambda mesh: mesh.access.renew(
            grant, lasting=visit.said("lasting"), reason=visit.said("reason")
        )
    )
    until = str(done["until"])[:10]
    return visit.go(_back(visit), f"{done['grant']} of {done['address']} lasts until {until}")


def _back(visit: Visit) -> str:
    return "/access/review" if visit.said("from") == "review" else "/access"


PAGES = (
    Page("/access", show),
    Page("/access/reading", readable),
    Page("/access/grants/{grant}/end", end, "POST"),
    Page("/access/grants/{grant}/renew", renew, "POST"),
)
