"""What every request passes before a route sees it, and what every answer carries.

What must stay true: on a loopback address, only requests that name this machine as their host are answered (a
page that rebinds its own name to 127.0.0.1 gets nothing); no page of another origin is answered; a token
stands in a header, never in an address that ends up in logs; a body is read up to a limit, within a time.
"""

import re
from collections.abc import Sequence
from time import perf_counter
from urllib.parse import parse_qsl, urlsplit

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from meshwright import __version__
from meshwright.serve.api.errors import HttpError, error_response
from meshwright.serve.posts import LINEAGE
from meshwright.serve.posts import MOST_BYTES as MOST_OF_EVENTS
from meshwright.serve.uploads import PATH as UPLOADS
from meshwright.serve.uploads import is_drained

LOCAL = ("localhost", "127.0.0.1", "::1")
MOST_BYTES = 1024 * 1024
MOST_AT_ONCE = 512
BODY_SECONDS = 30.0
DRAIN_SECONDS = 2.0
DRAIN_SECONDS_OF_UPLOAD = 20.0
MOST_OF_ADDRESS, MOST_OF_HEAD = 8 * 1024, 32 * 1024
_HOST = re.compile(r"(?:\[(?P<six>[0-9a-f:.]+)\]|(?P<name>[^\[\]:/@\s]+))(?::\d{1,5})?")
_SECRETS = frozenset(("token", "access_token", "api_key", "apikey", "authorization", "password"))
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",  # with none at all, a browser says of its own forms `Origin: null`
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Server": f"meshwright/{__version__}",
}


class Guard:
    """An ASGI application around another. `hosts`: the names it answers to; none: any."""

    def __init__(self, app: ASGIApp, hosts: Sequence[str] = (), *, is_secure: bool = False) -> None:
        self._app = app
        self._hosts = frozenset(hosts)
        self._at_once = 0
        self._headers = dict(HEADERS)
        if is_secure:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = _Receiving(scope, receive)
        guarded = _Sending(send, self._headers, body)
        if self._at_once >= MOST_AT_ONCE:
            error = HttpError(503, "server-busy", "too many requests at once", hint="try again")
            await error_response(error)(scope, receive, guarded)
            return
        self._at_once += 1
        try:
            self._judge(scope)
            await self._app(scope, body, guarded)
        except HttpError as error:
            if guarded.has_begun:
                raise
            await error_response(error)(scope, receive, guarded)
        finally:
            self._at_once -= 1

    def _judge(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        if len(scope["raw_path"]) + len(scope["query_string"]) > MOST_OF_ADDRESS:
            raise HttpError(414, "address-too-long", "the address is too long")
        if sum(len(name) + len(value) for name, value in headers.raw) > MOST_OF_HEAD:
            raise HttpError(431, "headers-too-large", "the headers are too large")
        host = _one(headers, "host")
        if self._hosts and _name(host) not in self._hosts:
            raise HttpError(421, "host-unknown", "this server answers for this machine only")
        origin = _one(headers, "origin")
        if origin and not _is_same(origin, scope["scheme"], host):
            raise HttpError(403, "origin-refused", "pages of another origin are not answered")
        is_foreign = headers.get("sec-fetch-site", "none") not in ("none", "same-origin")
        if is_foreign and not _is_link(scope, headers):
            raise HttpError(403, "origin-refused", "pages of another origin are not answered")
        for name, _ in parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True):
            if name.lower() in _SECRETS:
                raise HttpError(
                    400,
                    "token-in-url",
                    "an address ends up in logs: no secret stands in it",
                    hint="send `Authorization: Bearer TOKEN`",
                )
        self._judge_body(scope, headers)

    def _judge_body(self, scope: Scope, headers: Headers) -> None:
        if headers.get("transfer-encoding") or headers.get("content-encoding"):
            raise HttpError(411, "length-required", "send the body whole, with its Content-Length")
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit()):
            raise HttpError(411, "length-required", "send the body whole, with its Content-Length")
        if scope["path"] == UPLOADS and len(length) < 13:
            return  # the page judges it, and says so as a page
        most = MOST_OF_EVENTS if scope["path"].rstrip("/") in LINEAGE else MOST_BYTES
        if len(length) > 12 or int(length) > most:
            raise HttpError(413, "body-too-large", f"a body has at most {most} bytes")


class _Receiving:
    """Reads a body within a time."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._receive = receive
        headers = Headers(scope=scope)
        length = headers.get("content-length", "0")
        is_plain = length.isascii() and length.isdigit() and "transfer-encoding" not in headers
        self._length = int(length) if is_plain and len(length) < 13 else MOST_OF_EVENTS + 1
        self._is_upload = scope["path"] == UPLOADS and is_drained(self._length)
        self.is_whole = self._length == 0

    async def __call__(self) -> Message:
        if self.is_whole:
            return await self._receive()
        with anyio.move_on_after(BODY_SECONDS) as waiting:
            message = await self._receive()
            self.is_whole = not message.get("more_body", False)
        if waiting.cancelled_caught:
            raise HttpError(408, "body-too-slow", "the body took too long to come")
        return message

    async def drain(self) -> None:
        """Read what is left, for a moment, so that an early answer is not lost by hanging up on the rest."""
        if self._length <= MOST_OF_EVENTS or self._is_upload:
            seconds = DRAIN_SECONDS_OF_UPLOAD if self._is_upload else DRAIN_SECONDS
            with anyio.move_on_after(seconds):
                while not self.is_whole:
                    message = await self._receive()
                    self.is_whole = not message.get("more_body", False)


class _Sending:
    """Adds the headers of every answer; hangs up where a body was not read to its end."""

    def __init__(self, send: Send, headers: dict[str, str], body: _Receiving) -> None:
        self._send = send
        self._headers = headers
        self._body = body
        self.has_begun = False
        self._began = perf_counter()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.has_begun = True
            headers = MutableHeaders(raw=message.setdefault("headers", []))
            for name, value in self._headers.items():
                headers.setdefault(name, value)
            milliseconds = (perf_counter() - self._began) * 1000
            headers["Server-Timing"] = f"app;dur={milliseconds:.1f}"
            await self._body.drain()
            if not self._body.is_whole:
                headers["Connection"] = "close"
        await self._send(message)


def _is_link(scope: Scope, headers: Headers) -> bool:
    """Say whether somebody follows a link of another site to a page: from a mail, or back from a provider."""
    is_page = not scope["path"].startswith("/api/") and scope["method"] in ("GET", "HEAD")
    mode, dest = headers.get("sec-fetch-mode", ""), headers.get("sec-fetch-dest", "document")
    return is_page and mode == "navigate" and dest == "document"


def _one(headers: Headers, name: str) -> str:
    values = headers.getlist(name)
    if len(values) > 1:
        raise HttpError(400, "header-twice", f"a request has one `{name.title()}` header")
    return values[0].strip() if values else ""


def _name(host: str) -> str:
    """Return the name of a Host header, without its port; '' for what is none."""
    found = _HOST.fullmatch(host.lower())
    return (found["six"] or found["name"]) if found else ""


def _is_same(origin: str, scheme: str, host: str) -> bool:
    parts = urlsplit(origin)
    return parts.scheme == scheme and parts.netloc.lower() == host.lower()
