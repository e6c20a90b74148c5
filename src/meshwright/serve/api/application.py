"""The application: the routes, and around them what guards them."""

from collections.abc import Sequence
from functools import cache

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from meshwright.errors import MeshwrightError
from meshwright.serve.api.answering import cached_response
from meshwright.serve.api.errors import HttpError, error_response
from meshwright.serve.api.guard import Guard
from meshwright.serve.api.openapi import openapi
from meshwright.serve.api.operations import routes_of
from meshwright.serve.api.routes import (
    access,
    builds,
    catalog,
    classified,
    contracts,
    curation,
    exports,
    governance,
    ledger,
    observed,
    people,
    ports,
    provider,
    query,
    search,
    signing_in,
    trail,
    watched,
    webhooks,
)
from meshwright.serve.api.service import Service, service_of
from meshwright.serve.mcp.door import mcp_routes
from meshwright.serve.web.faults import fault_page
from meshwright.serve.web.site import site_routes
from meshwright.serve.web.visit import visit_of

OPERATIONS = (
    *observed.OPERATIONS,
    *signing_in.OPERATIONS,
    *query.OPERATIONS,
    *ports.OPERATIONS,
    *search.OPERATIONS,
    *catalog.OPERATIONS,
    *access.OPERATIONS,
    *trail.OPERATIONS,
    *governance.OPERATIONS,
    *watched.OPERATIONS,
    *builds.OPERATIONS,
    *contracts.OPERATIONS,
    *curation.OPERATIONS,
    *exports.OPERATIONS,
    *classified.OPERATIONS,
    *people.OPERATIONS,
    *ledger.OPERATIONS,
    *webhooks.OPERATIONS,
    *provider.OPERATIONS,
)
_PLAIN = {404: ("not-found", "there is no such path"), 405: ("method-not-allowed", "")}


def application(service: Service, hosts: Sequence[str] = (), *, is_secure: bool = False) -> ASGIApp:
    """Return the ASGI application of a server; `hosts` are the names that it answers to, none: any."""

    @cache  # made when it is first asked for
    def document() -> object:
        return openapi(OPERATIONS)

    async def described(request: Request) -> Response:
        return cached_response(request, document())

    inner = Starlette(
        routes=[
            *routes_of(OPERATIONS),
            Route("/api/v1/openapi.json", described, methods=["GET"]),
            *mcp_routes(),
            *site_routes(),
        ],
        exception_handlers={
            HTTPException: _plain,
            MeshwrightError: _told,
            ClientDisconnect: _gone,
            Exception: _fault,
        },
    )
    inner.router.redirect_slashes = False
    inner.state.service = service
    return Guard(inner, hosts, is_secure=is_secure)


async def _plain(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code, message = _PLAIN.get(error.status_code, ("http", str(error.detail).lower()))
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "")
        message = f"`{request.method[:20]}` is not for this path, which takes {allowed}"
    told = HttpError(error.status_code, code, message)
    if _wants_page(request):
        return fault_page(await visit_of(request), told)
    response = error_response(told)
    response.headers.update(error.headers or {})
    return response


def _wants_page(request: Request) -> bool:
    is_api = request.url.path.startswith("/api/")
    return not is_api and "text/html" in request.headers.get("accept", "")


async def _told(request: Request, error: Exception) -> Response:
    if _wants_page(request):
        return fault_page(await visit_of(request), error, service_of(request).wiring.root)
    return error_response(error, service_of(request).wiring.root)


async def _gone(request: Request, error: Exception) -> Response:  # noqa: ARG001
    return Response(None, 499)  # nobody reads it


async def _fault(request: Request, error: Exception) -> Response:
    if _wants_page(request):
        return fault_page(await visit_of(request), error)
    return error_response(error)
