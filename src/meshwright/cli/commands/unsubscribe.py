"""`mesh unsubscribe`: end a subscription."""

import click

from meshwright.cli import console


@click.command(
    epilog="""\b
Examples:
  mesh unsubscribe sub-1f0c2a9b
  mesh unsubscribe sales.orders --to team_chat"""
)
@click.argument("what", metavar="ADDRESS|ID")
@click.option("--to", default="", metavar="NOTIFIER", help="Only the one of this notifier.")
@console.json_option
@click.pass_context
@console.exits
def command(ctx: click.Context, what: str, to: str, as_json: bool) -> None:
    """Tell a notifier no more of an address."""
    done = console.open_mesh(ctx).unsubscribe(what, to=to)
    if as_json:
        console.put_json(done)
        return
    for one in done["ended"]:
        console.put(f"{one['notifier']} hears of {one['address']} no more")
