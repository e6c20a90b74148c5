"""`mesh access refuse`: say no to a request, or withdraw one's own."""

import click

from meshwright.cli import access_words, console


@click.command(epilog='\b\nExample:\n  mesh access refuse req-1 --note "the totals are enough"')
@click.argument("request")
@click.option("--note", default="", help="Why, in a sentence.")
@console.json_option
@click.pass_context
@console.exits
def command(ctx: click.Context, request: str, note: str, as_json: bool) -> None:
    """Say no to a request, or withdraw your own."""
    done = console.open_mesh(ctx).access.refuse(request, note=note)
    if as_json:
        console.put_json(done)
    else:
        access_words.tell_request(done)
