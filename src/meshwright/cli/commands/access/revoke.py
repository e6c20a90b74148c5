"""`mesh access revoke`: end a grant."""

import click

from meshwright.cli import access_words, console


@click.command(epilog='\b\nExample:\n  mesh access revoke g-1 --reason "the project is over"')
@click.argument("grant")
@click.option("--reason", default="", help="Why; kept in the ledger.")
@console.json_option
@click.pass_context
@console.exits
def command(ctx: click.Context, grant: str, reason: str, as_json: bool) -> None:
    """End a grant: from the next query on, nothing is left of it."""
    done = console.open_mesh(ctx).access.revoke(grant, reason=reason)
    if as_json:
        console.put_json(done)
    else:
        access_words.tell_grant(done)
