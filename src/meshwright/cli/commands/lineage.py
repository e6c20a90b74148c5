"""`mesh lineage`: what columns are made of, and what is made of them."""

import click

from meshwright.cli import console
from meshwright.cli.commands import lineage_import, lineage_send

FORMATS = ("tree", "json", "mermaid", "openlineage")
WALK = "show"


class Addressed(click.Group):
    """A group in which what is no command is the address that `show` takes."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `show` before anything that is neither a command nor a call for help."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = [WALK, *args]
        return super().parse_args(ctx, args)


@click.group(
    cls=Addressed,
    epilog="""\b
Examples:
  mesh lineage experience.delay_risk.routes.risk         what it is made of, to the source files
  mesh lineage operations.flights.departures --down      what is made of it
  mesh lineage import events.ndjson                      what other tools told of their runs
  mesh lineage show --help                               every option

An ADDRESS without a command is `mesh lineage show ADDRESS`.""",
)
def command() -> None:
    """What a port or column is made of, and what is made of it."""


@command.command(
    WALK,
    epilog="""\b
Examples:
  mesh lineage experience.delay_risk.routes.risk --up
  mesh lineage operations.flights.departures.dep_delay --down --depth 1
  mesh lineage experience.delay_risk.routes@2 --models --format mermaid
  mesh lineage files:silos/weather.ndjson --down --json""",
)
@click.argument("address")
@click.option("--up/--down", default=True, help="What it is made of, or what is made of it.  [up]")
@click.option(
    "--depth", type=click.IntRange(0), default=0, show_default=True, help="Steps; 0: to the end."
)
@click.option("--models", is_flag=True, help="Show the models between the ports as well.")
@click.option("--direct", is_flag=True, help="Leave out what only decides on rows or their order.")
@click.option("--as-of", metavar="TIME", help="By the versions that were served then.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="tree", show_default=True)
@console.json_option
@click.pass_context
@console.exits
def show(
    ctx: click.Context,
    address: str,
    up: bool,
    depth: int,
    models: bool,
    direct: bool,
    as_of: str | None,
    form: str,
    as_json: bool,
) -> None:
    """Walk from a port, a column or a source: `domain.product.port[.column][@version]`."""
    mesh = console.open_mesh(ctx)
    found = mesh.lineage(address, up=up, depth=depth, models=models, direct=direct, as_of=as_of)
    if as_json or form == "json":
        console.put_json(found.document())
    elif form == "openlineage":
        from meshwright.app.lineage_documents import dataset_event

        console.put_json(dataset_event(mesh.wiring, found, mesh.wiring.now()))
    elif form == "mermaid":
        click.echo(found.mermaid(), nl=False)
    else:
        from meshwright.cli import lineages, tables

        tables.out().print(lineages.tree(found))


command.add_command(lineage_import.command)
command.add_command(lineage_send.command)
