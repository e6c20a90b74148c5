"""`mesh history`: the versions of a product or port."""

from dataclasses import asdict

import click

from meshwright.cli import console


@click.command(
    epilog="""\b
Examples:
  mesh history operations.flights
  mesh history operations.flights.departures --limit 5 --json"""
)
@click.argument("address")
@click.option(
    "--limit", type=click.IntRange(0), default=20, show_default=True, help="Newest builds; 0: all."
)
@console.json_option
@click.pass_context
@console.exits
def command(ctx: click.Context, address: str, limit: int, as_json: bool) -> None:
    """List the builds and versions of a product or port, newest first."""
    lines = console.open_mesh(ctx).history(address, limit=limit)
    if as_json:
        console.put_json({"history": [asdict(line) for line in lines]})
        return
    from meshwright.cli import tables

    rows = [
        (
            f"@{line.version}{' ← served' if line.is_served else ''}" if line.version else "–",
            tables.status(line.status),
            line.at[:19].replace("T", " "),
            line.rows,
            line.semver,
            line.as_of,
            line.actor.removeprefix("person:"),
            _note(line.is_vacuumed, line.waiver),
        )
        for line in lines
    ]
    headers = ("version", "status", "when (UTC)", "rows", "semver", "as of", "by", "")
    tables.out().print(tables.table(headers, rows, right=("rows",)))


def _note(is_vacuumed: bool, waiver: str) -> str:
    return " ".join(
        word for word, given in (("vacuumed", is_vacuumed), ("waived", bool(waiver))) if given
    )
