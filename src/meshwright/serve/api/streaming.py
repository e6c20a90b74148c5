"""Rows on their way: a batch is made when the one before it has been taken by the client.

What must stay true: a client that goes away, or takes nothing for a minute, ends its query; what breaks off
is never ended as if it were whole.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from urllib.parse import quote

import anyio
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from meshwright.app.governed.answer import Answer, masks_of
from meshwright.errors import MeshwrightError
from meshwright.model.access import Decision
from meshwright.serve.api.formats import ARROW, FORMATS
from meshwright.serve.api.service import Service
from meshwright.serve.api.threads import watched
from meshwright.spi.stop import Stop

STALLED_SECONDS = 60.0
GONE = "client-gone"
Write = Callable[[Answer], Iterator[bytes]]
_MOST_IN_HEADER = 4000  # proxies refuse longer headers


class Rows(Response):
    """An answer's rows as one of the formats, or as `write` makes them of it."""

    def __init__(
        self,
        service: Service,
        request: Request,
        answer: Answer,
        kind: str,
        write: Write | None = None,
    ) -> None:
        self._service = service
        self._request = request
        self._answer = answer
        self._chunks = (write or FORMATS[kind])(answer)
        self._begun: list[bytes] = []
        self.status_code = 200
        self.background = None
        self.media_type = kind
        self.init_headers(None)
        describe(self.headers, answer.versions, answer.decisions)
        self.headers["Mesh-Query"] = answer.query
        if answer.rows is not None:
            self.headers["Mesh-Rows"] = str(answer.rows)
        if kind == ARROW:
            self.headers["Content-Disposition"] = 'attachment; filename="rows.arrows"'

    async def begin(self) -> None:
        """Make the first bytes, so that what fails at once has a status of its own."""
        try:
            self._begun.append(await self._service.threads.query(self._next))
        except BaseException as error:
            with anyio.CancelScope(shield=True):
                await self._end(getattr(error, "code", "internal"))
            raise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        ended = GONE
        try:
            async with watched(self._request, self._answer.cancel):
                await self._send(send)
            ended = ""
        except MeshwrightError as error:
            ended = error.code
            raise
        finally:
            with anyio.CancelScope(shield=True):
                await self._end(ended)

    async def _send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        chunk = self._begun.pop() if self._begun else b""
        while True:
            if chunk:
                with anyio.fail_after(STALLED_SECONDS):
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
            made = await self._service.threads.query(self._next_or_none)
            if made is None:
                break
            chunk = made
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _next(self) -> bytes:
        return next(self._chunks, b"")

    def _next_or_none(self) -> bytes | None:
        return next(self._chunks, None)

    async def _end(self, error: str) -> None:
        await self._service.threads.query(lambda: self._service.running.end(self._answer, error))


async def rows_response(
    service: Service,
    request: Request,
    kind: str,
    ask: Callable[..., Answer],
    write: Write | None = None,
) -> Response:
    """Ask in a thread and return the rows as they come."""
    held: list[Answer] = []
    stop = Stop()
    is_gone: list[bool] = []

    def begin() -> Answer:
        answer = ask(stop=stop)
        service.running.begin(answer)
        held.append(answer)
        return answer

    def gone() -> None:
        is_gone.append(True)
        stop.now()
        for one in held:
            one.cancel()

    try:
        async with watched(request, gone):
            answer = await service.threads.query(begin)
        if is_gone:
            raise ClientDisconnect
    except BaseException:
        with anyio.CancelScope(shield=True):
            for one in held:
                await service.threads.query(partial(service.running.end, one, GONE))
        raise
    rows = Rows(service, request, answer, kind, write)
    await rows.begin()
    return rows


def describe(
    headers: MutableHeaders, versions: Mapping[str, int], decisions: Sequence[Decision]
) -> None:
    """Say in headers what rows rest on, and how they are masked."""
    listed = ", ".join(f"{name}@{number}" for name, number in versions.items())
    masked = ", ".join(f"{name}={mask}" for name, mask in masks_of(decisions).items())
    headers["Mesh-Versions"] = _short(listed)
    headers["Mesh-Masked"] = _short(masked)


def _short(text: str) -> str:
    """Return a text as a header holds it: names of columns may hold anything, line ends too."""
    plain = quote(text, safe=" @.,=:+-_/()'*")
    return plain if len(plain) <= _MOST_IN_HEADER else f"{plain[:_MOST_IN_HEADER]} ..."
