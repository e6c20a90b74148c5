"""`mesh accept`: publish a rejected build on an owner's word."""

import click

from meshwright.cli import console


@click.command(
    epilog="""\b
Example:
  mesh accept fleet.aircraft --reason "supplier confirmed the new seats" --for 7"""
)
@click.argument("product")
@click.option("--reason", required=True, help="Why this is right; kept in the ledger.")
@click.option("--owner", default="", help="The owner who answers for it (default: you).")
@click.option(
    "--for", "days", type=int, default=7, show_default=True, help="Days the waiver lasts."
)
@console.json_option
@click.pass_context
@console.exits
def command(
    ctx: click.Context, product: str, reason: str, owner: str, days: int, as_json: bool
) -> None:
    """Publish the last rejected build; its failed checks are waived until the waiver expires."""
    done = console.open_mesh(ctx).accept(product, reason=reason, owner=owner, days=days)
    console.tell_warnings(done)
    if as_json:
        console.put_json(done)
    else:
        click.echo(
            f"{done['product']} serves version {done['version']}; waived until {done['expires']}"
            f" by {done['owner']}"
        )
