"""Signing in with the OIDC provider of mesh.yaml: sent there and back by the browser.

What must stay true: the state stands in a cookie of the browser that began, so that a link signs nobody in;
whoever began on a web page ends on one, with the session in a cookie, and never on another site's. A program
that follows the redirects itself gets the token as JSON.
"""

from collections.abc import Sequence
from secrets import compare_digest
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from meshwright.app.identity import oidc
from meshwright.errors import DeniedError, UsageError
from meshwright.serve.api.operations import Operation, Parameter
from meshwright.serve.api.routes.signing_in import SignedIn, signed_in
from meshwright.serve.api.service import Service, service_of
from meshwright.serve.web.visit import inside, visit_of
from meshwright.serve.web.visit import signed_in as web_signed_in

BEGIN, BACK = "/login/oidc", "/login/oidc/callback"
COOKIE, TO = "mesh-login-state", "mesh-login-to"
_SECONDS = 600


async def begin(request: Request) -> Response:
    """Send the browser to the provider; `to` is the page of ours to come back to (`web`: home)."""
    service = _service(request)
    back = f"{request.url.scheme}://{request.url.netloc}{BACK}"
    url, state = await service.threads.long(lambda: oidc.begin(service.wiring, back))
    response = RedirectResponse(url, 303)
    to = request.query_params.get("to", "")
    page = inside(to) if to else ""
    for name, value in ((COOKIE, state), (TO, quote(page))):
        response.set_cookie(
            name,
            value,
            max_age=_SECONDS if value else 0,
            path=BEGIN,
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="lax",
        )
    return response


async def finish(request: Request) -> Response:
    """Take what the browser brought back, and begin a session."""
    service = _service(request)
    said = request.query_params
    state, code = said.get("state", ""), said.get("code", "")
    if not state or not compare_digest(request.cookies.get(COOKIE, "").encode(), state.encode()):
        raise DeniedError(
            "state-unknown", "this sign-in was not begun by this browser", hint="begin it again"
        )
    issuer = said.get("iss", "")
    proven = await service.threads.long(lambda: oidc.finish(service.wiring, state, code, issuer))
    page = unquote(request.cookies.get(TO, ""))
    if page:
        response = await web_signed_in(await visit_of(request), proven, "provider", inside(page))
    else:
        token = await service.begin_session(request, proven, "http", "provider")
        response = signed_in(proven.principal.name, token)
    for name in (COOKIE, TO):
        response.delete_cookie(name, path=BEGIN)
    return response


def _service(request: Request) -> Service:
    service = service_of(request)
    if not oidc.has_provider(service.wiring):
        raise UsageError("provider-unknown", "this mesh names no provider to sign in with")
    return service


OPERATIONS: Sequence[Operation] = (
    Operation("GET", BEGIN, begin, "Sign in with the provider that mesh.yaml names.",
              parameters=(Parameter("to", "A page of the web to end on; without it the end is JSON."),),
              scope=None,
              status=303, statuses=(404, 503)),
    Operation(
        "GET", BACK, finish, "Where the provider sends the browser back to; begins a session.",
        answers=SignedIn,
        parameters=(
            Parameter("state", "As it was sent."),
            Parameter("code", "From the provider."),
            Parameter("iss", "The provider (RFC 9207)."),
        ),
        scope=None, statuses=(401, 403, 404),
    ),
)  # fmt: skip
