"""`POST /api/v1/query`: the governed query, streamed."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from meshwright.app.governed.ask import ask
from meshwright.serve.api.bodies import Words, read_body
from meshwright.serve.api.errors import HttpError
from meshwright.serve.api.formats import FORMATS, NAMES, chosen_format
from meshwright.serve.api.operations import Operation
from meshwright.serve.api.service import service_of
from meshwright.serve.api.streaming import rows_response


@dataclass(frozen=True, slots=True)
class QueryBody:
    """What is asked. `as_of`: by the versions that were served then; `parameters` fill the `?` in `sql`."""

    sql: str
    purpose: str = ""
    as_of: str = ""
    parameters: tuple[str | int | float | bool | None, ...] = ()


async def query(request: Request) -> Response:
    """Run one SELECT over published ports."""
    service = service_of(request)
    Words(request)
    await service.proven(request, "query")  # before the body is looked at
    body = await read_body(request, QueryBody)
    asker = await service.asker(request, "query", body.purpose)
    kind = wanted_format(request)
    values: Sequence[Any] = body.parameters
    return await rows_response(
        service,
        request,
        kind,
        partial(ask, service.wiring, asker, body.sql, as_of=body.as_of or None, parameters=values),
    )


def wanted_format(request: Request, name: str = "") -> str:
    """Return the media type of rows that a request asks for, by a word or its Accept header; raise 406."""
    kind = NAMES.get(name, "") if name else chosen_format(request.headers.get("accept", "*/*"))
    if not kind:
        listed = ", ".join(NAMES if name else FORMATS)
        raise HttpError(406, "format-unknown", "rows are not to be had so", hint=f"known: {listed}")
    return kind


OPERATIONS: Sequence[Operation] = (
    Operation(
        "POST",
        "/api/v1/query",
        query,
        "Ask the published data in SQL.",
        'One SELECT; a port is the table `domain.product.port`, or `"port@3"` for a version. The headers'
        " `Mesh-Query`, `Mesh-Versions` and `Mesh-Masked` say what the rows rest on.",
        body=QueryBody,
        example={"sql": "select * from sales.orders.orders limit 10", "purpose": "billing"},
        scope="query",
        media=tuple(FORMATS),
        statuses=(406, 409),
    ),
)
