"""`mesh team`: teams, and who is in them."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from meshwright.cli import console, people

if TYPE_CHECKING:
    from meshwright.app.identity.teams import TeamLine


@click.group(
    epilog="""\b
Examples:
  mesh team list
  mesh team add analytics ada@example.com
  mesh team remove-member analytics ada@example.com"""
)
def command() -> None:
    """List teams and who is in them; add to them and take out.

    Each domain has a team of its own: its owners, the owners of its products, and whoever one of them adds.
    """


@command.command(
    "add",
    epilog="""\b
Examples:
  mesh team add analysts --title "Network analysts"
  mesh team add analysts ada@example.com service:bi
  mesh team add loyalty ada@example.com       into the team of the domain `loyalty`""",
)
@click.argument("team")
@click.argument("members", nargs=-1)
@click.option("--title", default="", help="What people call it.")
@console.json_option
@click.pass_context
@console.exits
def add(ctx: click.Context, team: str, members: tuple[str, ...], title: str, as_json: bool) -> None:
    """Make a team, or put members into it."""
    from meshwright.app.identity.teams import add_team

    _tell(add_team(console.open_mesh(ctx).wiring, team, *members, title=title), as_json)


@command.command("list", epilog="\b\nExample:\n  mesh team list")
@console.json_option
@click.pass_context
@console.exits
def list_(ctx: click.Context, as_json: bool) -> None:
    """List the teams."""
    from meshwright.app.identity.teams import list_teams

    found = list_teams(console.open_mesh(ctx).wiring)
    if as_json:
        console.put_json({"teams": [asdict(line) for line in found]})
        return
    rows = [(line.name, line.title, ", ".join(line.members)) for line in found]
    people.table(("team", "title", "members"), rows, "there is no team")


@command.command("show", epilog="\b\nExample:\n  mesh team show loyalty")
@click.argument("team")
@console.json_option
@click.pass_context
@console.exits
def show(ctx: click.Context, team: str, as_json: bool) -> None:
    """Show who is in a team."""
    from meshwright.app.identity.teams import show_team

    _tell(show_team(console.open_mesh(ctx).wiring, team), as_json)


@command.command(
    "remove-member", epilog="\b\nExample:\n  mesh team remove-member analysts ada@example.com"
)
@click.argument("team")
@click.argument("members", nargs=-1, required=True)
@console.json_option
@click.pass_context
@console.exits
def remove_member(ctx: click.Context, team: str, members: tuple[str, ...], as_json: bool) -> None:
    """Take members out of a team."""
    from meshwright.app.identity.teams import remove_members

    _tell(remove_members(console.open_mesh(ctx).wiring, team, *members), as_json)


@command.command("remove", epilog="\b\nExample:\n  mesh team remove analysts")
@click.argument("team")
@click.option("--reason", default="", help="Why; kept in the ledger.")
@console.json_option
@click.pass_context
@console.exits
def remove(ctx: click.Context, team: str, reason: str, as_json: bool) -> None:
    """End a team and its grants."""
    from meshwright.app.identity.teams import remove_team

    done = remove_team(console.open_mesh(ctx).wiring, team, reason=reason)
    if as_json:
        console.put_json({"team": done, "removed": True})
    else:
        click.echo(f"{done} is removed; its grants ended")


def _tell(line: "TeamLine", as_json: bool) -> None:
    if as_json:
        console.put_json(asdict(line))
        return
    click.echo(f"{line.name}{f': {console.clean(line.title)}' if line.title else ''}")
    for member in line.members:
        click.echo(f"  {member}")
    if not line.members:
        click.echo("  nobody is in it")
