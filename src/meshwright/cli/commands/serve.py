"""`mesh serve`: metrics, health and the intake of lineage, for programs on this machine."""

from typing import TYPE_CHECKING

import click

from meshwright.cli import console

if TYPE_CHECKING:
    from meshwright.serve.answers import Observed


@click.command(
    epilog="""\b
Examples:
  mesh serve                        http://127.0.0.1:8321/metrics, /health, /api/v1/lineage
  mesh serve --port 9321 &
  curl -fs http://127.0.0.1:9321/health"""
)
@click.option("--host", default="127.0.0.1", show_default=True, help="A loopback address.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8321,
    show_default=True,
    help="Where to listen; 0: any free one.",
)
@click.pass_context
@console.exits
def command(ctx: click.Context, host: str, port: int) -> int:
    """Serve /metrics (OpenMetrics) and /health (JSON; 503 when a port is broken) until Ctrl-C.

    OpenLineage events of other tools are taken at POST /api/v1/lineage.

    Only this machine is answered: a login comes with access management.
    """
    from datetime import UTC, datetime
    from signal import SIGTERM, default_int_handler, signal

    from meshwright.app.health import check_health
    from meshwright.app.lineage_import import Taken, take_bytes
    from meshwright.serve.answers import Observed
    from meshwright.serve.http import open_server

    mesh = console.open_mesh(ctx)

    def observe() -> "Observed":
        mesh.wiring.look_again()
        now = datetime.now(UTC)
        return Observed(now, check_health(mesh.wiring, now), mesh.cost())

    def take(body: bytes) -> tuple[Taken, bool]:
        mesh.wiring.look_again()
        return take_bytes(mesh.wiring, body)

    signal(SIGTERM, default_int_handler)  # a service manager's way to press Ctrl-C
    observe()  # a mesh that cannot be read is told here, not to the first who asks
    with open_server(host, port, observe, take) as server:
        url = server.place.url
        console.say(f"serving {url}/metrics, /health and /api/v1/lineage; Ctrl-C ends it")
        try:
            server.serve_forever(poll_interval=0.2)
        except KeyboardInterrupt:
            console.say("\nended")
    return 0
