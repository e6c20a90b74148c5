"""`mesh serve`: the mesh for programs, on this machine or over TLS for others."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from signal import SIGINT, SIGTERM, getsignal, signal
from threading import Event
from typing import TYPE_CHECKING

import click

from meshwright.cli import console

if TYPE_CHECKING:
    from meshwright.serve.api.listening import Tls

_PORT = click.IntRange(0, 65535)


@click.command(
    epilog="""\b
Examples:
  mesh serve                        http://127.0.0.1:8321/metrics, /health, /api/v1/query
  mesh serve --port 9321 &
  curl -fs http://127.0.0.1:9321/health
  mesh serve --host 0.0.0.0 --tls-cert mesh.pem --tls-key mesh.key"""
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", type=_PORT, default=8321, show_default=True, help="HTTP; 0: any free one.")
@click.option("--tls-cert", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="A certificate (PEM), to serve other machines.")  # fmt: skip
@click.option("--tls-key", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Its key.")  # fmt: skip
@click.option("--insecure", is_flag=True, help="Serve other machines without TLS.")
@click.pass_context
@console.exits
def command(
    ctx: click.Context,
    host: str,
    port: int,
    tls_cert: Path | None,
    tls_key: Path | None,
    insecure: bool,
) -> int:
    """Serve the mesh until Ctrl-C: queries, metadata and access at /api/v1 for who has a token.

    /metrics (OpenMetrics), /health (JSON; 503 when a port is broken) and the intake of OpenLineage events at
    POST /api/v1/lineage need none on this machine.
    """
    from meshwright.app.identity.first import ensure_administrator
    from meshwright.serve.api.listening import ApiServer, require_safe
    from meshwright.serve.opening import Lookout, open_service
    from meshwright.serve.proving import MeshProving

    if (tls_cert is None) != (tls_key is None):
        raise click.UsageError("--tls-cert and --tls-key belong together")
    tls = _tls(tls_cert, tls_key)
    require_safe(host, tls, insecure=insecure)
    mesh, metadata = console.open_mesh(ctx), console.open_mesh(ctx)
    with ExitStack() as ending, _stopped() as wait:
        service = open_service(mesh, metadata, MeshProving(mesh.wiring))
        service.observe()  # a mesh that cannot be read is told here, not to the first who asks
        first = ensure_administrator(mesh.wiring)
        server = ApiServer(service, host, port, tls)
        ending.callback(server.stop)
        server.start()
        lookout = Lookout(mesh.wiring.look_anew)
        ending.callback(lookout.stop)
        lookout.start()
        for line in first.lines if first else ():
            console.say(line)
        console.say(f"serving {server.place.url}/metrics, /health and /api/v1; Ctrl-C ends it")
        wait()
        console.say("\nended")
    return 0


def _tls(certificate: Path | None, key: Path | None) -> "Tls | None":
    from meshwright.serve.api.listening import Tls

    return Tls(certificate, key) if certificate and key else None


@contextmanager
def _stopped() -> Iterator[Callable[[], object]]:
    """Give what waits for Ctrl-C or a service manager's SIGTERM; a second one ends at once."""
    over = Event()
    before = {number: getsignal(number) for number in (SIGINT, SIGTERM)}

    def stop(*_: object) -> None:
        for number, handler in before.items():
            signal(number, handler)
        over.set()

    for number in before:
        signal(number, stop)
    try:
        yield over.wait
    finally:
        for number, handler in before.items():
            signal(number, handler)
