"""`mesh access renew`: let a grant last longer."""

import click

from meshwright.cli import access_words, console


@click.command(epilog="\b\nExample:\n  mesh access renew g-1 --for 30d")
@click.argument("grant")
@click.option("--for", "lasting", required=True, metavar="TIME", help="How long from now.")
@click.option("--reason", default="", help="Why.")
@console.json_option
@click.pass_context
@console.exits
def command(ctx: click.Context, grant: str, lasting: str, reason: str, as_json: bool) -> None:
    """Let a grant last so long from now, as an approver of its last level."""
    done = console.open_mesh(ctx).access.renew(grant, lasting=lasting, reason=reason)
    if as_json:
        console.put_json(done)
    else:
        access_words.tell_grant(done)
