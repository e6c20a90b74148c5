"""`mesh incidents`: list them, look at one, take care of it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from meshwright.cli import console

if TYPE_CHECKING:
    from meshwright.app.incident_pages import IncidentLine


class Incidents(click.Group):
    """A group whose first word, where it is no command of the group, is a selection for `list`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `list` before arguments that name no command."""
        if not args or (args[0] not in self.commands and args[0] not in ctx.help_option_names):
            args = ["list", *args]
        return super().parse_args(ctx, args)


@click.group(
    cls=Incidents,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""\b
Examples:
  mesh incidents                       what is unhealthy now
  mesh incidents --all operations.*    of one domain, with what is over
  mesh incidents show inc-7            its story, its impact, what to do next
  mesh incidents ack inc-7 --note "asked the supplier"
  mesh incidents mark inc-7 expected   detectors learn from it""",
)
def command() -> None:
    """List what is unhealthy and take care of it: one incident for one cause."""


def _verb(name: str, example: str) -> Callable[[Callable[..., Any]], click.Command]:
    """Make a command of the group: an id, a note, `--json`."""

    def make(function: Callable[..., Any]) -> click.Command:
        wrapped = click.pass_context(console.exits(function))
        wrapped = console.json_option(wrapped)
        wrapped = click.option("--note", default="", help="Why, in a sentence.")(wrapped)
        return command.command(name, epilog=f"\b\nExample:\n  mesh incidents {example}")(wrapped)

    return make


@command.command(
    "list",
    epilog="""\b
Examples:
  mesh incidents list
  mesh incidents list --all operations.* --json""",
)
@click.argument("select", nargs=-1)
@click.option("--all", "closed", is_flag=True, help="Also those that are resolved.")
@console.json_option
@click.pass_context
@console.exits
def list_(ctx: click.Context, select: tuple[str, ...], closed: bool, as_json: bool) -> None:
    """List open incidents, newest first, of all products or those selected."""
    lines = console.open_mesh(ctx).incidents.list(*select, closed=closed)
    if as_json:
        from meshwright.app.shapes import incident_shape

        console.put_json({"incidents": [incident_shape(line) for line in lines]})
        return
    from meshwright.cli import incidents

    incidents.show_list(lines, closed=closed)


@command.command("show", epilog="\b\nExample:\n  mesh incidents show inc-7 --json")
@click.argument("incident")
@console.json_option
@click.pass_context
@console.exits
def show(ctx: click.Context, incident: str, as_json: bool) -> None:
    """Show one incident: its story, what rests on it, what may have caused it, what to do next."""
    page = console.open_mesh(ctx).incidents.show(incident)
    if as_json:
        from meshwright.app.shapes import incident_page_shape

        console.put_json(incident_page_shape(page))
        return
    from meshwright.cli import incidents

    incidents.show_page(page)


@_verb("ack", 'ack inc-7 --note "asked the supplier"')
@click.argument("incident")
def acknowledge(ctx: click.Context, incident: str, note: str, as_json: bool) -> None:
    """Say that you take care of it."""
    _tell(console.open_mesh(ctx).incidents.acknowledge(incident, note), as_json)


@_verb("comment", 'comment inc-7 --note "it is the new sensor"')
@click.argument("incident")
def comment(ctx: click.Context, incident: str, note: str, as_json: bool) -> None:
    """Say something about it; the note is the comment."""
    _tell(console.open_mesh(ctx).incidents.comment(incident, note), as_json)


@_verb("mark", 'mark inc-7 expected --note "a blizzard closed the airports"')
@click.argument("incident")
@click.argument("verdict", type=click.Choice(["expected", "real"]))
def mark(ctx: click.Context, incident: str, verdict: str, note: str, as_json: bool) -> None:
    """Say whether it was expected, which resolves it, or real; detectors learn from that."""
    _tell(console.open_mesh(ctx).incidents.mark(incident, verdict, note), as_json)


@_verb("resolve", 'resolve inc-7 --note "the supplier sent it again"')
@click.argument("incident")
def resolve(ctx: click.Context, incident: str, note: str, as_json: bool) -> None:
    """Say that it is over; most are resolved by the next good build."""
    _tell(console.open_mesh(ctx).incidents.resolve(incident, note), as_json)


@_verb("reopen", 'reopen inc-7 --note "still too few rows"')
@click.argument("incident")
def reopen(ctx: click.Context, incident: str, note: str, as_json: bool) -> None:
    """Say that it is not over."""
    _tell(console.open_mesh(ctx).incidents.reopen(incident, note), as_json)


def _tell(line: "IncidentLine", as_json: bool) -> None:
    if as_json:
        from meshwright.app.shapes import incident_shape

        console.put_json(incident_shape(line))
        return
    marked = f", marked {line.mark}" if line.mark else ""
    console.put(f"{line.id} of {line.address} is {line.state}{marked}")
