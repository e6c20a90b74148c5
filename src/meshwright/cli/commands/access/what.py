"""`mesh access what`: everything that a principal can read."""

import click

from meshwright.cli import console


@click.command(
    epilog="""\b
Examples:
  mesh access what person:ada@example.com
  mesh access what service:bi --purpose churn
  mesh access what product:experience.home_delays --json"""
)
@click.argument("principal")
@click.option("--purpose", default="", metavar="TEXT", help="What for.")
@console.json_option
@click.pass_context
@console.exits
def command(ctx: click.Context, principal: str, purpose: str, as_json: bool) -> None:
    """List the ports that a principal can read, how much of each, and by which policy."""
    from meshwright.app.access.explaining import what

    found = what(console.open_mesh(ctx).wiring, principal, purpose)
    if as_json:
        from meshwright.app.access.explain_shapes import sights_shape

        console.put_json({"principal": principal, "ports": sights_shape(found)})
    else:
        from meshwright.cli.access_sights import show_what

        show_what(found, principal)
