"""What takes long to make and is the same for everybody: made once for as long as the mesh stays as it is.

What must stay true: what is kept holds nothing of one person; whoever shows it leaves out what the viewer may
not know of. One thread makes it; where that takes a while, as in a large mesh, others are given the last one
until it is there, and nobody waits for the first one without being told.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from meshwright.app.catalog.board import Boards
from meshwright.errors import ExhaustedError
from meshwright.serve.web.visit import Visit

T = TypeVar("T")
HOLDS = 60.0  # seconds: days end and promises fall due with no fact
_SHARE = 20  # what takes long holds longer: making it takes at most a twentieth of the time
_PATIENCE, _FIRST_PATIENCE = 1.0, 10.0  # seconds, where there is a last one, and where not
_LAST_PATIENCE = 5.0  # seconds, as the server ends


@dataclass(slots=True)
class _Kept:
    turn: Lock = field(default_factory=Lock)
    making: "_Making | None" = None
    mark: object = None
    until: float = 0.0
    value: Any = None
    is_there: bool = False


class _Making:
    """What is being made, in a thread of its own."""

    def __init__(self, place: _Kept, mark: object, make: Callable[[], Any]) -> None:
        self.error: Exception | None = None
        self.value: Any = None
        self.done = Event()
        self._place, self._mark, self._make = place, mark, make
        Thread(target=self._run, name="mesh-page", daemon=True).start()

    def _run(self) -> None:
        began = monotonic()
        try:
            self.value = self._make()
        except Exception as error:  # told to whoever waits
            self.error = error
        now, place = monotonic(), self._place
        with place.turn:
            place.making = None
            if self.error is None:
                place.value, place.mark, place.is_there = self.value, self._mark, True
                place.until = now + max(HOLDS, _SHARE * (now - began))
        self.done.set()


_KEPT: "WeakKeyDictionary[Boards, dict[str, _Kept]]" = WeakKeyDictionary()


async def kept(visit: Visit, name: str, make: Callable[[], T]) -> T:
    """Return what `make` makes, or made before under this name; raise `ExhaustedError` (`still-making`)."""
    boards = visit.service.boards
    places = _KEPT.setdefault(boards, {})
    place = places.setdefault(name, _Kept())
    return await visit.service.threads.long(lambda: _found(boards, place, make))


def stop_keeping(boards: Boards) -> None:
    """Wait for what is being made, as the server ends."""
    making = [place.making for place in _KEPT.get(boards, {}).values()]
    for one in making:
        if one is not None:
            one.done.wait(_LAST_PATIENCE)


def _found(boards: Boards, place: _Kept, make: Callable[[], T]) -> T:
    mark = boards.mark
    with place.turn:
        last: T = place.value
        is_there = place.is_there
        if is_there and place.mark == mark and monotonic() <= place.until:
            return last
        making = place.making
        if making is None:
            making = place.making = _Making(place, mark, make)
    if not making.done.wait(_PATIENCE if is_there else _FIRST_PATIENCE):
        if is_there:
            return last
        raise ExhaustedError(
            "still-making",
            "this is worked out for the first time, which takes a while in a large mesh",
            hint="load the page again in a moment",
        )
    if making.error is not None:
        raise making.error
    made: T = making.value
    return made
