"""Start all that serves a mesh, HTTP, SQL and Flight SQL, and end it together.

What must stay true: every door proves callers alike and asks the same governed query; when one door cannot be
opened, none is left open.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from meshwright.app import standing
from meshwright.app.catalog.indexing import stop_indexing
from meshwright.app.mesh import Mesh
from meshwright.errors import UsageError
from meshwright.serve.api.listening import ApiServer, Tls, require_safe
from meshwright.serve.api.service import Service
from meshwright.serve.opening import Warming, open_service
from meshwright.serve.proving import MeshProving
from meshwright.serve.repeating import lookout, telling
from meshwright.serve.web.kept import stop_keeping


@dataclass(frozen=True, slots=True)
class Doors:
    """Where to listen. Port 0: any free one; None: that door stays shut."""

    host: str = "127.0.0.1"
    port: int = 8321
    sql_port: int | None = 8322
    flight_port: int | None = 8323
    tls: Tls | None = None
    insecure: bool = False


class MeshServer:
    """A mesh that is being served, until `stop`. `lines` say where, each told as soon as its door is open.

    HTTP comes first: it answers while the other doors are still opened, and what queries need is loaded last.
    """

    def __init__(
        self,
        mesh: Mesh,
        metadata: Mesh,
        doors: Doors,
        say: Callable[[str], object] = lambda line: None,
    ) -> None:
        require_safe(doors.host, doors.tls, insecure=doors.insecure)
        self.lines: list[str] = []
        self._say = say
        self._ending = ExitStack()
        try:
            self._open(mesh, metadata, doors)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End running queries, then every door."""
        self._ending.close()

    def _open(self, mesh: Mesh, metadata: Mesh, doors: Doors) -> None:
        service = open_service(mesh, metadata, MeshProving(mesh.wiring))
        service.observe()  # a mesh that cannot be read is told now, not to the first who asks
        mesh.wiring.is_looked_after = True  # from the first request on: a lookout follows
        self._ending.callback(service.boards.stop)
        self._ending.callback(stop_keeping, service.boards)
        self.api = ApiServer(service, doors.host, doors.port, doors.tls)
        self._ending.callback(self.api.stop)
        self.api.start()
        self.url = self.api.place.url
        self._tell(f"serving {self.url} (the web, /api/v1, /metrics, /health); Ctrl-C ends it")
        standing.keep(mesh.wiring, self.url)
        self._ending.callback(standing.forget, mesh.wiring)
        if doors.sql_port is not None:
            service.sql_port = self._open_sql(mesh, doors, doors.sql_port)
        if doors.flight_port is not None:
            self._open_flight(service, doors, doors.flight_port)
        for repeated in (lookout(mesh.wiring), telling(mesh.wiring)):
            self._ending.callback(repeated.stop)
            repeated.start()
        self._ending.callback(service.running.stop)
        self._ending.callback(stop_indexing, mesh.wiring)
        warming = Warming(service)
        self._ending.callback(warming.stop)
        warming.start()

    def _tell(self, line: str) -> None:
        self.lines.append(line)
        self._say(line)

    def _open_sql(self, mesh: Mesh, doors: Doors, port: int) -> int | None:
        from meshwright.serve.api.listening import is_loopback
        from meshwright.serve.sql.server import SqlServer

        if doors.tls is None and not is_loopback(doors.host):
            self._tell("no SQL endpoint: it serves other machines over TLS only")
            return None
        server = SqlServer(
            mesh.wiring,
            doors.host,
            port,
            tls=(doors.tls.certificate, doors.tls.key) if doors.tls else None,
        )
        server.start()
        self._ending.callback(server.stop)
        self._tell(f"  SQL (PostgreSQL)  postgresql://NAME@{doors.host}:{server.port}/")
        return int(server.port)

    def _open_flight(self, service: Service, doors: Doors, port: int) -> None:
        from meshwright.serve.flight.server import FlightServer

        server = FlightServer(
            service.wiring,
            service.proving,
            service.running,
            doors.host,
            port,
            _pem(doors.tls) if doors.tls else None,
        )
        self._ending.callback(server.stop)
        self._tell(f"  Arrow Flight SQL  {server.url}")


def _pem(tls: Tls) -> tuple[bytes, bytes]:
    try:
        return tls.certificate.read_bytes(), tls.key.read_bytes()
    except OSError as error:
        raise UsageError(
            "tls-unreadable",
            "the certificate and its key cannot be used",
            hint="give PEM files that belong together, readable by this user",
        ) from error
