"""Lists of things with long names: a head and what is told of it, whole words, no columns to squeeze into."""

from collections.abc import Sequence

import click

from meshwright.cli import console

_GAP = "  "


def put(
    name: str, state: tuple[str, str], heads: Sequence[str], told: Sequence[str], *, indent: int = 4
) -> None:
    """Write an entry: name, state (word and colour) and heads; below, what is told of it."""
    word, colour = state
    words = [one for one in (name, word, *heads) if one]
    for number, line in enumerate(console.fitted(_GAP.join(words), indent=" " * indent)):
        painted = not number and word and line.startswith(f"{name}{_GAP}{word}")
        rest = line[len(name) + len(_GAP) + len(word) :] if painted else ""
        click.echo(f"{name}{_GAP}{console.paint(word, colour)}{rest}" if painted else line)
    below = " · ".join(console.clean(one) for one in told if one)
    for line in console.fitted(" " * indent + below, indent=" " * indent) if below else ():
        click.echo(line)
