"""`mesh check`: judge the files of the mesh without touching data."""

from pathlib import Path
from shutil import get_terminal_size

import click

from meshwright.cli import console

FORMATS = ("table", "json", "sarif", "github")
EXIT_INVALID = 2
EXIT_VIOLATED = 1  # only governance rules were broken
VIOLATED = "rule-violated"
Levels = tuple[int, tuple[tuple[str, str, str], ...]]


@click.command(
    epilog="""\b
Examples:
  mesh check
  mesh check contracts/orders.odcs.yaml   one file, with no mesh around it
  mesh check --json
  mesh check --format sarif > mesh.sarif"""
)
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option("--strict", is_flag=True, help="Warnings are errors.")
@console.format_option(FORMATS)
@console.json_option
@click.pass_context
@console.exits
def command(
    ctx: click.Context, files: tuple[str, ...], strict: bool, form: str | None, as_json: bool
) -> int:
    """Judge every file of the mesh, or just the files given."""
    chosen = console.chosen_format(form, as_json=as_json)
    levels: Levels | None = None
    name, root = "", Path.cwd()
    if files:
        from meshwright.app.check import check_files

        problems = check_files(files)
    else:
        mesh = console.open_mesh(ctx)
        problems = mesh.check()
        name, root = mesh.wiring.root.name, mesh.wiring.root
        broken = any(problem.is_error and problem.code != VIOLATED for problem in problems)
        levels = mesh.levels() if not broken else None
    if chosen == "json":
        from meshwright.app.shapes import levels_shape, problems_shape

        said = {"service_levels": levels_shape(*levels)} if levels else {}
        console.put_json({**problems_shape(problems), **said})
    elif chosen != "table":
        from meshwright.cli.review.showing import show_problems_as

        show_problems_as(chosen, problems, name, root)
    else:
        from meshwright.cli import tables
        from meshwright.cli.problems import show_problems, verdict

        show_problems(tables.out(), problems)
        if levels:
            _show_levels(*levels)
        click.echo(verdict(problems))
    bad = [
        problem
        for problem in problems
        if problem.is_error or (strict and problem.severity == "warning")
    ]
    if bad and all(problem.code == VIOLATED for problem in bad):
        return EXIT_VIOLATED
    return EXIT_INVALID if bad else 0


def _show_levels(enforced: int, others: tuple[tuple[str, str, str], ...]) -> None:
    """Say what nobody judges, by name; silence would look like enforcement."""
    from meshwright.cli.unenforced import unenforced

    for line in unenforced(others, get_terminal_size().columns):
        click.echo(line)
    if enforced or others:
        click.echo(f"service levels: {enforced} enforced by observing, {len(others)} not")
