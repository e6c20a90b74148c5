"""`mesh --server URL`: the same commands on a mesh that is elsewhere."""

from typing import TYPE_CHECKING, cast

import click

from meshwright.client.connecting import connect
from meshwright.client.remote_mesh import missing

if TYPE_CHECKING:
    from meshwright.app.mesh import Mesh

# What a server offers; every other command is of the files themselves.
OFFERED = frozenset(
    (
        "access",
        "cost",
        "health",
        "history",
        "impact",
        "incidents",
        "lineage",
        "mcp",
        "query",
        "search",
        "show",
        "trail",
    )
)


def require_offered(ctx: click.Context, command: str) -> None:
    """Refuse what a server does not offer, and to act as somebody else there."""
    if ctx.obj["as"]:
        raise click.UsageError("--as is for one's own machine: a server knows who you are")
    if command not in OFFERED:
        raise missing(command)


def open_remote(ctx: click.Context) -> "Mesh":
    """Open the mesh of a server; it speaks the verbs of a local one."""
    mesh = connect(ctx.obj["server"])
    ctx.call_on_close(mesh.close)
    return cast("Mesh", mesh)
