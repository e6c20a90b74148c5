"""`/metrics` and `/health`, and the intake of lineage: without a token where only this machine is served."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from meshwright.errors import MeshwrightError
from meshwright.serve.answers import ROUTES, Answer, Observed
from meshwright.serve.api.errors import HttpError
from meshwright.serve.api.service import Service, service_of
from meshwright.serve.posts import LINEAGE, lineage, refusal


async def observed(request: Request) -> Response:
    """Answer from one observation of the mesh; one at a time, however many ask."""
    service = service_of(request)
    if not service.is_local:
        await service.proven(request, "")
    try:
        answer = await service.threads.read(lambda: _observe(service, request.url.path))
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

    return _response(await service.threads.read(work))


def _observe(service: Service, path: str) -> Answer:
    with service.turn:
        found: Observed = service.observe()
    return ROUTES[path.rstrip("/")](found)


def _response(answer: Answer) -> Response:
    return Response(answer.text, answer.status, media_type=answer.content_type)


def routes() -> Sequence[Route]:
    """Return the routes."""
    return (
        *(Route(path, observed, methods=["GET"]) for path in ROUTES),
        *(Route(path, take_lineage, methods=["POST"]) for path in LINEAGE),
    )
