"""`mesh rollback`: serve an older version again."""

import click

from meshwright.cli import console


@click.command(
    epilog="""\b
Examples:
  mesh rollback operations.flights              the version served before
  mesh rollback operations.flights --to 3 --reason "wrong time zone\""""
)
@click.argument("product")
@click.option("--to", type=int, metavar="VERSION", help="Which version (default: the one before).")
@click.option("--reason", default="", help="Why; kept in the ledger.")
@console.json_option
@click.pass_context
@console.exits
def command(ctx: click.Context, product: str, to: int | None, reason: str, as_json: bool) -> None:
    """Move a product's pointer to an older version; all its ports at once.

    The code that was rolled back is not built again until it or its inputs change, or with --force.
    """
    done = console.open_mesh(ctx).rollback(product, to=to, reason=reason)
    console.tell_warnings(done)
    if as_json:
        console.put_json(done)
    else:
        click.echo(f"{done['product']} serves version {done['served']} (was {done['was']})")
