"""`mesh mcp`: the mesh for an agent, over stdin and stdout."""

import click

from meshwright.cli import console


@click.command(
    epilog="""\b
Examples:
  mesh -C my-mesh mcp                   as the owner of its files
  mesh -C my-mesh --as agent:scout mcp  as an agent has it; this is recorded
  mesh --server https://mesh.example.com mcp    one served elsewhere

\b
In a client:
  {"mcpServers": {"mesh": {"command": "mesh", "args": ["-C", "my-mesh", "mcp"]}}}"""
)
@click.pass_context
@console.exits
def command(ctx: click.Context) -> int:
    """Serve the mesh to an agent by the Model Context Protocol, until stdin ends.

    A served mesh offers the same over HTTP, at /mcp, with a token.
    """
    if ctx.obj["server"]:
        from meshwright.client.forwarding import forward

        forward(ctx.obj["server"])
        return 0
    from meshwright.app.mesh import open_mesh
    from meshwright.serve.mcp.stdio import serve

    with open_mesh(ctx.obj["folder"], env=ctx.obj["env"], as_=ctx.obj["as"]) as mesh:
        serve(mesh)
    return 0
