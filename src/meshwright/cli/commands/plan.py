"""`mesh plan`: what a run would do, and why."""

from typing import TYPE_CHECKING

import click

from meshwright.cli import console
from meshwright.model.counted import counted

if TYPE_CHECKING:
    from meshwright.model.plan import Plan

FORMATS = ("table", "json", "markdown", "sarif", "github")
EXIT_REFUSED = 1
EXIT_INVALID = 2


@click.command(
    epilog="""\b
Examples:
  mesh plan
  mesh plan experience.delay_risk
  mesh plan operations.*+ --json
  mesh plan --against origin/main                     a gate for pull requests, without state
  mesh plan --against origin/main --format markdown   the comment on it"""
)
@click.argument("select", nargs=-1, metavar="[SELECT]...")
@click.option("--changed", is_flag=True, help="Only products whose own files changed.")
@click.option("--force", is_flag=True, help="As if nothing were up to date.")
@click.option("--as-of", metavar="TIME", help="As if it were then.")
@click.option(
    "--against",
    metavar="REF",
    help="Compare contracts with a git reference, not with state.",
)
@console.format_option(FORMATS)
@console.json_option
@click.pass_context
@console.exits
def command(
    ctx: click.Context,
    select: tuple[str, ...],
    changed: bool,
    force: bool,
    as_of: str | None,
    against: str | None,
    form: str | None,
    as_json: bool,
) -> int:
    """Show what a run would do and why; touches no data."""
    chosen = console.chosen_format(form, as_json=as_json)
    mesh = console.open_mesh(ctx)
    plan = mesh.plan(*select, changed=changed, force=force, as_of=as_of, against=against)
    if chosen == "json":
        from meshwright.app.shapes import plan_shape

        console.put_json(plan_shape(plan))
    elif chosen != "table":
        from meshwright.cli.review.showing import show_plan_as

        show_plan_as(chosen, plan, mesh.wiring.mesh.name, mesh.wiring.root)
    elif not plan.work and not plan.problems and not any(step.notices for step in plan.steps):
        click.echo(f"up to date: {counted(len(plan.steps), 'product')}, nothing to do")
    else:
        from meshwright.cli import tables
        from meshwright.cli.plans import show_plan

        show_plan(tables.out(), plan)
    return _code(plan)


def _code(plan: "Plan") -> int:
    if any(problem.is_error for problem in plan.problems):
        return EXIT_INVALID
    return EXIT_REFUSED if any(step.action == "refused" for step in plan.steps) else 0
