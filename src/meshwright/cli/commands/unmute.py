"""`mesh unmute`: tell about an address again."""

import click

from meshwright.cli import console


@click.command(epilog="\b\nExample:\n  mesh unmute sales.orders")
@click.argument("address")
@console.json_option
@click.pass_context
@console.exits
def command(ctx: click.Context, address: str, as_json: bool) -> None:
    """Tell again about what was muted."""
    done = console.open_mesh(ctx).unmute(address)
    if as_json:
        console.put_json(done)
    else:
        click.echo(f"{done['address']} is not muted any more")
