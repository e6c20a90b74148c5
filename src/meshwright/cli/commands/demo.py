"""`mesh demo`: a whole mesh on real data."""

import click

from meshwright.cli import console
from meshwright.cli.progress import watch


@click.command(
    epilog="""\b
Examples:
  mesh demo
  mesh demo my-demo --json"""
)
@click.argument("folder", default="demo", metavar="[DIR]")
@console.json_option
@console.exits
def command(folder: str, as_json: bool) -> None:
    """Lay out a mesh on a year of real flights and weather, build it, and show a rejection."""
    from meshwright.app.demo import run_demo

    with watch(quiet=as_json) as on_event:
        story = run_demo(
            folder, say=(lambda text: None) if as_json else console.say, on_event=on_event
        )
    if as_json:
        from meshwright.app.shapes import builds_shape

        console.put_json(builds_shape(story.results))
        return
    from meshwright.cli import endings, tables

    out = tables.out()
    endings.show_results(out, story.results)
    out.print()
    out.print("[bold]What to look at next[/bold]")
    for command_, why in story.next_steps:
        out.print(f"  [cyan]{command_}[/cyan]")
        out.print(f"      {why}", style="bright_black")
