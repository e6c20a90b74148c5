"""`mesh access approve`: agree to a request."""

import click

from meshwright.cli import access_words, console


@click.command(
    epilog="""\b
Examples:
  mesh access approve req-1 --note "for the churn model only"
  mesh access approve req-1 --mask email=show-last-4 --for 14d
  mesh access approve req-1 --raw member --filter "tier <> 'staff'\""""
)
@click.argument("request")
@click.option("--note", default="", help="Why, in a sentence.")
@click.option("--raw", default="", metavar="COLUMN,…", help="Classified columns shown as they are.")
@click.option("--mask", "masks", multiple=True, metavar="COLUMN=MASK", help="Show it so.")
@click.option("--filter", "condition", default="", metavar="SQL", help="Only these rows.")
@click.option("--for", "lasting", default="", metavar="TIME", help="Shorter than was asked.")
@console.json_option
@click.pass_context
@console.exits
def command(
    ctx: click.Context,
    request: str,
    note: str,
    raw: str,
    masks: tuple[str, ...],
    condition: str,
    lasting: str,
    as_json: bool,
) -> None:
    """Agree to a request; the word of its last level grants."""
    done = console.open_mesh(ctx).access.approve(
        request,
        note=note,
        raw=access_words.listed(raw),
        masks=masks,
        filter=condition,
        lasting=lasting,
    )
    if as_json:
        console.put_json(done)
    else:
        access_words.tell_request(done)
