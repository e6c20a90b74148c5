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
    """Three kinds of work, each with its limit: queries, reading of metadata, hashing of passwords.

    Reading is Python that computes: more than two threads of it only take the interpreter from each other
    (measured with twenty readers: four took 1.2 to 1.7 times as long). What reads long goes with the queries.
    """

    def __init__(self, queries: int = 32, reads: int = 2, passwords: int = 2) -> None:
        self._sizes = (queries, reads, passwords)
        self._limiters: tuple[CapacityLimiter, ...] = ()

    async def query(self, do: Callable[[], T]) -> T:
        """Run a part of a query, or a reading that takes long."""
        return await run_sync(do, limiter=self._limiter(0))

    async def read(self, do: Callable[[], T]) -> T:
        """Run a reading of metadata, or a small change of it."""
        return await run_sync(do, limiter=self._limiter(1))

    async def password(self, do: Callable[[], T]) -> T:
        """Run what hashes a password."""
        return await run_sync(do, limiter=self._limiter(2))

    def _limiter(self, kind: int) -> CapacityLimiter:
        if not self._limiters:  # a limiter belongs to the loop that it is made in
            self._limiters = tuple(map(CapacityLimiter, self._sizes))
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
