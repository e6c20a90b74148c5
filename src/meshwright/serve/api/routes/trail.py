"""The trail over HTTP: what the caller may know of who asked, was granted, read and was refused."""

from collections.abc import Sequence
from typing import Any

from meshwright.app.trail.line import KINDS, TrailLine
from meshwright.serve.api.looking import Look, looking
from meshwright.serve.api.operations import LIMIT, Operation, Parameter
from meshwright.serve.api.paging import LINES, paged

Trail = paged(TrailLine, "Trail", "trail")


def _trail(look: Look) -> Any:
    """Tell the newest lines, the newest last."""
    words = look.words
    lines = look.mesh.trail(
        principal=words.text("principal"),
        address=words.text("address"),
        kinds=words.parts("kind"),
        since=words.text("since"),
        until=words.text("until"),
        refused=words.flag("refused"),
        limit=max(1, words.count("limit", LINES)),
    )
    return Trail(tuple(lines))


OPERATIONS: Sequence[Operation] = (
    looking(
        "/api/v1/trail",
        "Tell who asked, was granted, read what, and what was refused: as much as you may know.",
        Trail,
        _trail,
        Parameter(
            "principal", "Who did it, or whom it is about.", example="person:ada@example.com"
        ),
        Parameter("address", "A domain, a product or a port.", example="sales.orders"),
        Parameter("kind", f"Separated by commas: {', '.join(KINDS)}.", example="query"),
        Parameter("since", "A day or a time.", example="2026-01-31"),
        Parameter("until", "The same; a day is within."),
        Parameter("refused", "Only what was refused, or failed.", "boolean"),
        LIMIT,
        scope="trail",
        details="The newest lines, the newest last; go back in time by `until`. It holds no value of data.",
    ),
)
