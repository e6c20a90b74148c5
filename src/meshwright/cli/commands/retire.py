"""`mesh retire`: announce the end of a product."""

import click

from meshwright.cli import console


@click.command(
    epilog="""\b
Example:
  mesh retire weather.observations --until 2027-06-30 --reason "replaced by weather.stations\""""
)
@click.argument("product")
@click.option("--until", required=True, metavar="DATE", help="Served until this day.")
@click.option("--reason", default="", help="Why, for its consumers.")
@console.json_option
@click.pass_context
@console.exits
def command(ctx: click.Context, product: str, until: str, reason: str, as_json: bool) -> None:
    """Announce a product's end: it is served until the date, its consumers are named."""
    done = console.open_mesh(ctx).retire(product, until=until, reason=reason)
    console.tell_warnings(done)
    if as_json:
        console.put_json(done)
        return
    click.echo(f"{done['product']} is served until {done['until']}")
    consumers = done["consumers"]
    click.echo("consumers to tell: " + (", ".join(consumers) if consumers else "none"))
