"""`mesh cost`: what builds take and what versions store."""

from dataclasses import asdict

import click

from meshwright.cli import console


@click.command(
    epilog="""\b
Examples:
  mesh cost                     every product, the dearest first
  mesh cost --by domain
  mesh cost operations.flights --by build --limit 5"""
)
@click.argument("select", nargs=-1, metavar="[SELECT]...")
@click.option(
    "--by",
    type=click.Choice(("build", "product", "domain")),
    default="product",
    show_default=True,
    help="What a line is of.",
)
@click.option("--limit", type=int, default=50, show_default=True, help="Lines shown; 0: all.")
@console.json_option
@click.pass_context
@console.exits
def command(
    ctx: click.Context, select: tuple[str, ...], by: str, limit: int, as_json: bool
) -> None:
    """Show seconds, bytes read and bytes stored, by build, product or domain.

    Stored are the files of all kept versions; of a build, the files that it added.
    """
    found = console.open_mesh(ctx).cost(*select, by=by)
    shown = found[:limit] if limit else found
    if as_json:
        console.put_json({"by": by, "costs": [asdict(cost) for cost in shown]})
        return
    from meshwright.cli import tables

    if by == "build":
        headers: tuple[str, ...] = ("build", "product", "how", "seconds", "read", "added")
        rows: list[tuple[object, ...]] = [
            (
                cost.name,
                cost.product,
                tables.status(cost.status),
                f"{cost.seconds:.2f}",
                tables.size(cost.read_bytes),
                tables.size(cost.stored_bytes),
            )
            for cost in shown
        ]
    else:
        headers = (by, "builds", "unpublished", "s", "read", "stored", "served")
        rows = [
            (
                cost.name,
                cost.builds,
                cost.unpublished,
                f"{cost.seconds:.2f}",
                tables.size(cost.read_bytes),
                tables.size(cost.stored_bytes),
                tables.size(cost.served_bytes),
            )
            for cost in shown
        ]
    tables.out().print(tables.table(headers, rows, right=headers[1:] if by != "build" else ()))
    if len(shown) < len(found):
        console.say(f"{len(found) - len(shown)} more: --limit 0 shows all")
