"""Bounded threads for what computes, so that the event loop never waits and a flood never grows."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.requests import Request

T = TypeVar("T")


class Threads:
    """Kinds of work, each with its limit, so that one kind never waits for another.

    Reading is Python that computes: more than two threads of it only take the interpreter from each other
    (measured with twenty readers: four took 1.2 to 1.7 times as long). What waits, for a lock, a network or
    somebody else's work, or takes long, is another kind; so is finding out who asks, which all begins with.
    """

    def __init__(self) -> None:
        self._sizes = {"query": 32, "read": 2, "long": 8, "who": 4, "password": 2}
        self._limiters: dict[str, CapacityLimiter] = {}

    async def query(self, do: Callable[[], T]) -> T:
        """Run a part of a query."""
        return await run_sync(do, limiter=self._limiter("query"))

    async def read(self, do: Callable[[], T]) -> T:
        """Run a reading of metadata that waits for nothing."""
        return await run_sync(do, limiter=self._limiter("read"))

    async def long(self, do: Callable[[], T]) -> T:
        """Run what changes metadata, or may wait or take long."""
        return await run_sync(do, limiter=self._limiter("long"))

    async def who(self, do: Callable[[], T]) -> T:
        """Run what finds out, or writes down, who asks."""
        return await run_sync(do, limiter=self._limiter("who"))

    async def password(self, do: Callable[[], T]) -> T:
        """Run what hashes a password."""
        return await run_sync(do, limiter=self._limiter("password"))

    def _limiter(self, kind: str) -> CapacityLimiter:
        if not self._limiters:  # a limiter belongs to the loop that it is made in
            self._limiters = {name: CapacityLimiter(size) for name, size in self._sizes.items()}
        return self._limiters[kind]


@asynccontextmanager
async def watched(request: Request, then: Callable[[], None]) -> AsyncIterator[None]:
    """Do something as soon as the client hangs up while the block runs."""

    async def watch() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        then()

    watching = asyncio.ensure_future(watch())
    try:
        yield
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
