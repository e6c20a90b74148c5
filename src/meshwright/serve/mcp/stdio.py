"""The protocol over stdin and stdout: for an agent that starts the server itself, on this machine."""

from typing import Any

import anyio
from mcp.server.stdio import stdio_server

from meshwright.app.mesh import Mesh
from meshwright.serve.api.threads import Threads
from meshwright.serve.mcp.caller import DOOR, Caller
from meshwright.serve.mcp.server import MeshMcp
from meshwright.serve.repeating import lookout
from meshwright.serve.running import RunningQueries


def serve(mesh: Mesh) -> None:
    """Serve a mesh until stdin ends, as whoever the mesh is opened for."""
    wiring = mesh.wiring
    wiring.door = DOOR
    for part in ("workspace", "store", "ledger", "pool"):  # made here, before threads ask for them
        getattr(wiring, part)
    wiring.origin.is_looked_after = True
    looking = lookout(wiring.origin)
    looking.start()
    running = RunningQueries()
    try:
        anyio.run(_serve, mesh, running)
    finally:
        running.stop()
        looking.stop()


async def _serve(mesh: Mesh, running: RunningQueries) -> None:
    def caller_of(_: Any) -> Caller:
        return Caller(mesh, lambda purpose: mesh.wiring.asker(purpose, DOOR), running)

    server = MeshMcp(caller_of, Threads()).server
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())
