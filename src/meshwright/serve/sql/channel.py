"""One connection's bytes: read by length and in time, written with back-pressure.

What must stay true: nothing is kept of a message before its length is known to be allowed; reading stops when
the client sends faster than it is answered; writing waits when the client reads slower than it asks; bytes
that came in clear text are never taken for bytes of the TLS session that follows.
"""

import asyncio
import ssl
from collections.abc import Callable
from struct import Struct

from meshwright.serve.sql.faults import WireError

LENGTH = Struct("!I")
HIGH_WATER = 1 << 20  # of bytes that wait to be sent
READ_AHEAD = 1 << 16  # of bytes that wait to be judged
_LARGE = 1 << 15


class GoneError(Exception):
    """The client went away."""


class Channel(asyncio.Protocol):
    """What `asyncio` calls when bytes come, and what a session awaits."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._waiting = bytearray()
        self._wanted = 0
        self.on_gone: Callable[[], None] | None = None
        self._arrived: asyncio.Future[None] | None = None
        self._drained: asyncio.Future[None] | None = None
        self._is_gone = False
        self._is_full = False
        self._is_paused = False

    @property
    def is_gone(self) -> bool:
        """Say whether the client is there no longer."""
        return self._is_gone

    @property
    def peer(self) -> str:
        """Return the client's network address."""
        name = self.transport.get_extra_info("peername") if self.transport else None
        return str(name[0]) if isinstance(name, tuple) else ""

    @property
    def is_encrypted(self) -> bool:
        """Say whether TLS is on."""
        return bool(self.transport and self.transport.get_extra_info("ssl_object"))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport: the socket's, and later that of TLS over it."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.set_write_buffer_limits(high=HIGH_WATER)

    def data_received(self, data: bytes) -> None:
        """Keep what came; stop reading when it is more than is wanted and read ahead."""
        self._received += data
        if self._arrived is not None and len(self._received) >= self._wanted:
            self._wake(self._arrived)
        if len(self._received) > max(READ_AHEAD, self._wanted) and not self._is_paused:
            self._is_paused = True
            assert self.transport is not None
            self.transport.pause_reading()

    def eof_received(self) -> bool:
        """End when the client will say no more."""
        self._end()
        return False

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """Wake whoever waits."""
        self._end()

    def pause_writing(self) -> None:
        """Hold who writes."""
        self._is_full = True

    def resume_writing(self) -> None:
        """Let who writes go on."""
        self._is_full = False
        if self._drained is not None:
            self._wake(self._drained)

    async def read(self, size: int) -> bytes:
        """Return exactly so many bytes; raise `GoneError` when they will not come."""
        while len(self._received) < size:
            if self._is_gone:
                raise GoneError
            self._wanted = size
            self._resume()
            self._arrived = asyncio.get_running_loop().create_future()
            try:
                await self._arrived
            finally:
                self._arrived = None
                self._wanted = 0
        found = bytes(memoryview(self._received)[:size])
        del self._received[:size]
        return found

    async def read_body(self, most: int) -> bytes:
        """Return what a length word announces; raise `WireError` (08P01) where it is not allowed."""
        (length,) = LENGTH.unpack(await self.read(4))
        if not 4 <= length <= most + 4:
            raise WireError("08P01", f"a message of {length} bytes is not allowed here", fatal=True)
        return await self.read(length - 4)

    def write(self, data: "bytes | bytearray | memoryview") -> None:
        """Put bytes behind those that wait; large ones go out at once, others with the next `flush`."""
        if len(data) >= _LARGE:
            self.flush()
            if self.transport is not None and not self._is_gone:
                self.transport.write(data)
            return
        self._waiting += data
        if len(self._waiting) >= _LARGE:
            self.flush()

    def flush(self) -> None:
        """Send what waits; what a gone client would have read is dropped."""
        if self._waiting and self.transport is not None and not self._is_gone:
            self.transport.write(bytes(self._waiting))
        self._waiting.clear()

    async def drain(self) -> None:
        """Wait until the client has read enough of what was sent; raise `GoneError` if it never will."""
        self.flush()
        while self._is_full and not self._is_gone:
            self._drained = asyncio.get_running_loop().create_future()
            try:
                await self._drained
            finally:
                self._drained = None
        if self._is_gone:
            raise GoneError

    async def start_tls(self, context: ssl.SSLContext, seconds: float) -> None:
        """Go on encrypted; raise `GoneError` where bytes came early or the handshake fails."""
        if self._received or self.transport is None:
            raise GoneError
        loop = asyncio.get_running_loop()
        try:
            made = await loop.start_tls(
                self.transport, self, context, server_side=True, ssl_handshake_timeout=seconds
            )
        except (OSError, ssl.SSLError, TimeoutError) as error:
            raise GoneError from error
        if made is None:
            raise GoneError
        self.connection_made(made)

    def close(self) -> None:
        """Send what waits, then end."""
        self.flush()
        if self.transport is not None:
            self.transport.close()

    def abort(self) -> None:
        """End at once."""
        self._end()
        if self.transport is not None:
            self.transport.abort()

    def _resume(self) -> None:
        if self._is_paused and self.transport is not None and not self._is_gone:
            self._is_paused = False
            self.transport.resume_reading()

    def _end(self) -> None:
        if not self._is_gone and self.on_gone is not None:
            self.on_gone()
        self._is_gone = True
        for waiting in (self._arrived, self._drained):
            if waiting is not None:
                self._wake(waiting)

    @staticmethod
    def _wake(waiting: "asyncio.Future[None]") -> None:
        if not waiting.done():
            waiting.set_result(None)
