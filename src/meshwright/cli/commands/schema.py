"""`mesh schema`: JSON schemas of our own files, for editors."""

import click

from meshwright.cli import console


@click.command(
    epilog="""\b
Examples:
  mesh schema                 the names
  mesh schema build           one schema on stdout
  mesh schema --write .vscode/schemas"""
)
@click.argument("name", required=False)
@click.option("--write", metavar="DIR", help="Write all of them into a folder.")
@console.json_option
@console.exits
def command(name: str | None, write: str | None, as_json: bool) -> None:
    """Print or write the JSON schemas of mesh.yaml, domain.yaml, build.yaml and tests."""
    from meshwright.app.schema import read_schema, schema_names, write_schemas

    if write:
        written = write_schemas(write)
        if as_json:
            console.put_json({"written": written})
        else:
            click.echo("\n".join(written))
    elif name:
        console.put_json(read_schema(name))
    elif as_json:
        console.put_json({"schemas": schema_names()})
    else:
        click.echo("\n".join(schema_names()))
