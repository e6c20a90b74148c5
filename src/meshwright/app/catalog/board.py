"""The newest board of the mesh, kept while it holds.

What must stay true: a board is one moment; it is made anew when a file or a fact of the mesh changed, so that
nobody reads what is no longer so. Queries and sign-ins are facts that change nothing on it.
"""

from collections.abc import Callable
from threading import Event, Lock, Thread
from time import monotonic

from meshwright.app.catalog.board_making import QUIET, Basis, next_basis
from meshwright.app.catalog.glance import Board, BoardProduct
from meshwright.app.wiring import Wiring

__all__ = ["Board", "BoardProduct", "Boards"]

_PATIENCE = 0.1  # seconds that somebody waits for the next board where there is a last one
_LAST_PATIENCE = 5.0  # seconds, as the server ends
_HOLDS = 60.0  # seconds: health changes as time passes, with no fact


class _Making:
    """A board that is being made, in a thread of its own: whoever asks meanwhile waits for the same one."""

    def __init__(self, make: Callable[[], Board]) -> None:
        self.board: Board | None = None
        self.error: Exception | None = None
        self._make = make
        self._done = Event()
        Thread(target=self._run, name="mesh-board", daemon=True).start()

    def wait(self, seconds: float | None) -> bool:
        """Wait for it, forever with None; say whether it is there, or failed."""
        return self._done.wait(seconds)

    def _run(self) -> None:
        try:
            self.board = self._make()
        except Exception as error:  # told to whoever waits
            self.error = error
        finally:
            self._done.set()


class Boards:
    """The newest board, kept while nothing changed. Every method may be called from any thread.

    One thread makes the next one; where that takes a while, as in a large mesh, others are given the last
    one until it is there. What one may know of is never kept with it.
    """

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._lock = Lock()
        self._basis: Basis | None = None
        self._making: _Making | None = None
        self._mark: tuple[str, int] = ("", -1)
        self._until = 0.0

    @property
    def is_made(self) -> bool:
        """Say whether there is a board: who asks before waits for the first one."""
        return self._basis is not None

    @property
    def mark(self) -> tuple[str, int]:
        """Return what changes when anything on a board does: of the files, and the newest fact."""
        marks = ", ".join("?" * len(QUIET))
        sql = f"SELECT seq FROM facts WHERE kind NOT IN ({marks}) ORDER BY seq DESC LIMIT 1"
        with self._wiring.store.read() as reader:
            rows = reader.rows(sql, QUIET)
        return self._wiring.workspace.mark, int(str(rows[0][0])) if rows else 0

    def board(self) -> Board:
        """Return the board of now, or of a moment ago while the next one is made."""
        mark = self.mark
        with self._lock:
            last = self._basis.board if self._basis else None
            if last is not None and mark == self._mark and monotonic() <= self._until:
                return last
            making = self._making
            if making is None:
                making = self._making = _Making(lambda: self._made(mark))
        if not making.wait(None if last is None else _PATIENCE) and last is not None:
            return last
        if making.error is not None:
            raise making.error
        assert making.board is not None
        return making.board

    def stop(self) -> None:
        """Wait for a board that is being made, as whoever serves the mesh ends."""
        with self._lock:
            making = self._making
        if making is not None:
            making.wait(_LAST_PATIENCE)

    def _made(self, mark: tuple[str, int]) -> Board:
        """Make a board and keep it; the next one may be begun when this returns, or raises."""
        try:
            is_aged = monotonic() > self._until
            basis = next_basis(self._wiring, mark[1], self._basis, is_aged=is_aged)
            with self._lock:
                if is_aged or basis.is_whole:
                    self._until = monotonic() + _HOLDS
                self._basis, self._mark = basis, mark
            return basis.board
        finally:
            with self._lock:
                self._making = None
