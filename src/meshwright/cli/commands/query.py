"""`mesh query`: SQL over published ports."""

import sys

import click

from meshwright.cli import console

FORMATS = ("table", "json", "csv", "arrow", "parquet")


@click.command(
    epilog="""\b
Examples:
  mesh query "select origin, count(*) n from operations.flights.departures group by 1"
  mesh query "select * from operations.flights.\\"departures@3\\" limit 5"
  mesh query --purpose "churn model" "select tier, count(*) from loyalty.members.profiles group by 1"
  mesh query --format parquet -o late.parquet "select …"
  echo "select 1" | mesh query -"""
)
@click.argument("sql")
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write to a file.")
@click.option("--as-of", metavar="TIME", help="The versions that were served then.")
@click.option(
    "--purpose", default="", metavar="TEXT", help="What for, where a policy or a grant asks."
)
@click.option(
    "--limit",
    type=click.IntRange(0),
    default=100,
    show_default=True,
    help="Rows shown by `table`; 0: all.",
)
@console.json_option
@click.pass_context
@console.exits
def command(
    ctx: click.Context,
    sql: str,
    form: str,
    output: str | None,
    as_of: str | None,
    purpose: str,
    limit: int,
    as_json: bool,
) -> int:
    """Ask the published data in SQL; a port is the table `domain.product.port`."""
    text = sys.stdin.read() if sql == "-" else sql
    result = console.open_mesh(ctx).query(text, as_of=as_of, purpose=purpose)
    from meshwright.cli import rows

    rows.write(result, "json" if as_json else form, output, limit)
    return 0
