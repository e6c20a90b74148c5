"""`mesh export`: a product, or the mesh, in an open standard."""

import click

from meshwright.cli import console

FORMS = ("dcat", "dprod", "odps", "odcs", "odcs-3.2.0")
BASE = "http://127.0.0.1:8321"  # where `mesh serve` serves, unless it is told otherwise


@click.command(
    epilog="""\b
Examples:
  mesh export sales.orders --form dprod
  mesh export sales.orders --form odcs-3.2.0 > contracts.yaml
  mesh export --base https://mesh.example.com > catalog.jsonld"""
)
@click.argument("address", required=False, default="")
@click.option("--form", type=click.Choice(FORMS), default="dcat", show_default=True)
@click.option("--base", default=BASE, show_default=True, help="Where the mesh is served: its IRIs.")
@console.json_option
@click.pass_context
@console.exits
def command(ctx: click.Context, address: str, form: str, base: str, as_json: bool) -> None:
    """Write a product or port as DCAT 3, DPROD (JSON-LD), ODPS or ODCS (YAML); without ADDRESS the whole
    mesh as a DCAT catalog.
    """
    from meshwright.app.exporting.exporting import JSON, export, export_catalog
    from meshwright.model.address import Address

    wiring = console.open_mesh(ctx).wiring
    if not address:
        if form != "dcat":
            raise click.UsageError("the whole mesh is exported as dcat; name a product")
        names = list(map(str, wiring.workspace.cards))
        found = export_catalog(wiring, names, base, lambda _: True)
    else:
        found = export(wiring, Address.parse(address), form, base)
    click.echo(found.text(JSON if as_json else ""), nl=False)
