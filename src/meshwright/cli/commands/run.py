"""`mesh run`: build, audit and publish what changed."""

from collections.abc import Sequence
from math import isnan
from typing import TYPE_CHECKING

import click

from meshwright.cli import console
from meshwright.cli.progress import watch
from meshwright.errors import EXIT_CODES, ErrorKind
from meshwright.model.counted import counted

if TYPE_CHECKING:
    from meshwright.model.plan import BuildResult

EXIT_REJECTED = 1
EXIT_INVALID = 2
TROUBLE = ("rejected", "failed", "refused", "skipped")


def _a_number(ctx: click.Context, parameter: click.Parameter, value: float) -> float:
    """Refuse `nan`, which no range does."""
    if isnan(value):
        raise click.BadParameter("`nan` is no number of seconds", ctx, parameter)
    return value


@click.command(
    epilog="""\b
Examples:
  mesh run                          everything that changed
  mesh run operations.flights+      one product and all that read it
  mesh run --as-of 2013-01-01..2013-01-07   replay a week, day by day
  mesh run fleet.* --force --explain"""
)
@click.argument("select", nargs=-1, metavar="[SELECT]...")
@click.option("--changed", is_flag=True, help="Only products whose own files changed.")
@click.option("--force", is_flag=True, help="Build even what is up to date.")
@click.option(
    "--as-of", metavar="TIME|A..B", help="Run as if it were then; a range replays its days."
)
@click.option("--explain", is_flag=True, help="Print the plan of every audit.")
@click.option("--workers", type=click.IntRange(1), help="Products built at once (default: cores).")
@click.option(
    "--wait",
    type=click.FloatRange(0),
    default=0.0,
    metavar="SECONDS",
    callback=_a_number,
    help="Wait for a mesh that is held.",
)
@console.json_option
@click.pass_context
@console.exits
def command(
    ctx: click.Context,
    select: tuple[str, ...],
    changed: bool,
    force: bool,
    as_of: str | None,
    explain: bool,
    workers: int | None,
    wait: float,
    as_json: bool,
) -> int:
    """Build, audit and publish what changed.

    SELECT is an address (`domain.product`), a pattern (`domain.*`), with `+` before it for everything
    upstream, after it for everything downstream.
    """
    mesh = console.open_mesh(ctx)
    with watch(quiet=as_json) as on_event:
        results = mesh.run(
            *select,
            changed=changed,
            force=force,
            as_of=as_of,
            workers=workers or 0,
            wait=wait,
            on_event=on_event,
        )
    if as_json:
        from meshwright.app.shapes import builds_shape

        console.put_json(builds_shape(results))
    elif not any(result.status != "up_to_date" for result in results):
        click.echo(f"up to date: {counted(len(results), 'product')}, nothing changed")
    else:
        _show(results, explain)
    return exit_code(results)


def exit_code(results: "Sequence[BuildResult]") -> int:
    """Return how a run ends: the worst first, 3 only where nothing but the outside failed."""
    trouble = [result for result in results if result.status in TROUBLE]
    kinds = {result.error_kind for result in trouble if result.status != "skipped"}
    if ErrorKind.INTERNAL.value in kinds:
        return EXIT_CODES[ErrorKind.INTERNAL]
    if any(result.error_code == "descriptor-invalid" for result in trouble):
        return EXIT_INVALID
    if kinds and kinds <= {ErrorKind.EXTERNAL.value, ErrorKind.EXHAUSTED.value}:
        return EXIT_CODES[ErrorKind.EXTERNAL]
    return EXIT_REJECTED if trouble else 0


def _show(results: "Sequence[BuildResult]", explain: bool) -> None:
    from meshwright.cli import endings, tables

    out = tables.out()
    if explain:
        for result in results:
            for port in result.ports.values():
                if port.plan:
                    out.print(f"[bold]{result.product}.{port.port}[/bold]")
                    out.print(port.plan, markup=False)
    endings.show_results(out, results)
