"""`mesh mute`: tell nobody about an address for a while."""

import click

from meshwright.cli import console


@click.command(
    epilog="""\b
Examples:
  mesh mute sales.orders --for 2d --reason "supplier migrates"
  mesh mute sales --for 4h"""
)
@click.argument("address")
@click.option("--for", "span", required=True, metavar="TIME", help="30m, 4h or 2d.")
@click.option("--reason", default="", help="Why; kept in the ledger.")
@console.json_option
@click.pass_context
@console.exits
def command(ctx: click.Context, address: str, span: str, reason: str, as_json: bool) -> None:
    """Tell nobody about a domain, a product or a port, and what is below it, for a time.

    Incidents are kept all the same; those still open when the time is over are told then.
    """
    done = console.open_mesh(ctx).mute(address, span=span, reason=reason)
    if as_json:
        console.put_json(done)
    else:
        until = done["until"][:16].replace("T", " ")
        click.echo(f"{done['address']} is muted until {until} UTC")
