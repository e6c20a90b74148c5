"""`mesh access requests`: what was asked for, by whom, and whose word is waited for."""

import click

from meshwright.cli import access_words, console


@click.command(
    epilog="""\b
Examples:
  mesh access requests                what concerns you
  mesh access requests --to-approve   what waits for your word
  mesh access requests --mine --all   what you asked for, also what has ended"""
)
@click.option("--mine", is_flag=True, help="Only what you asked for.")
@click.option("--to-approve", is_flag=True, help="Only what waits for your word.")
@click.option("--all", "closed", is_flag=True, help="Also those that have ended.")
@console.json_option
@click.pass_context
@console.exits
def command(ctx: click.Context, mine: bool, to_approve: bool, closed: bool, as_json: bool) -> None:
    """List requests for access, oldest first."""
    if mine and to_approve:
        raise click.UsageError("--mine and --to-approve are two lists")
    found = console.open_mesh(ctx).access.requests(mine=mine, to_approve=to_approve, closed=closed)
    if as_json:
        console.put_json({"requests": found})
    else:
        access_words.show_requests(found, to_approve=to_approve)
