"""How proposals look."""

from typing import TYPE_CHECKING

import click

from meshwright.cli import console

if TYPE_CHECKING:
    from meshwright.app.proposals.kept import Proposal

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def show_patch(one: "Proposal") -> None:
    """Print what changes."""
    for line in one.patch.splitlines():
        text = console.clean(line)
        colour = _COLOURS.get(line[:1], "")
        click.echo(console.paint(text, colour) if colour else text)
