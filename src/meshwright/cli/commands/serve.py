"""`mesh serve`: the mesh for people and programs, on this machine or over TLS for others."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from meshwright.cli import console

if TYPE_CHECKING:
    from meshwright.app.mesh import Mesh
    from meshwright.serve.api.listening import Tls

_PORT = click.IntRange(0, 65535)
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(
    epilog="""\b
Examples:
  mesh serve                        the web at http://127.0.0.1:8321, SQL at 8322, Flight SQL at 8323
  mesh serve --port 9321 --no-flight &
  curl -fs http://127.0.0.1:9321/health
  mesh serve --host 0.0.0.0 --tls-cert mesh.pem --tls-key mesh.key"""
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", type=_PORT, default=8321, show_default=True, help="HTTP; 0: any free one.")
@click.option(
    "--sql-port", type=_PORT, help="PostgreSQL's protocol; 0: any free one.  [one above --port]"
)
@click.option(
    "--flight-port", type=_PORT, help="Arrow Flight SQL; 0: any free one.  [two above --port]"
)
@click.option("--no-sql", is_flag=True, help="Without the SQL endpoint.")
@click.option("--no-flight", is_flag=True, help="Without Flight SQL.")
@click.option("--tls-cert", type=_FILE, metavar="FILE", help="A certificate (PEM), for TLS.")
@click.option("--tls-key", type=_FILE, metavar="FILE", help="Its key.")
@click.option("--insecure", is_flag=True, help="Serve other machines without TLS.")
@click.pass_context
@console.exits
def command(
    ctx: click.Context,
    host: str,
    port: int,
    sql_port: int | None,
    flight_port: int | None,
    no_sql: bool,
    no_flight: bool,
    tls_cert: Path | None,
    tls_key: Path | None,
    insecure: bool,
) -> int:
    """Serve the mesh until Ctrl-C: the web for people, queries and metadata for programs with a token.

    /metrics (OpenMetrics), /health (JSON; 503 when a port is broken) and the intake of OpenLineage events at
    POST /api/v1/lineage need none on this machine.

    Other machines are served over TLS: with --tls-cert and --tls-key, or `serve: tls:` in mesh.yaml.
    """
    from meshwright.cli.serving import serve
    from meshwright.serve.starting import Doors

    if (tls_cert is None) != (tls_key is None):
        raise click.UsageError("--tls-cert and --tls-key belong together")
    mesh, metadata = console.open_mesh(ctx), console.open_mesh(ctx)
    doors = Doors(
        host,
        port,
        None if no_sql else _beside(port, 1) if sql_port is None else sql_port,
        None if no_flight else _beside(port, 2) if flight_port is None else flight_port,
        _tls(mesh, tls_cert, tls_key),
        insecure,
    )
    serve(mesh, metadata, doors)
    return 0


def _beside(port: int, steps: int) -> int:
    return port + steps if 0 < port <= 65535 - steps else 0


def _tls(mesh: "Mesh", certificate: Path | None, key: Path | None) -> "Tls | None":
    from meshwright.serve.api.listening import Tls

    if certificate and key:
        return Tls(certificate, key)
    said = mesh.wiring.mesh.serving
    return Tls(said.certificate, said.key) if said.certificate and said.key else None
