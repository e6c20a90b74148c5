"""`mesh new`: a domain, or a product inferred from data."""

import click

from meshwright.cli import console
from meshwright.model.counted import counted


@click.group(
    epilog="""\b
Examples:
  mesh new domain sales --owner ana@example.com
  mesh new product sales.orders --from orders.csv"""
)
def command() -> None:
    """Add a domain, or a product inferred from a file or table."""


@command.command(epilog="\b\nExample:\n  mesh new domain sales --owner ana@example.com")
@click.argument("name")
@click.option("--owner", required=True, metavar="EMAIL", help="Who answers for it.")
@click.option("--title", default="", help="How people call it.")
@console.json_option
@click.pass_context
@console.exits
def domain(ctx: click.Context, name: str, owner: str, title: str, as_json: bool) -> None:
    """Add a domain: a team and what it owns."""
    written = console.open_mesh(ctx).new_domain(name, owner=owner, title=title)
    if as_json:
        console.put_json({"written": written})
        return
    for path in written:
        click.echo(f"wrote {path}")
    console.say(f"  {console.paint('next:', 'cyan')} mesh new product {name}.PRODUCT --from FILE")


@command.command(
    epilog="""\b
Examples:
  mesh new product sales.orders --from orders.csv
  mesh new product sales.orders --from "drops/*.csv.gz"
  mesh new product crm.customers --from crm.db --table customers"""
)
@click.argument("address", metavar="DOMAIN.PRODUCT")
@click.option(
    "--from", "source", required=True, metavar="FILE", help="A file, a glob, or a SQLite database."
)
@click.option("--table", default="", help="The table, for a database.")
@click.option("--port", default="", help="The output port's name (default: the product's).")
@click.option(
    "--format", "form", default="", help="csv tsv json ndjson parquet excel (default: by ending)."
)
@console.json_option
@click.pass_context
@console.exits
def product(
    ctx: click.Context,
    address: str,
    source: str,
    table: str,
    port: str,
    form: str,
    as_json: bool,
) -> None:
    """Add a product that publishes one source; its contract is inferred, guesses are marked."""
    mesh = console.open_mesh(ctx)
    drafted = mesh.new_product(address, source=source, port=port, table=table, form=form)
    if as_json:
        console.put_json(
            {
                "address": drafted.address,
                "rows": drafted.rows,
                "written": list(drafted.written),
                "guesses": [{"column": c, "what": w} for c, w in drafted.guesses],
            }
        )
        return
    for path in drafted.written:
        click.echo(f"wrote {path}")
    click.echo(
        f"{counted(drafted.rows, 'row')} read; guesses to confirm in the contract (marked `# guess`):"
    )
    by_column: dict[str, list[str]] = {}
    for column, what in drafted.guesses:
        by_column.setdefault(column, []).append(what)
    for column, whats in by_column.items():
        click.echo(f"  {column}: {', '.join(whats)}")
    console.say(f"  {console.paint('next:', 'cyan')} mesh check, then mesh run {address}")
