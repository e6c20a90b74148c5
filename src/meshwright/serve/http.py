"""The server of `mesh serve`: `/metrics`, `/health` and `/api/v1/lineage`, on this machine only.

What must stay true: it listens on a loopback address, whoever asks; it answers only requests that name this
machine as their host (a page that rebinds its own name to 127.0.0.1 gets nothing); an error's body names
neither a path nor a line of code; a GET changes nothing, and no page in a browser can post.
"""

import json
import sys
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from socket import AF_INET6
from threading import Lock
from typing import NamedTuple

from meshwright import __version__
from meshwright.errors import DeniedError, MeshwrightError, UnreachableError
from meshwright.serve.answers import ROUTES, Answer, Observed
from meshwright.serve.posts import LINEAGE, Take, lineage, refusal

PORT = 8321
LOCAL = ("localhost", "127.0.0.1", "::1")
IDLE_SECONDS = 10.0  # after which a client that says nothing is hung up on
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Place(NamedTuple):
    """Where a server listens."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """Return the address to open."""
        return f"http://[{self.host}]:{self.port}" if ":" in self.host else f"http://{self}"

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class Server(ThreadingHTTPServer):
    """Answers until it is shut down; one observation at a time, however many ask."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(
        self, place: Place, observe: Callable[[], Observed], take: Take | None = None
    ) -> None:
        if ":" in place.host:
            self.address_family = AF_INET6
        self.observe = observe
        self.take = take
        self.turn = Lock()
        super().__init__((place.host, place.port), _Handler)

    @property
    def place(self) -> Place:
        """Return where it listens; the port is known also when any free one was asked for."""
        return Place(str(self.server_address[0]), int(self.server_address[1]))

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002
        """Say nothing of a client that went away; what else goes wrong was answered."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            raise error or RuntimeError


def open_server(
    host: str, port: int, observe: Callable[[], Observed], take: Take | None = None
) -> Server:
    """Listen; without `take`, no events are taken. Raise `DeniedError` (`serve-not-local`) or
    `UnreachableError` (`port-in-use`).
    """
    if not _is_loopback(host):
        raise DeniedError(
            "serve-not-local",
            f"`{host}` is not this machine alone: serving others needs a login,"
            " which comes with access management",
            hint="mesh serve --host 127.0.0.1",
        )
    host = "127.0.0.1" if host == "localhost" else host.strip("[]")
    try:
        return Server(Place(host, port), observe, take)
    except OSError as error:
        raise UnreachableError(
            "port-in-use",
            f"cannot listen on `{Place(host, port)}`: {(error.strerror or str(error)).lower()}",
            hint=f"mesh serve --port {port + 1 if port < 65535 else PORT}",
        ) from error


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class _Handler(BaseHTTPRequestHandler):
    server: Server
    timeout = IDLE_SECONDS
    protocol_version = "HTTP/1.1"
    server_version = f"meshwright/{__version__}"
    sys_version = ""

    def do_GET(self) -> None:
        self._put(self._answer())

    def do_HEAD(self) -> None:
        self._put(self._answer(), has_body=False)

    def do_POST(self) -> None:
        answer = self._answer_post()
        if answer.status >= 400:
            self.close_connection = True  # the body may not have been read
        self._put(answer)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: who asks is this machine."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """Answer a malformed or unknown request in the one shape of errors."""
        self.close_connection = True
        answer = _error(code, "http", HTTPStatus(code).phrase.lower())
        self._put(answer, has_body=getattr(self, "command", "") != "HEAD")

    def _answer(self) -> Answer:
        if not self._is_asked_locally():
            return _error(421, "host-unknown", "this server answers for this machine only")
        route = ROUTES.get(self._route)
        if route is None and self._route in LINEAGE:
            return _error(405, "method-not-allowed", "events are posted here")
        if route is None:
            return _error(404, "not-found", f"there is: {', '.join((*ROUTES, LINEAGE[0]))}")
        try:
            with self.server.turn:
                observed = self.server.observe()
            return route(observed)
        except MeshwrightError as error:
            return _error(503, error.code, "the mesh cannot be read now")
        except Exception:
            return _error(500, "internal", "internal error")

    def _answer_post(self) -> Answer:
        if not self._is_asked_locally():
            return _error(421, "host-unknown", "this server answers for this machine only")
        if self._route in ROUTES:
            return _error(405, "method-not-allowed", "this is read, with GET")
        if self.server.take is None or self._route not in LINEAGE:
            return _error(404, "not-found", f"events are posted to {LINEAGE[0]}")
        # one that is sent twice counts with both values, so that what is judged is what is used
        sent = {name.title(): ", ".join(self.headers.get_all(name, ())) for name in self.headers}
        refused = refusal(sent)
        if refused is not None:
            return _error(refused.status, refused.code, refused.message)
        length = int(sent["Content-Length"])
        body = self.rfile.read(length)
        if len(body) < length:
            return _error(400, "body-cut-short", "the body is shorter than its Content-Length")
        try:
            with self.server.turn:
                return lineage(body, self.server.take)
        except Exception:
            return _error(500, "internal", "internal error")

    @property
    def _route(self) -> str:
        return self.path.partition("?")[0].rstrip("/") or "/"

    def _is_asked_locally(self) -> bool:
        host = self.headers.get("Host", "").strip().lower()
        name = host.partition("]")[0].strip("[") if host.startswith("[") else host.partition(":")[0]
        return name in LOCAL or name == self.server.place.host

    def _put(self, answer: Answer, *, has_body: bool = True) -> None:
        body = answer.text.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.end_headers()
        if has_body:
            self.wfile.write(body)


def _error(status: int, code: str, message: str) -> Answer:
    return Answer(
        status, "application/json", json.dumps({"error": {"code": code, "message": message}})
    )
