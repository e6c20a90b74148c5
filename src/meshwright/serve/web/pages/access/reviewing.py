"""Review: the grants that somebody answers for, what nobody uses first; kept or ended, several at once."""

from collections.abc import Callable, Sequence
from typing import Any

from starlette.responses import Response

from meshwright.app.access.reviewing import UNUSED
from meshwright.app.mesh import Mesh
from meshwright.errors import MeshwrightError, UsageError
from meshwright.serve.web.page import Page
from meshwright.serve.web.visit import Visit

AT_ONCE = 200


async def show(visit: Visit) -> Response:
    """Show them: of who left, then the longest unused, then the rest."""
    _, knowing = await visit.board()
    unused = visit.word("unused", UNUSED)
    found = await visit.read(lambda mesh: mesh.access.review(unused=unused))
    known = [one for one in found if knowing.of(str(one["address"]))]
    return visit.page(
        "access/review.html", grants=known[:AT_ONCE], beyond=len(known) - AT_ONCE, unused=unused
    )


async def decide(visit: Visit) -> Response:
    """Keep or end those that are ticked; say which could not be."""
    chosen, note = visit.all_said("grant"), visit.said("note")
    if not chosen:
        raise UsageError("grants-missing", "no grant is ticked", hint="tick those that you mean")
    is_end = visit.said("word") == "end"
    if is_end and not note:
        raise UsageError("reason-missing", "whoever loses access is told why", hint="write a note")

    def one(mesh: Mesh, grant: str) -> Any:
        if is_end:
            return mesh.access.revoke(grant, reason=note)
        return mesh.access.keep(grant, note=note)

    done, wrong = await visit.read(lambda mesh: _each(chosen, lambda grant: one(mesh, grant)))
    word = "ended" if is_end else "kept"
    said = [f"{word}: {', '.join(done)}"] if done else []
    return visit.go("/access/review", "; ".join([*said, *wrong]))


def _each(names: Sequence[str], do: Callable[[str], Any]) -> tuple[list[str], list[str]]:
    done, wrong = [], []
    for name in names:
        try:
            do(name)
        except MeshwrightError as error:
            wrong.append(error.message)
        else:
            done.append(name)
    return done, wrong


PAGES = (Page("/access/review", show), Page("/access/review", decide, "POST"))
