"""Where the HTTP API listens, and for how long a client may say nothing.

What must stay true: other machines are served over TLS only, unless whoever starts it says that they may be
overheard; a client that begins a request and does not end it is hung up on.
"""

import asyncio
import json
import socket
import ssl
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import Any, NamedTuple

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from meshwright.errors import DeniedError, ExhaustedError, UnreachableError, UsageError
from meshwright.serve.api.application import application
from meshwright.serve.api.guard import HEADERS, LOCAL
from meshwright.serve.api.service import Service

PORT = 8321
IDLE_SECONDS = 10.0  # after which a client that says nothing, or not all, is hung up on
STOP_SECONDS = 3
_MOST_OF_HEAD = 32 * 1024


class Place(NamedTuple):
    """Where a server listens."""

    host: str
    port: int
    scheme: str = "http"

    @property
    def url(self) -> str:
        """Return the address to open."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class Tls(NamedTuple):
    """The files that a server proves with who it is: PEM."""

    certificate: Path
    key: Path


def is_loopback(host: str) -> bool:
    """Say whether an address is this machine alone."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def require_safe(host: str, tls: Tls | None, *, insecure: bool) -> None:
    """Raise `DeniedError` (`serve-not-secure`) where other machines would be served without TLS."""
    if tls is None and not insecure and not is_loopback(host):
        raise DeniedError(
            "serve-not-secure",
            f"`{host}` is not this machine alone: tokens and rows would cross the network in the clear",
            hint="mesh serve --tls-cert FILE --tls-key FILE, or `serve: tls:` in mesh.yaml",
        )


def open_socket(host: str, port: int, option: str = "--port") -> socket.socket:
    """Return a listening socket; raise `UnreachableError` (`port-in-use`)."""
    name = "127.0.0.1" if host == "localhost" else host.strip("[]")
    family = socket.AF_INET6 if ":" in name else socket.AF_INET
    found = socket.socket(
        family, socket.SOCK_STREAM, socket.IPPROTO_TCP
    )  # answers are not held back
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((name, port))
        found.listen(128)
    except OSError as error:
        found.close()
        raise UnreachableError(
            "port-in-use",
            f"cannot listen on `{Place(host, port)}`: {(error.strerror or str(error)).lower()}",
            hint=f"mesh serve {option} {port + 1 if port < 65535 else PORT}",
        ) from error
    return found


class _Patience(H11Protocol):
    """Hangs up on who does not say all of a request's head in time."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        self._deadline = self.loop.call_later(IDLE_SECONDS, self._hang_up)

    def connection_lost(self, exc: Exception | None) -> None:
        self._unset()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._unset()
        elif self._deadline is None and not self.transport.is_closing():
            self._deadline = self.loop.call_later(IDLE_SECONDS, self._hang_up)

    def eof_received(self) -> None:
        if self.cycle is not None and self.cycle.more_body and not self.cycle.response_started:
            self._refuse("body-cut-short", "the body is shorter than its Content-Length")

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002
        """Answer what is no HTTP in the one shape of errors."""
        self._refuse("http", "bad request")

    def _refuse(self, code: str, message: str) -> None:
        shape = {"code": code, "message": message, "hint": "", "kind": "user"}
        body = json.dumps({"error": shape}).encode()
        lines = [
            "HTTP/1.1 400 Bad Request",
            *(f"{name}: {value}" for name, value in HEADERS.items()),
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            "Connection: close",
        ]
        self.transport.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        self.transport.close()

    def _unset(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _hang_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.abort()


class ApiServer:
    """The HTTP API, served by a thread of its own from `start` to `stop`."""

    def __init__(self, service: Service, host: str, port: int, tls: Tls | None = None) -> None:
        self._service = service
        service.is_local = is_loopback(host)
        context = _tls_context(tls) if tls else None
        self._socket = open_socket(host, port)
        address = self._socket.getsockname()
        self.place = Place(str(address[0]), int(address[1]), "https" if tls else "http")
        hosts = (*LOCAL, self.place.host) if service.is_local else ()
        app = application(service, hosts, is_secure=tls is not None)
        self._server = uvicorn.Server(_config(app, context))
        self._failed: list[BaseException] = []
        self._thread = Thread(target=self._run, name="mesh-http", daemon=True)

    def start(self) -> None:
        """Serve; return when the first request would be answered."""
        self._thread.start()
        until = monotonic() + 30
        while not self._server.started:
            if not self._thread.is_alive() or monotonic() > until:
                raise ExhaustedError("serve-failed", "the HTTP server did not start")
            sleep(0.005)

    def stop(self) -> None:
        """End running queries and builds, then the server."""
        self._service.running.stop()
        self._service.builds.stop()
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(STOP_SECONDS + 5)
        self._socket.close()

    async def _serve(self) -> None:
        await self._server.serve(sockets=[self._socket])
        for connection in list(self._server.server_state.connections):
            transport = connection.transport
            if transport is not None:
                transport.abort()  # who listens to events without an end is hung up on
        await asyncio.sleep(0)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            self._failed.append(error)


def _config(app: Callable[..., Any], context: ssl.SSLContext | None) -> uvicorn.Config:
    config = uvicorn.Config(
        app,
        http=_Patience,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=int(IDLE_SECONDS),
        timeout_graceful_shutdown=STOP_SECONDS,
        h11_max_incomplete_event_size=_MOST_OF_HEAD,
    )
    config.load()
    config.ssl = context
    return config


def _tls_context(tls: Tls) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(tls.certificate, tls.key)
    except (OSError, ssl.SSLError) as error:
        raise UsageError(
            "tls-unreadable",
            "the certificate and its key cannot be used",
            hint="give PEM files that belong together, readable by this user",
        ) from error
    return context
