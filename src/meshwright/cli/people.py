"""What `mesh user`, `mesh team` and `mesh token` share: showing a principal, asking for a secret."""

import sys
from collections.abc import Sequence
from typing import Any

import click

from meshwright.cli import console
from meshwright.model.principal import Principal


def described(who: Principal) -> dict[str, Any]:
    """Return a principal as JSON."""
    return {
        "principal": who.name,
        "title": who.title,
        "teams": list(who.teams),
        "roles": list(who.roles),
        "attributes": dict(who.attributes),
    }


def read_password(*, from_stdin: bool) -> str:
    """Ask for a new password twice on a terminal, or read one line; it is never an argument."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise click.UsageError("there is no terminal to ask for a password: use --password-stdin")
    password: str = click.prompt("password", hide_input=True, confirmation_prompt=True, err=True)
    return password


def table(heads: tuple[str, ...], rows: Sequence[Sequence[str]], none: str) -> None:
    """Write a table, or one sentence where there is nothing."""
    if not rows:
        console.put(none)
        return
    from meshwright.cli import tables

    tables.out().print(tables.table(heads, rows))
