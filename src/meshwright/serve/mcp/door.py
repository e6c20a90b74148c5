"""`/mcp`: the protocol over HTTP, one request at a time, each under the identity of its own token.

What must stay true: no session of the protocol holds an identity, so that a token that was revoked opens
nothing from then on; the protocol's library is imported by the first request alone.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from meshwright.app.identity.proving import Proven
from meshwright.serve.api.service import Service, service_of
from meshwright.serve.mcp.caller import DOOR, Caller
from meshwright.serve.proving import asker_of

if TYPE_CHECKING:
    from mcp.server import Server

PATH = "/mcp"
_PROVEN = "meshwright.proven"


class McpDoor:
    """An ASGI application that answers at one path."""

    def __init__(self) -> None:
        self._server: Server[Any] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        service = service_of(request)
        if request.method != "POST":  # no stream is kept open, and no session is there to end
            raise HTTPException(405, headers={"Allow": "POST"})
        scope[_PROVEN] = await service.proven(request, "")
        if self._server is None:
            await service.threads.long(lambda: import_module("meshwright.serve.mcp.server"))
            self._server = _server_of(service)
        await _answer(self._server, scope, receive, send)


async def _answer(server: "Server[Any]", scope: Scope, receive: Receive, send: Send) -> None:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

    manager = StreamableHTTPSessionManager(server, json_response=True, stateless=True)
    async with manager.run():
        await manager.handle_request(scope, receive, send)


def _server_of(service: Service) -> "Server[Any]":
    from meshwright.serve.mcp.server import MeshMcp

    def caller_of(context: Any) -> Caller:
        proven: Proven = context.request.scope[_PROVEN]
        return Caller(
            service.mesh_of(proven, DOOR),
            lambda purpose: asker_of(proven, purpose, DOOR),
            service.running,
            proven.scopes,
        )

    return MeshMcp(caller_of, service.threads).server


def mcp_routes() -> list[Route]:
    """Return the route of the door."""
    return [Route(PATH, McpDoor())]
