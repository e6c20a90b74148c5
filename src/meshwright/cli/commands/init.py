"""`mesh init`: begin a mesh."""

import click

from meshwright.cli import console


@click.command(
    epilog="""\b
Examples:
  mesh init
  mesh init my-mesh --name retail"""
)
@click.argument("folder", default=".")
@click.option("--name", default="", help="The mesh's name (default: the folder's).")
@console.json_option
@console.exits
def command(folder: str, name: str, as_json: bool) -> None:
    """Write mesh.yaml and .gitignore into a folder; nothing that exists is touched."""
    from meshwright.app.new import init_mesh

    written = init_mesh(folder, name)
    if as_json:
        console.put_json({"written": written})
    else:
        for path in written:
            click.echo(f"wrote {path}")
        console.say(
            f"  {console.paint('next:', 'cyan')} mesh new domain NAME --owner YOU@EXAMPLE.COM"
        )
