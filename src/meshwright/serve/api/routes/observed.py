"""`/metrics` and `/health`, and the intake of lineage: without a token where only this machine is served."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from meshwright.app.catalog.veil import Veil
from meshwright.app.identity.proving import Proven
from meshwright.errors import MeshwrightError
from meshwright.serve.answers import ROUTES, Answer, Observed
from meshwright.serve.api.errors import HttpError
from meshwright.serve.api.operations import Operation
from meshwright.serve.api.service import Service, bearer_of, service_of
from meshwright.serve.openmetrics import CONTENT_TYPE
from meshwright.serve.posts import LINEAGE, MEDIA_TYPES, lineage, refusal


async def observed(request: Request) -> Response:
    """Answer from one observation of the mesh; one at a time, however many ask."""
    service = service_of(request)
    proven = None
    if not service.is_local or bearer_of(request):
        proven = await service.proven(request, "")
    try:
        answer = await service.threads.long(lambda: _observe(service, request.url.path, proven))
    except MeshwrightError as error:
        raise HttpError(503, error.code, "the mesh cannot be read now") from error
    return _response(answer)


async def take_lineage(request: Request) -> Response:
    """Take events of other tools."""
    service = service_of(request)
    if not service.is_local:
        await service.proven(request, "lineage")
    refused = refusal(dict(request.headers))
    if refused is not None:
        raise HttpError(refused.status, refused.code, refused.message)
    body = await request.body()

    def work() -> Answer:
        with service.turn:
            return lineage(body, service.take)

    return _response(await service.threads.long(work))


def _observe(service: Service, path: str, proven: Proven | None) -> Answer:
    with service.turn:
        found: Observed = service.observe()
    if proven is not None:
        knowing = service.knowing(proven)
        ports = [port for port in found.ports if knowing.of(port.address)]
        costs = [cost for cost in found.costs if knowing.of(cost.name)]
        veil = Veil(knowing)
        found = replace(found, ports=[veil.over(port) for port in ports], costs=costs)
    return ROUTES[path.rstrip("/")](found)


def _response(answer: Answer) -> Response:
    return Response(answer.text, answer.status, media_type=answer.content_type)


OPERATIONS: Sequence[Operation] = (
    Operation(
        "GET",
        "/metrics",
        observed,
        "Health and cost as OpenMetrics text.",
        media=(CONTENT_TYPE.partition(";")[0],),
        scope=None,
        statuses=(401, 503),
    ),
    Operation(
        "GET",
        "/health",
        observed,
        "The health of every product; 503 when one is broken.",
        answers=dict[str, Any],
        scope=None,
        statuses=(401, 503),
    ),
    *(
        Operation(
            "POST",
            path,
            take_lineage,
            "Take OpenLineage events, one or many.",
            answers=dict[str, Any],
            body=(dict[str, Any], list[Any]),
            body_media=MEDIA_TYPES,
            scope=None,
            status=201,
            statuses=(200, 401, 503),
        )
        for path in LINEAGE
    ),
)
