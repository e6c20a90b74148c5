"""`mesh access grants`: who may read what, for what, until when."""

import click

from meshwright.cli import access_words, console


@click.command(
    epilog="""\b
Examples:
  mesh access grants
  mesh access grants loyalty.members
  mesh access grants --principal service:bi --all"""
)
@click.argument("address", required=False, default="")
@click.option("--principal", default="", metavar="NAME", help="Only what this one holds.")
@click.option("--all", "ended", is_flag=True, help="Also those that expired or were revoked.")
@console.json_option
@click.pass_context
@console.exits
def command(ctx: click.Context, address: str, principal: str, ended: bool, as_json: bool) -> None:
    """List grants, oldest first: yours, and those of what you own."""
    found = console.open_mesh(ctx).access.grants(address, principal=principal, ended=ended)
    if as_json:
        console.put_json({"grants": found})
    else:
        access_words.show_grants(found)
