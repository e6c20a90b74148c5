"""`mesh impact`: what a change of a column, port or product would break, and whose it is."""

import click

from meshwright.cli import console

EXIT_BREAKS = 1


@click.command(
    epilog="""\b
Examples:
  mesh impact operations.flights.departures.dep_delay --drop
  mesh impact operations.flights.departures.distance --type BIGINT
  mesh impact loyalty.members.profiles

Exit codes: 0 nothing would break, 1 something would or may."""
)
@click.argument("address", metavar="ADDRESS[.COLUMN]")
@click.option("--drop", is_flag=True, help="As if it were taken away.")
@click.option("--type", "kind", metavar="TYPE", help="As if the column had this SQL type.")
@click.option("--rename", "name", metavar="NAME", help="As if the column were called that.")
@console.json_option
@click.pass_context
@console.exits
def command(
    ctx: click.Context,
    address: str,
    drop: bool,
    kind: str | None,
    name: str | None,
    as_json: bool,
) -> int:
    """Show what rests on a column, a port or a product, and what a change of it would break.

    Told are columns, models, contracts, products with their people, and queries of the last thirty days. It
    rests on the lineage of what is served.
    """
    if sum((drop, kind is not None, name is not None)) > 1:
        raise click.UsageError("ask for one change at a time: --drop, --type or --rename")
    impact = console.open_mesh(ctx).impact(address, drop=drop, type=kind, rename=name)
    if as_json:
        from meshwright.app.impact.found import impact_shape

        console.put_json(impact_shape(impact))
    else:
        from meshwright.cli import tables
        from meshwright.cli.impacts import show_impact

        show_impact(tables.out(), impact)
    return EXIT_BREAKS if impact.breaks else 0
