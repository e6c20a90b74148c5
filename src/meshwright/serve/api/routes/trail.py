"""The trail over HTTP: what the caller may know of who asked, was granted, read and was refused."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from meshwright.app.exchange import to_plain
from meshwright.app.mesh import Mesh
from meshwright.app.trail.line import KINDS, TrailLine
from meshwright.app.trail.telling import TrailFilter, trail
from meshwright.serve.api.answering import cached_response
from meshwright.serve.api.bodies import Words
from meshwright.serve.api.operations import LIMIT, Operation, Parameter
from meshwright.serve.api.paging import LINES, paged
from meshwright.serve.api.service import service_of

Trail = paged(TrailLine, "Trail", "trail")
_WORDS = ("principal", "address", "kind", "since", "until", "refused", "limit")


async def tell(request: Request) -> Response:
    """Tell the newest lines, the newest last."""
    service = service_of(request)
    asker = await service.asker(request, "trail")
    words = Words(request, *_WORDS)
    wanted = TrailFilter(
        words.text("principal"),
        words.text("address"),
        words.parts("kind"),
        words.text("since"),
        words.text("until"),
        words.flag("refused"),
        max(1, words.count("limit", LINES)),
    )

    def read(mesh: Mesh) -> object:
        return to_plain(Trail(tuple(trail(mesh.wiring, asker, wanted))))

    return cached_response(request, await service.in_turn(read))


OPERATIONS: Sequence[Operation] = (
    Operation(
        "GET",
        "/api/v1/trail",
        tell,
        "Tell who asked, was granted, read what, and what was refused: as much as you may know.",
        "The newest lines, the newest last; go back in time by `until`. No value of data stands in it.",
        answers=Trail,
        parameters=(
            Parameter(
                "principal", "Who did it, or whom it is about.", example="person:ada@example.com"
            ),
            Parameter("address", "A domain, a product or a port.", example="sales.orders"),
            Parameter("kind", f"Separated by commas: {', '.join(KINDS)}.", example="query"),
            Parameter("since", "A day or a time.", example="2026-01-31"),
            Parameter("until", "The same; a day is within."),
            Parameter("refused", "Only what was refused, or failed.", "boolean"),
            LIMIT,
        ),
        scope="trail",
        statuses=(304,),
    ),
)
