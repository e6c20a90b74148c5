"""What the API offers, as values: the routes are made of them, and the OpenAPI document too."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from meshwright.app.exchange import to_plain
from meshwright.app.mesh import Mesh
from meshwright.model.principal import Asker
from meshwright.serve.api.answering import json_response
from meshwright.serve.api.bodies import Words, read_body
from meshwright.serve.api.service import service_of

Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A word of a path or of a query string. `kind`: string, integer, boolean."""

    name: str
    about: str
    kind: str = "string"
    place: str = "query"
    example: str | int | bool | None = None
    words: tuple[str, ...] = ()
    most: int = 0
    is_needed: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked. `answers` and `body` are types, or tuples of those that it may be;
    `media`: what it answers in where that is not JSON alone.

    `scope`: what a token must open; None: no token is needed (or none on this machine alone).
    """

    method: str
    path: str
    run: Endpoint
    about: str
    details: str = ""
    answers: Any = None
    body: Any = None
    example: Mapping[str, Any] | None = None
    parameters: tuple[Parameter, ...] = ()
    scope: str | None = ""
    media: tuple[str, ...] = ()
    body_media: tuple[str, ...] = ("application/json",)
    status: int = 200
    statuses: tuple[int, ...] = ()
    name: str = ""


ADDRESS = Parameter("address", "`domain.product.port`", place="path", example="sales.orders.orders")
LIMIT = Parameter("limit", "How many at most.", "integer", example=100, most=1000)
CURSOR = Parameter("cursor", "Where to go on: `next` of the page before.")
AS_OF = Parameter(
    "as_of", "By what was served then: a date or time, ISO 8601.", example="2026-01-31"
)

Do = Callable[[Mesh, Asker, Request, Any], Any]


def doing(
    path: str,
    about: str,
    body: Any,
    answers: Any,
    do: Do,
    *parameters: Parameter,
    scope: str,
    example: Mapping[str, Any] | None = None,
) -> Operation:
    """Return a POST that changes something: what `do` returns, as JSON."""

    async def run(request: Request) -> Response:
        service = service_of(request)
        asker = await service.asker(request, scope)
        Words(request)
        said = await read_body(request, body)
        root = service.wiring.root
        shape = await service.in_turn(lambda mesh: to_plain(do(mesh, asker, request, said), root))
        return json_response(shape)

    return Operation(
        "POST", path, run, about, "", answers, body, example, parameters, scope, statuses=(409,)
    )


def path_word(request: Request, name: str = "address") -> str:
    """Return a word of the path."""
    return str(request.path_params[name])


def routes_of(operations: Sequence[Operation]) -> list[Route]:
    """Return the routes: one for a path, whatever methods it takes."""
    paths: dict[str, dict[str, Endpoint]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method] = operation.run
    return [Route(path, _by_method(runs), methods=list(runs)) for path, runs in paths.items()]


def _by_method(runs: Mapping[str, Endpoint]) -> Endpoint:
    async def run(request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        return await runs[method](request)

    return run
