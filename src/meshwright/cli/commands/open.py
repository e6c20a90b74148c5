"""`mesh open`: the mesh in a browser, signed in."""

import webbrowser

import click

from meshwright.cli import console


@click.command(
    epilog="""\b
Examples:
  mesh open                              the home page
  mesh open sales.orders                 a product's page
  mesh --as noor@example.com open        as somebody else; it is recorded
  mesh open --print                      the link alone, for another browser"""
)
@click.argument("address", default="", metavar="[ADDRESS]")
@click.option("--print", "is_printed", is_flag=True, help="Print the link; open no browser.")
@console.json_option
@click.pass_context
@console.exits
def command(ctx: click.Context, address: str, is_printed: bool, as_json: bool) -> None:
    """Open the served mesh in a browser; the link signs you in once, within ten minutes.

    It takes a server that runs on this machine: `mesh serve`.
    """
    from meshwright.app.identity import links
    from meshwright.app.standing import served_at
    from meshwright.model.address import Address

    to = f"?to=/products/{Address.parse(address)}" if address else ""
    mesh = console.open_mesh(ctx)
    served = served_at(mesh.wiring)
    link = f"{served}/enter/{links.make(mesh.wiring)}{to}"
    if as_json:
        console.put_json({"url": served, "link": link})
    elif is_printed or not webbrowser.open(link):
        click.echo(link)
