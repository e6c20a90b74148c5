"""`mesh access review`: look at grants again, those that nobody uses first."""

import click

from meshwright.cli import access_words, console


@click.command(
    epilog="""\b
Examples:
  mesh access review
  mesh access review --keep g-3 --note "needed until the audit"
  mesh access review --revoke g-1 --revoke g-2 --note "unused\""""
)
@click.option("--keep", multiple=True, metavar="GRANT", help="It stays.")
@click.option("--revoke", multiple=True, metavar="GRANT", help="It ends.")
@click.option("--note", default="", help="Why.")
@click.option("--unused", default="90d", show_default=True, metavar="TIME", help="Since when.")
@console.json_option
@click.pass_context
@console.exits
def command(
    ctx: click.Context,
    keep: tuple[str, ...],
    revoke: tuple[str, ...],
    note: str,
    unused: str,
    as_json: bool,
) -> None:
    """List the grants that you answer for, and say which stay and which end."""
    desk = console.open_mesh(ctx).access
    if not keep and not revoke:
        found = desk.review(unused=unused)
        if as_json:
            console.put_json({"grants": found})
        else:
            access_words.show_review(found)
        return
    done: list[access_words.Shape] = []
    for one in (
        *keep,
        *revoke,
    ):  # each is told as it is done: one that fails leaves those before it
        acted = (
            desk.keep(one, note=note)
            if len(done) < len(keep)
            else desk.revoke(one, reason=note or "reviewed: not needed")
        )
        done.append(acted)
        if not as_json:
            access_words.tell_grant(acted)
    if as_json:
        console.put_json({"grants": done})
