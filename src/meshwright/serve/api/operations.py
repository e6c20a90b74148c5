"""What the API offers, as values: the routes are made of them, and the OpenAPI document too."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

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
