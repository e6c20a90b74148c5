"""What a session waits for: blocking work in a thread, which a cancel or a timeout lets go at once.

What must stay true: a thread that is let go still ends, and what it brings is closed then.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any, ParamSpec, TypeVar

from meshwright.serve.sql.cursor import Cursor
from meshwright.serve.sql.faults import WireError

P = ParamSpec("P")
T = TypeVar("T")
USER_CANCEL = "canceling statement due to user request"
TIMEOUT_CANCEL = "canceling statement due to statement timeout"


class Work:
    """The one piece of work that a session has at a time."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._cancelled: asyncio.Future[str] | None = None
        self._pending: asyncio.Future[Any] | None = None
        self._deadline: float | None = None
        self.cursor: Cursor | None = None
        self.end_opening: Callable[[], None] = lambda: None

    def limit(self, seconds: float) -> None:
        """Give the statement that begins now so much time; 0: as long as it takes."""
        now = asyncio.get_running_loop().time()
        self._deadline = now + seconds if seconds else None

    async def do(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a blocking call in a thread; raise `WireError` (57014) when it is cancelled meanwhile."""
        loop = asyncio.get_running_loop()
        self._cancelled = cancelled = loop.create_future()
        future = loop.run_in_executor(self._executor, lambda: call(*args, **kwargs))
        self._pending = future
        timeout = None if self._deadline is None else max(0.0, self._deadline - loop.time())
        try:
            await asyncio.wait(
                {future, cancelled}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            self._cancelled = None
            if not future.done():
                future.add_done_callback(self._discard)
        if future.done():
            self._pending = None
            return future.result()
        self._stop()
        raise WireError("57014", cancelled.result() if cancelled.done() else TIMEOUT_CANCEL)

    def cancel(self, why: str = USER_CANCEL) -> None:
        """Let go of what is running."""
        if self._cancelled is not None and not self._cancelled.done():
            self._cancelled.set_result(why)

    def close(self, cursor: Cursor, error: str = "") -> None:
        """Close a cursor in a thread, after whatever still reads it."""
        pending = self._pending
        if pending is not None and not pending.done():
            pending.add_done_callback(lambda _: self._submit(cursor, error))
        else:
            self._submit(cursor, error)

    def _submit(self, cursor: Cursor, error: str) -> None:
        try:
            self._executor.submit(_close_quietly, cursor, error)
        except RuntimeError:  # the server has stopped, and its threads with it
            _close_quietly(cursor, error)

    def _stop(self) -> None:
        self._executor.submit(self.end_opening)
        if self.cursor is not None:
            self._executor.submit(self.cursor.rows.cancel)

    def _discard(self, future: "asyncio.Future[Any]") -> None:
        if not future.cancelled() and future.exception() is None:
            made = future.result()
            if isinstance(made, Cursor):
                self._submit(made, "query-interrupted")


def _close_quietly(cursor: Cursor, error: str) -> None:
    import contextlib

    with contextlib.suppress(Exception):  # it ends; nobody is there to be told why not well
        cursor.close(error)
