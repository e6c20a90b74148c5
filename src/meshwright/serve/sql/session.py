"""A signed-in session: one message after another, until the client leaves."""

import asyncio
from collections.abc import Awaitable, Callable

from meshwright.serve.sql import messages
from meshwright.serve.sql.channel import Channel, GoneError
from meshwright.serve.sql.client import Client
from meshwright.serve.sql.door import Door
from meshwright.serve.sql.executing import Executor
from meshwright.serve.sql.extended import Extended
from meshwright.serve.sql.faults import WireError, wire_error
from meshwright.serve.sql.lexing import split
from meshwright.serve.sql.limits import ServerLimits
from meshwright.serve.sql.messages import Body
from meshwright.serve.sql.state import State
from meshwright.serve.sql.statements import parse_statement

_COPY_IN = frozenset(b"dcf")  # left over from a COPY that was refused


class Session:
    """One client's session."""

    def __init__(
        self, channel: Channel, client: Client, door: Door, state: State, limits: ServerLimits
    ) -> None:
        self._channel = channel
        self._state = state
        self._limits = limits
        state.work.end_opening = door.end
        self._executor = Executor(channel, client, door, state)
        extended = Extended(self._executor)
        self._extended: dict[int, Callable[[Body], Awaitable[None]]] = {
            ord("P"): extended.parse,
            ord("B"): extended.bind,
            ord("D"): extended.describe,
            ord("E"): extended.execute,
            ord("C"): extended.close,
        }
        self._skips = False  # after an error of the extended protocol, until Sync

    def cancel(self) -> None:
        """Stop what runs now, if anything does."""
        self._state.work.cancel()

    async def run(self) -> None:
        """Answer messages until the client ends; raise `WireError` (fatal) where it cannot go on."""
        try:
            self._ready()
            while await self._one():
                pass
        finally:
            self._state.close_portals()

    async def _one(self) -> bool:
        kind, data = await self._read()
        self._state.work.limit(self._state.settings.timeout)
        if kind == ord("X"):
            return False
        if kind == ord("S"):
            await self._sync()
        elif kind == ord("Q"):
            await self._query(data)
        elif kind == ord("H"):
            await self._drain()
        elif kind in self._extended:
            if not self._skips:
                await self._step(kind, data)
        elif kind == ord("F"):
            self._fail(WireError("0A000", "function calls are not spoken here", hint="SELECT f(…)"))
            self._ready()
        elif kind not in _COPY_IN:
            raise WireError("08P01", f"invalid frontend message type {kind}", fatal=True)
        return True

    async def _read(self) -> tuple[int, bytes]:
        """Return the next message: a client may be idle for long, but not in the middle of one."""
        async with asyncio.timeout(self._limits.idle_seconds or None):
            (kind,) = await self._channel.read(1)
        async with asyncio.timeout(self._limits.message_seconds):
            return kind, await self._channel.read_body(self._limits.message_bytes)

    async def _query(self, data: bytes) -> None:
        self._skips = False
        sql, offset = "", 0
        try:
            body = Body(data)
            text = body.string()
            body.end()
            statements = split(text)
            if not statements:
                self._channel.write(messages.EMPTY)
            for offset, sql in statements:  # noqa: B007 - the place of an error is that of its statement
                await self._executor.run(parse_statement(sql))
        except GoneError:
            raise
        except Exception as error:
            self._fail(error, sql, offset)
        if self._state.status == messages.IDLE:
            self._state.close_portals(held=False)
        await self._drain()
        self._ready()

    async def _step(self, kind: int, data: bytes) -> None:
        try:
            await self._extended[kind](Body(data))
        except GoneError:
            raise
        except Exception as error:
            self._skips = True
            self._fail(error, self._sql_of(kind, data))

    def _sql_of(self, kind: int, data: bytes) -> str:
        """Return the text that an error is about."""
        parts = data.split(b"\0")
        if kind == ord("P"):
            return parts[1].decode(errors="replace") if len(parts) > 1 else ""
        name = parts[0][1:] if kind == ord("D") else parts[0]
        key = name.decode(errors="replace")
        if kind == ord("D") and data[:1] == b"S":
            found = self._state.prepared.get(key)
        else:
            portal = self._state.portals.get(key)
            found = portal.prepared if portal else None
        return found.sql if found else ""

    async def _sync(self) -> None:
        self._skips = False
        if self._state.status == messages.IDLE:
            self._state.close_portals(held=False)
        await self._drain()
        self._ready()

    def _fail(self, error: Exception, sql: str = "", offset: int = 0) -> None:
        told = wire_error(error, sql)
        if told.fatal:
            raise told from error
        if told.position:
            told.position += offset
        self._state.fail()
        self._channel.write(messages.failure(told))
        self._limits.report(error)

    def _ready(self) -> None:
        self._channel.write(messages.ready(self._state.status))
        self._channel.flush()

    async def _drain(self) -> None:
        async with asyncio.timeout(self._limits.stalled_seconds):
            await self._channel.drain()
