"""Signing in: by password, by the link that `mesh open` makes on this machine, and out again."""

from starlette.responses import Response

from meshwright.app.identity import links, oidc
from meshwright.errors import DeniedError, MeshwrightError
from meshwright.serve.api.errors import HttpError, status_of
from meshwright.serve.web.page import Page
from meshwright.serve.web.visit import COOKIE, Visit, inside, signed_in
from meshwright.serve.wording import told

BEFORE = "mesh-before"


async def form(visit: Visit) -> Response:
    """Show the form."""
    return _form(visit, inside(visit.word("to", "/")))


async def by_password(visit: Visit) -> Response:
    """Begin a session; a wrong name and a wrong password are told alike."""
    service, name, to = visit.service, visit.said("name"), inside(visit.said("to", "/"))
    where = visit.request.client.host if visit.request.client else ""
    keys = (f"from {where}", f"name {name}")
    try:
        service.attempts.count(*keys)
        proven = await service.threads.password(
            lambda: service.proving.by_password(name, visit.said("password"))
        )
    except DeniedError as error:
        reason = error.code
        await service.threads.who(lambda: service.proving.refused(name, "web", reason))
        return _form(visit, to, error, name)
    except HttpError as error:
        return _form(visit, to, error, name)
    service.attempts.forget(*keys)
    return await signed_in(visit, proven, "password", to)


async def by_link(visit: Visit) -> Response:
    """Begin a session by a link of this machine, which works once."""
    service = visit.service
    if not service.is_local:
        raise HttpError(404, "not-found", "there is no such path")
    if visit.request.method == "HEAD":
        return Response(None)  # whoever only looks at where a link leads does not use it up
    key = visit.path_word("key")
    proven = await service.threads.who(lambda: links.use(service.wiring, key))
    return await signed_in(visit, proven, "link", inside(visit.word("to", "/")))


async def leave(visit: Visit) -> Response:
    """End the session."""
    who, service = visit.who, visit.service
    if service.sessions.end(visit.token):
        await service.threads.read(
            lambda: service.proving.signed_out(who.principal.name, "web", 1, who.behind)
        )
    response = visit.go("/sign-in")
    response.delete_cookie(COOKIE, path="/")
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _form(visit: Visit, to: str, error: MeshwrightError | None = None, name: str = "") -> Response:
    has_provider = oidc.has_provider(visit.service.wiring)
    fault = told(error, visit.service.wiring.root) if error else None
    status = status_of(error) if error else 200
    response = visit.page(
        "sign-in.html", status=status, to=to, name=name, fault=fault, has_provider=has_provider
    )
    if visit.proven is None:  # else the form is of their session
        response.set_cookie(
            BEFORE, visit.token, httponly=True, samesite="strict", secure=visit.is_secure, path="/"
        )
    return response


PAGES = (
    Page("/sign-in", form, is_open=True),
    Page("/sign-in", by_password, "POST", is_open=True),
    Page("/enter/{key}", by_link, is_open=True),
    Page("/sign-out", leave, "POST"),
)
