"""`mesh vacuum`: remove versions beyond the retention."""

import click

from meshwright.cli import console
from meshwright.model.counted import counted


@click.command(
    epilog="""\b
Examples:
  mesh vacuum --dry-run
  mesh vacuum operations.*"""
)
@click.argument("select", nargs=-1, metavar="[SELECT]...")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@console.json_option
@click.pass_context
@console.exits
def command(ctx: click.Context, select: tuple[str, ...], dry_run: bool, as_json: bool) -> None:
    """Remove what the retention of mesh.yaml no longer keeps; never a version in use."""
    removed = console.open_mesh(ctx).vacuum(*select, dry_run=dry_run)
    console.tell_warnings(removed)
    if as_json:
        console.put_json(removed)
        return
    from meshwright.cli import tables

    verb = "would remove" if dry_run else "removed"
    for line in removed["versions"]:
        size = tables.size(line["bytes"])
        click.echo(
            f"{verb} {line['product']}@{line['version']}: {counted(line['files'], 'file')}, {size}"
        )
    for product in removed["skipped"]:
        console.say(f"left alone: {product}, whose table lags behind (mesh run brings it up)")
    total = tables.size(removed["bytes"])
    click.echo(
        f"{verb} {counted(len(removed['versions']), 'version')}, {counted(removed['files'], 'file')}, {total}"
    )
