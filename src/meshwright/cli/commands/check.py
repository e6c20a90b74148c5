"""`mesh check`: judge the files of the mesh without touching data."""

import click

from meshwright.cli import console

EXIT_INVALID = 2


@click.command(
    epilog="""\b
Examples:
  mesh check
  mesh check contracts/orders.odcs.yaml   one file, with no mesh around it
  mesh check --json"""
)
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option("--strict", is_flag=True, help="Warnings are errors.")
@console.json_option
@click.pass_context
@console.exits
def command(ctx: click.Context, files: tuple[str, ...], strict: bool, as_json: bool) -> int:
    """Judge every file of the mesh, or just the files given."""
    if files:
        from meshwright.app.check import check_files

        problems = check_files(files)
    else:
        problems = console.open_mesh(ctx).check()
    if as_json:
        from meshwright.app.shapes import problems_shape

        console.put_json(problems_shape(problems))
    else:
        from meshwright.cli import tables
        from meshwright.cli.problems import show_problems, verdict

        show_problems(tables.out(), problems)
        click.echo(verdict(problems))
    bad = any(problem.is_error or strict for problem in problems)
    return EXIT_INVALID if bad else 0
