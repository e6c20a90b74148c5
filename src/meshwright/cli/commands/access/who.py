"""`mesh access who`: everybody who can read an address."""

import click

from meshwright.cli import console


@click.command(
    epilog="""\b
Examples:
  mesh access who crm.people.people
  mesh access who crm.people.people.email     raw or masked, and by which policy
  mesh access who crm.people.people --purpose churn --json"""
)
@click.argument("address")
@click.option("--purpose", default="", metavar="TEXT", help="What for.")
@console.json_option
@click.pass_context
@console.exits
def command(ctx: click.Context, address: str, purpose: str, as_json: bool) -> None:
    """List everybody who can read a port or column: people, services, agents, products that read it."""
    from meshwright.app.access.explaining import who
    from meshwright.model.address import Address

    found = who(console.open_mesh(ctx).wiring, address, purpose)
    column = Address.parse(address).column
    if as_json:
        from meshwright.app.access.explain_shapes import sights_shape

        console.put_json({"address": address, "principals": sights_shape(found, column)})
    else:
        from meshwright.cli.access_sights import show_who

        show_who(found, column, address)
