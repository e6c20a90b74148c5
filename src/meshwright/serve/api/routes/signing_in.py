"""Who asks: `/api/v1/me`, signing in by password, and signing out."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

from meshwright.errors import DeniedError
from meshwright.serve.api.answering import json_response
from meshwright.serve.api.bodies import Words, read_body
from meshwright.serve.api.operations import Operation
from meshwright.serve.api.service import bearer_of, service_of
from meshwright.serve.api.sessions import LASTS


@dataclass(frozen=True, slots=True)
class LoginBody:
    """Who signs in, and their password."""

    name: str
    password: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session's token, to be sent as a bearer token, and how many seconds it lasts."""

    token: str
    expires_in: int
    principal: str


@dataclass(frozen=True, slots=True)
class Me:
    """Who asks. No scopes: all that the principal may; `purpose`: the only one that the token is for."""

    principal: str
    kind: str
    title: str = ""
    teams: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    attributes: dict[str, str] = field(default_factory=dict)
    scopes: tuple[str, ...] = ()
    purpose: str = ""


async def me(request: Request) -> Response:
    """Say who asks."""
    Words(request)
    proven = await service_of(request).proven(request, "")
    who = proven.principal
    return json_response(
        Me(
            who.name,
            who.kind,
            who.title,
            who.teams,
            who.roles,
            dict(who.attributes),
            tuple(sorted(proven.scopes)),
            proven.purpose,
        )
    )


async def login(request: Request) -> Response:
    """Begin a session; a wrong name and a wrong password are told alike."""
    service = service_of(request)
    Words(request)
    body = await read_body(request, LoginBody)
    where = request.client.host if request.client else ""
    keys = (f"from {where}", f"name {body.name}")
    service.attempts.count(*keys)
    try:
        proven = await service.threads.password(
            lambda: service.proving.by_password(body.name, body.password)
        )
    except DeniedError as error:
        reason = error.code
        await service.threads.who(lambda: service.proving.refused(body.name, "http", reason))
        raise
    service.attempts.forget(*keys)
    token = await service.begin_session(request, proven, "http", "password")
    return signed_in(proven.principal.name, token)


def signed_in(name: str, token: str) -> Response:
    """Return the answer to who signed in."""
    return json_response(SignedIn(token, int(LASTS), name))


async def logout(request: Request) -> Response:
    """End the session that the request is sent in."""
    service = service_of(request)
    Words(request)
    await service.proven(request, "")
    service.sessions.end(bearer_of(request))
    return Response(None, 204)


OPERATIONS: Sequence[Operation] = (
    Operation("GET", "/api/v1/me", me, "Say who you are.", answers=Me),
    Operation(
        "POST",
        "/api/v1/login",
        login,
        "Sign in by password; the answer's token is a bearer token for an hour.",
        answers=SignedIn,
        body=LoginBody,
        example={"name": "ada@example.com", "password": "a password"},
        scope=None,
        statuses=(401,),
    ),
    Operation("POST", "/api/v1/logout", logout, "End the session.", status=204),
)
