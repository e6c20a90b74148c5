"""`mesh access export`: requests and grants for other tools."""

import sys

import click

from meshwright.app.access.exporting import FORMATS
from meshwright.cli import console


@click.command(
    epilog="""\b
Examples:
  mesh access export > access.json
  mesh access export loyalty.members --format oaas > agreements.yaml"""
)
@click.argument("address", required=False, default="")
@click.option("--format", "form", type=click.Choice(FORMATS), default="json", show_default=True)
@console.json_option
@click.pass_context
@console.exits
def command(ctx: click.Context, address: str, form: str, as_json: bool) -> None:
    """Write requests and grants: JSON, or Bitol OAAS agreements (experimental: a draft of a standard).

    OAAS is written as YAML, one document an agreement; with --json as one list.
    """
    found = console.open_mesh(ctx).access.export(address, form=form)
    if form == "json" or as_json:
        console.put_json(found)
        return
    import yaml

    yaml.safe_dump_all(found, sys.stdout, sort_keys=False, allow_unicode=True)
    console.say("OAAS v0.9.0 is a draft: its fields may change")
