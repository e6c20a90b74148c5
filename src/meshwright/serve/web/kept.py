"""What takes long to make and is the same for everybody: made once for as long as the mesh stays as it is.

What must stay true: what is kept holds nothing of one person; whoever shows it leaves out what the viewer may
not know of.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from meshwright.app.catalog.board import Boards
from meshwright.serve.web.visit import Visit

T = TypeVar("T")
HOLDS = 60.0  # seconds: days end and promises fall due with no fact


@dataclass(slots=True)
class _Kept:
    turn: Lock = field(default_factory=Lock)
    mark: object = None
    until: float = 0.0
    value: Any = None


_KEPT: "WeakKeyDictionary[Boards, dict[str, _Kept]]" = WeakKeyDictionary()


async def kept(visit: Visit, name: str, make: Callable[[], T]) -> T:
    """Return what `make` makes, or made before under this name while nothing changed."""
    boards = visit.service.boards
    places = _KEPT.setdefault(boards, {})
    place = places.setdefault(name, _Kept())

    def work() -> T:
        with place.turn:  # one makes it, the others wait for that
            mark = boards.mark
            if place.mark != mark or monotonic() > place.until:
                place.value = make()
                place.mark, place.until = mark, monotonic() + HOLDS
            found: T = place.value
            return found

    return await visit.service.threads.read(work)
