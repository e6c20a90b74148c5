"""`mesh health`: which promises are kept, which budgets burn."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from meshwright.cli import console
from meshwright.errors import UsageError

if TYPE_CHECKING:
    from meshwright.app.mesh import Mesh
    from meshwright.model.health import PortHealth

EXIT_BROKEN = 1


@click.command(
    epilog="""\b
Examples:
  mesh health                       every port: compliance, budget, age, trend
  mesh health operations.* --watch  again and again, until Ctrl-C
  mesh health --as-of 2013-03-01    as if it were then
  mesh health --openmetrics /var/lib/node_exporter/mesh.prom

It ends with 1 when a port is broken."""
)
@click.argument("select", nargs=-1, metavar="[SELECT]...")
@click.option("--as-of", metavar="TIME", help="Judge by the business time of builds, as if then.")
@click.option("--watch", is_flag=True, help="Redraw until Ctrl-C.")
@click.option(
    "--every", type=float, default=5.0, show_default=True, metavar="SECONDS", help="Of --watch."
)
@click.option(
    "--openmetrics", "target", metavar="FILE", help="Write OpenMetrics text to a file instead."
)
@console.json_option
@click.pass_context
@console.exits
def command(
    ctx: click.Context,
    select: tuple[str, ...],
    as_of: str | None,
    watch: bool,
    every: float,
    target: str | None,
    as_json: bool,
) -> int:
    """Show which promises each port keeps, and which error budgets burn.

    SELECT is as in `mesh run`; without it, the whole mesh.
    """
    if watch and (as_json or target or as_of):
        raise UsageError(
            "options-exclude", "`--watch` goes with no other output and no pretended time"
        )
    mesh = console.open_mesh(ctx)
    if watch:
        return _watch(mesh, select, max(0.2, every))
    ports = mesh.health(*select, as_of=as_of)
    if target:
        return _write_metrics(mesh, ports, Path(target))
    if as_json:
        from meshwright.app.clock import parse_as_of
        from meshwright.app.health_shapes import health_shape

        moment = (
            parse_as_of(as_of, mesh.wiring.mesh.timezone).instant if as_of else datetime.now(UTC)
        )
        console.put_json(health_shape(ports, moment))
    else:
        from meshwright.cli.health_table import show_health

        show_health(ports)
    return EXIT_BROKEN if any(port.status == "broken" for port in ports) else 0


def _write_metrics(mesh: "Mesh", ports: "Sequence[PortHealth]", path: Path) -> int:
    from meshwright.serve.openmetrics import render, write_file

    write_file(path, render(ports, mesh.cost()))
    console.say(f"wrote {path}")
    return 0


def _watch(mesh: "Mesh", select: tuple[str, ...], every: float) -> int:
    """Redraw until somebody presses Ctrl-C, which is how this ends well."""
    from time import sleep

    from rich.live import Live
    from rich.text import Text

    from meshwright.cli import tables
    from meshwright.cli.health_table import picture

    try:
        with Live(console=tables.out(), auto_refresh=False, screen=False) as live:
            while True:
                live.update(Text.from_ansi(picture(mesh.health(*select))), refresh=True)
                sleep(every)
    except KeyboardInterrupt:
        return 0
