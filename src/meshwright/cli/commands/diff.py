"""`mesh diff`: two versions of a port, compared."""

from dataclasses import asdict

import click

from meshwright.cli import console
from meshwright.model.counted import counted


@click.command(
    epilog="""\b
Examples:
  mesh diff operations.flights.departures@3 operations.flights.departures@4
  mesh diff fleet.aircraft.planes            the served version against the one before"""
)
@click.argument("before")
@click.argument("after", required=False)
@console.json_option
@click.pass_context
@console.exits
def command(ctx: click.Context, before: str, after: str | None, as_json: bool) -> None:
    """Compare two versions of a port: schema, row counts, keys added, removed and changed."""
    difference = console.open_mesh(ctx).diff(before, after)
    if as_json:
        console.put_json(asdict(difference))
        return
    from meshwright.cli import tables

    out = tables.out()
    out.print(f"[bold]{difference.before}[/bold] → [bold]{difference.after}[/bold]")
    if difference.columns:
        rows = [(c.column, c.before or None, c.after or None) for c in difference.columns]
        out.print(tables.table(("column", "before", "after"), rows))
    else:
        out.print("schema: the same")
    grown = difference.rows_after - difference.rows_before
    out.print(f"rows: {difference.rows_before:,} → {difference.rows_after:,} ({grown:+,})")
    if difference.added is None:
        out.print("no primary key in the contract: rows cannot be matched")
        return
    out.print(f"key: {', '.join(difference.key)}")
    out.print(
        f"keys: {difference.added:,} added, {difference.removed:,} removed,"
        f" {difference.changed:,} changed"
    )
    for column, count in difference.changed_columns.items():
        out.print(f"  {column}: {counted(count, 'row')} {'differs' if count == 1 else 'differ'}")
    for kind, examples in difference.examples.items():
        out.print(f"{kind}, for example:")
        out.print(tables.table(difference.key, [[str(v) for v in row] for row in examples[:5]]))
