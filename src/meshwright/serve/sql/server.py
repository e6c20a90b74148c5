"""The server: takes connections in a thread of its own, and never more than it is allowed.

What must stay true: whatever one client sends, the others go on; a connection that has not signed in costs
little and not for long; only a loopback address is served without TLS.
"""

import asyncio
import contextlib
import ipaddress
import secrets
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Event, Thread

from meshwright.app.identity import proving
from meshwright.app.wiring import Wiring
from meshwright.errors import UnreachableError, UsageError
from meshwright.serve.sql import messages
from meshwright.serve.sql.channel import Channel, GoneError
from meshwright.serve.sql.client import DOOR, Client
from meshwright.serve.sql.door import Door
from meshwright.serve.sql.faults import WireError, wire_error
from meshwright.serve.sql.limits import DEFAULT_LIMITS, ServerLimits
from meshwright.serve.sql.session import Session
from meshwright.serve.sql.settings import Settings
from meshwright.serve.sql.signing_in import Cancel, Reception
from meshwright.serve.sql.state import State
from meshwright.serve.sql.tls import open_tls
from meshwright.serve.sql.workers import Work
from meshwright.spi.query_pool import UNLIMITED, Limits

_FULL = "53300"


class SqlServer:
    """Serves one mesh over PostgreSQL's protocol: `start`, then `stop`. `port` is the true one once started.

    `tls` are the files of a certificate and its key, as PEM.
    """

    def __init__(
        self,
        wiring: Wiring,
        host: str,
        port: int,
        *,
        tls: tuple[Path, Path] | None = None,
        limits: Limits = UNLIMITED,
        server_limits: ServerLimits = DEFAULT_LIMITS,
    ) -> None:
        if tls is None and not _is_loopback(host):
            raise UsageError(
                "tls-required",
                f"the SQL endpoint on `{host}` needs TLS",
                hint="say the certificate and its key, or listen on 127.0.0.1",
            )
        self.host, self.port = host, port
        self._limits = server_limits
        self._wiring, self._query_limits = wiring, limits
        self._reception = Reception(
            partial(proving.scram_verifier, wiring),
            partial(_refused, wiring),
            partial(proving.note_use, wiring),
            open_tls(*tls) if tls else None,
            server_limits,
        )
        self._executor = ThreadPoolExecutor(server_limits.threads, "sql")
        self._sessions: dict[int, tuple[int, Session]] = {}
        self._channels: set[Channel] = set()
        self._unproven: Counter[str] = Counter()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: Thread | None = None
        self._stopping: asyncio.Event | None = None

    @property
    def connections(self) -> int:
        """Return how many connections are open."""
        return len(self._channels)

    def start(self) -> "SqlServer":
        """Listen; return when connections are taken. Raises `UnreachableError` (`port-taken`)."""
        started, failed = Event(), list[OSError]()
        self._thread = Thread(
            target=lambda: asyncio.run(self._serve(started, failed)), name="sql-server", daemon=True
        )
        self._thread.start()
        started.wait()
        if failed:
            self._executor.shutdown()
            raise UnreachableError(
                "port-taken",
                f"`{self.host}:{self.port}` cannot be listened on: {failed[0].strerror or failed[0]}",
                hint="another port",
            )
        return self

    def stop(self) -> None:
        """End every session and the thread."""
        loop, stopping = self._loop, self._stopping
        if loop is not None and stopping is not None and not loop.is_closed():
            with contextlib.suppress(RuntimeError):  # the loop may end between the two lines
                loop.call_soon_threadsafe(stopping.set)
        if self._thread is not None:
            self._thread.join()
        # a query that was let go may compute still: it ends with the mesh's pool, or at its limit
        self._executor.shutdown(wait=False, cancel_futures=True)

    async def _serve(self, started: Event, failed: list[OSError]) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        tasks: set[asyncio.Task[None]] = set()

        def connected() -> Channel:
            channel = Channel()
            task = self._loop.create_task(self._connection(channel))  # type: ignore[union-attr]
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            return channel

        try:
            server = await self._loop.create_server(
                connected, self.host, self.port, backlog=512, reuse_address=True
            )
        except OSError as error:
            failed.append(error)
            started.set()
            return
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        await self._stopping.wait()
        server.close()
        for channel in list(self._channels):
            self._end(channel, WireError("57P01", "the server is stopping", fatal=True))
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _connection(self, channel: Channel) -> None:
        await asyncio.sleep(0)  # until the transport is there
        self._channels.add(channel)
        process = 0
        try:
            client, work = await self._welcome(channel)
            if isinstance(client, Cancel):
                self._cancel(client)
                return
            process = self._new_process()
            door = Door(self._wiring, self._database(client), self._query_limits)
            await work.do(_look, door, client)
            session = self._open(channel, client, work, process, door)
            await session.run()
        except GoneError:
            pass
        except TimeoutError:
            self._end(
                channel, WireError("57P05", "the connection was silent for too long", fatal=True)
            )
        except asyncio.CancelledError:
            raise
        except Exception as error:
            told = wire_error(error)
            told.fatal = True
            self._limits.report(error)
            self._end(channel, told)
        finally:
            self._sessions.pop(process, None)
            self._channels.discard(channel)
            channel.close()

    async def _welcome(self, channel: Channel) -> tuple[Client | Cancel, Work]:
        """Let a client sign in, where there is room for it, and not for longer than is allowed."""
        peer, limits = channel.peer, self._limits
        if (
            self._unproven.total() >= limits.unproven
            or self._unproven[peer] >= limits.unproven_per_address
        ):
            raise WireError(_FULL, "too many connections are signing in", fatal=True)
        self._unproven[peer] += 1
        try:
            async with asyncio.timeout(limits.startup_seconds):
                work = Work(self._executor)
                client = await self._reception.receive(channel, work)
        finally:
            self._unproven[peer] -= 1
            if not self._unproven[peer]:
                del self._unproven[peer]
        if isinstance(client, Client) and len(self._sessions) >= limits.connections:
            raise WireError(_FULL, "sorry, too many clients already", fatal=True)
        return client, work

    def _database(self, client: Client) -> str:
        """Return the database that is meant: some names that tools try first are the mesh's own."""
        mesh = self._wiring.mesh.name
        return mesh if client.database in ("postgres", client.login) else client.database

    def _open(
        self, channel: Channel, client: Client, work: Work, process: int, door: Door
    ) -> Session:
        name = client.proven.principal.name
        settings = Settings(
            client.startup, session_authorization=name, ssl="on" if channel.is_encrypted else "off"
        )
        state = State(settings, work)
        session = Session(channel, client, door, state, self._limits)
        secret = secrets.randbits(32)
        self._sessions[process] = (secret, session)
        channel.on_gone = session.cancel
        for setting in settings.reported():
            channel.write(messages.parameter_status(*setting))
        channel.write(messages.key_data(process, secret))
        return session

    def _new_process(self) -> int:
        while True:
            found = secrets.randbelow(2**31 - 1) + 1
            if found not in self._sessions:
                return found

    def _cancel(self, wish: Cancel) -> None:
        found = self._sessions.get(wish.process)
        if found is not None and secrets.compare_digest(str(found[0]), str(wish.secret)):
            found[1].cancel()

    @staticmethod
    def _end(channel: Channel, error: WireError) -> None:
        channel.write(messages.failure(error))
        channel.close()


def _refused(wiring: Wiring, login: str, reason: str) -> None:
    proving.refused(wiring, login, DOOR, reason)


def _look(door: Door, client: Client) -> None:
    """Raise where the database does not exist for this client."""
    try:
        door.listing(client.asker())
    except UsageError as error:
        raise WireError("3D000", error.message, hint=error.hint, fatal=True) from error


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
