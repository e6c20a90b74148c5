"""`mesh demo`: a whole mesh on real data."""

import sys
from collections.abc import Callable, Sequence
from datetime import datetime

import click

from meshwright.cli import console
from meshwright.cli.progress import days, watch


@click.command(
    epilog="""\b
Examples:
  mesh demo                              then the web is served until Ctrl-C
  mesh demo my-demo --no-serve
  mesh demo my-year --replay             live through 2013 day by day (minutes)
  mesh demo spring --replay --until 2013-03-31"""
)
@click.argument("folder", default="demo", metavar="[DIR]")
@click.option("--replay", is_flag=True, help="Live through the year day by day, and be watched.")
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    default="2013-12-31",
    metavar="DAY",
    help="With --replay: the last day.",
)
@click.option(
    "--no-serve", is_flag=True, help="End when it is built; so it does without a terminal."
)
@console.json_option
@console.exits
def command(folder: str, replay: bool, until: datetime, no_serve: bool, as_json: bool) -> None:
    """Lay out a mesh on a year of real flights and weather, build it, show a rejection, and serve it."""
    if replay:
        _replay(folder, until, as_json)
        return
    from meshwright.app.demo import run_demo

    with watch(quiet=as_json) as on_event:
        story = run_demo(folder, say=_say(as_json), on_event=on_event)
    if as_json:
        from meshwright.app.shapes import builds_shape

        console.put_json(builds_shape(story.results))
        return
    from meshwright.cli import endings, tables

    endings.show_results(tables.out(), story.results)
    _show_next(story.next_steps)
    if not no_serve and sys.stdout.isatty() and sys.stderr.isatty():
        _serve(folder)


def _serve(folder: str) -> None:
    """Serve what was made, at the usual ports where they are free."""
    import meshwright
    from meshwright.cli.serving import serve
    from meshwright.errors import UnreachableError
    from meshwright.serve.starting import Doors

    console.say("")
    with meshwright.open(folder) as mesh, meshwright.open(folder) as metadata:
        try:
            serve(mesh, metadata, Doors())
        except UnreachableError as error:
            if error.code != "port-in-use":
                raise
            serve(mesh, metadata, Doors(port=0, sql_port=0, flight_port=0))


def _replay(folder: str, until: datetime, as_json: bool) -> None:
    from meshwright.app.demo import run_replay
    from meshwright.app.demo.replaying import FIRST

    last = until.date()
    with days((last - FIRST).days, quiet=as_json) as on_day:
        replay = run_replay(folder, say=_say(as_json), on_day=on_day, until=last)
    if as_json:
        from meshwright.app.shapes import builds_shape

        told = {"from": str(replay.first), "to": str(replay.last), "days": dict(replay.days)}
        console.put_json({"replay": told, **builds_shape(replay.results)})
        return
    from meshwright.cli import endings, tables

    endings.show_results(tables.out(), replay.results)
    _show_next(replay.next_steps)


def _say(as_json: bool) -> Callable[[str], None]:
    return (lambda text: None) if as_json else console.say


def _show_next(steps: Sequence[tuple[str, str]]) -> None:
    from meshwright.cli import tables

    out = tables.out()
    out.print()
    out.print("[bold]What to look at next[/bold]")
    for command_, why in steps:
        out.print(f"  [cyan]{command_}[/cyan]")
        out.print(f"      {why}", style="bright_black")
