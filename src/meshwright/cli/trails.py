"""How the trail looks: lines for people, and formats for programs, written as they come."""

import json
import sys
from collections.abc import Iterable
from itertools import chain

import click

from meshwright.app.trail.line import TrailLine
from meshwright.app.trail.sentences import sentence
from meshwright.app.trail.writing import write_csv, write_ndjson
from meshwright.cli import console

_INDENT = " " * 12


def write(lines: Iterable[TrailLine], form: str) -> None:
    """Write the trail in a format."""
    if form == "table":
        _table(lines)
    elif form == "csv":
        write_csv(lines, sys.stdout)
    elif form == "ndjson":
        write_ndjson(lines, sys.stdout)
    else:
        _json(lines)
    sys.stdout.flush()


def _json(lines: Iterable[TrailLine]) -> None:
    """Write one document, a line of the trail in a line: it may be as long as the ledger."""
    sys.stdout.write('{"trail": [')
    between = ""
    for line in lines:
        sys.stdout.write(f"{between}\n  {json.dumps(line.shape, ensure_ascii=False)}")
        between = ","
    sys.stdout.write("\n]}\n" if between else "]}\n")


def _table(lines: Iterable[TrailLine]) -> None:
    found = iter(lines)
    first = next(found, None)
    if first is None:
        console.put("nothing in the trail")
        return
    day = ""
    for line in chain([first], found):
        if line.at[:10] != day:
            day = line.at[:10]
            click.echo(f"{day} (UTC)")
        for text in console.fitted(f"  {line.at[11:19]}  {sentence(line)}", indent=_INDENT):
            click.echo(text)
