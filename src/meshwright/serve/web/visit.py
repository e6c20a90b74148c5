"""One request of a person with a browser: who they are, what they sent, and what they are shown.

What must stay true: a session stands in a cookie that no script reads; whatever changes something was sent
from a page of ours, and carries the word that only the pages of this session know.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from meshwright.app.catalog.board import Board
from meshwright.app.catalog.knowing import Knowing
from meshwright.app.identity.proving import Proven
from meshwright.app.mesh import Mesh
from meshwright.errors import MeshwrightError
from meshwright.model.principal import Asker
from meshwright.serve.api.errors import HttpError
from meshwright.serve.api.service import Service, service_of
from meshwright.serve.proving import asker_of
from meshwright.serve.web.rendering import render

T = TypeVar("T")
COOKIE, SAID, THEME = "mesh-session", "mesh-said", "mesh-theme"
DOOR = "web"
MOST_FIELDS, MOST_FILES = 200, 1
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; "
    "connect-src 'self'; worker-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


@dataclass(slots=True)
class Visit:
    """Made by `visit_of`. `proven`: who they are; None: nobody who signed in."""

    request: Request
    service: Service
    proven: Proven | None
    token: str = ""
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    _form: FormData | None = None

    @property
    def who(self) -> Proven:
        """Return who they are; for pages that are not open to all."""
        assert self.proven is not None
        return self.proven

    @property
    def place(self) -> str:
        """Return by what requests are counted together: their session, else where they come from."""
        if self.proven is not None:
            return hashlib.sha256(self.token.encode()).hexdigest()
        return f"from {self.request.client.host}" if self.request.client else "from nowhere"

    @property
    def is_part(self) -> bool:
        """Say whether a part of a page is asked for, which a script puts in its place."""
        headers = self.request.headers
        goes_back = headers.get("hx-history-restore-request") == "true"  # wants the page whole
        return headers.get("hx-request") == "true" and not goes_back

    @property
    def csrf(self) -> str:
        """Return the word that forms of this session carry."""
        return hmac.new(self.token.encode(), b"csrf", hashlib.sha256).hexdigest()[:32]

    def asker(self, purpose: str = "") -> Asker:
        """Return them as who asks at this door."""
        return asker_of(self.who, purpose, DOOR)

    def word(self, name: str, default: str = "") -> str:
        """Return a word of the query string."""
        return self.request.query_params.get(name, default)

    def path_word(self, name: str = "address") -> str:
        """Return a word of the path."""
        return str(self.request.path_params[name])

    async def read(self, do: Callable[[Mesh], T]) -> T:
        """Do something with the mesh as they have it, in a thread: verbs that they may not raise."""
        if self.request.method not in ("GET", "HEAD"):
            return await self.read_long(do)  # a change waits for other writers
        return await self.service.threads.read(lambda: do(self.service.mesh_of(self.who, DOOR)))

    async def read_long(self, do: Callable[[Mesh], T]) -> T:
        """Do something that may wait or take long, so that no page waits for it."""
        return await self.service.threads.long(lambda: do(self.service.mesh_of(self.who, DOOR)))

    async def board(self) -> tuple[Board, Knowing]:
        """Return the mesh at a glance, and what of it they may know."""
        threads = self.service.threads
        run = threads.read if self.service.boards.is_made else threads.long
        return await run(lambda: (self.service.boards.board(), self.service.knowing(self.who)))

    async def judge_form(self, most_fields: int = MOST_FIELDS) -> None:
        """Read the form that was sent; raise 403 (`form-foreign`) where it is not of this session."""
        form = await self.request.form(max_fields=most_fields, max_files=MOST_FILES)
        self._form = form
        sent = self.request.headers.get("x-csrf-token") or str(form.get("csrf") or "")
        if not hmac.compare_digest(sent.encode(), self.csrf.encode()):
            raise HttpError(
                403, "form-foreign", "this form is not of this session", hint="load the page again"
            )

    def said(self, name: str, default: str = "") -> str:
        """Return a field of the form, stripped."""
        assert self._form is not None
        value = self._form.get(name)
        return value.strip() if isinstance(value, str) else default

    @property
    def fields(self) -> dict[str, str]:
        """Return the texts of the form by their names, stripped; of a name that is there twice, the last."""
        assert self._form is not None
        return {name: text.strip() for name, text in self._form.items() if isinstance(text, str)}

    def all_said(self, name: str) -> tuple[str, ...]:
        """Return every value of a field of the form: of boxes that were ticked."""
        assert self._form is not None
        return tuple(str(one) for one in self._form.getlist(name) if isinstance(one, str))

    def file(self, name: str) -> UploadFile | None:
        """Return a file of the form; None where none was chosen."""
        assert self._form is not None
        value = self._form.get(name)
        return value if isinstance(value, UploadFile) and value.filename else None

    def page(self, template: str, *, status: int = 200, **words: Any) -> Response:
        """Return a page, or a part of one."""
        response = HTMLResponse(render(template, {"visit": self, **words}), status)
        response.headers["Content-Security-Policy"] = _POLICY.format(nonce=self.nonce)
        response.headers["Vary"] = "HX-Request, Cookie"
        if SAID in self.request.cookies and not self.is_part:
            response.delete_cookie(SAID, path="/")
        return response

    def go(self, where: str, say: str = "") -> Response:
        """Send the browser to another page of ours, which then says something."""
        if self.is_part:
            response = Response(None, 204, {"HX-Redirect": where})
        else:
            response = RedirectResponse(where, 303)
        if say:
            signed = f"{_sign(self.token, say)}{say}"
            response.set_cookie(
                SAID, signed.encode().hex(), max_age=60, httponly=True, samesite="strict", path="/",
                secure=self.is_secure,
            )  # fmt: skip
        return response

    @property
    def is_secure(self) -> bool:
        """Say whether the browser came over TLS."""
        return self.request.url.scheme == "https"

    @property
    def told(self) -> str:
        """Return what the page before wants said, once; '' where nothing, or nothing of ours."""
        try:
            text = bytes.fromhex(self.request.cookies.get(SAID, "")).decode()
        except ValueError:
            return ""
        signature, say = text[:16], text[16:]
        return say if say and hmac.compare_digest(signature, _sign(self.token, say)) else ""

    @property
    def theme(self) -> str:
        """Return light or dark, where they chose one."""
        theme = self.request.cookies.get(THEME, "")
        return theme if theme in ("light", "dark") else ""


async def visit_of(request: Request) -> Visit:
    """Return a visit: of who is signed in by the cookie of the browser, or of nobody."""
    service = service_of(request)
    token = request.cookies.get(COOKIE, "")
    proven = None
    if token:
        try:
            proven = await service.threads.who(lambda: service.sessions.proven(token))
        except MeshwrightError:
            token = ""
    return Visit(request, service, proven, token or _before_sign_in(request))


async def signed_in(visit: Visit, proven: Proven, how: str, where: str) -> Response:
    """Begin a session and send who signed in on, with its cookie; what the browser had before ends.

    The token is new at each sign-in: one that somebody put into the browser before is worth nothing.
    """
    token = await visit.service.begin_session(visit.request, proven, DOOR, how)
    if visit.proven is not None:
        visit.service.sessions.end(visit.token)
    response = RedirectResponse(inside(where), 303)
    response.set_cookie(
        COOKIE, token, httponly=True, samesite="lax", secure=visit.is_secure, path="/"
    )
    return response


def inside(where: str) -> str:
    """Return an address of ours, whatever somebody wrote into a link."""
    parts = urlsplit(where.replace("\\", "/"))
    is_ours = where.startswith("/") and not where.startswith("//") and not parts.netloc
    return where if is_ours and where.isprintable() else "/"


def _before_sign_in(request: Request) -> str:
    """Return what signs the form of the sign-in page: a cookie of its own, else nothing that anyone knows."""
    return request.cookies.get("mesh-before", "") or secrets.token_urlsafe(16)


def _sign(token: str, say: str) -> str:
    return hmac.new(token.encode(), say.encode(), hashlib.sha256).hexdigest()[:16]


Words = Mapping[str, Any]
