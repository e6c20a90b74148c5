"""Rows a second by Flight SQL, side by side with plain pyarrow.flight of the same table, and with HTTP.

    python bench/flight_sql.py [ROWS]

One product of ROWS rows (2 million) by 4 columns is built; then the same SELECT is fetched by ADBC's Flight
SQL driver and by HTTP as Arrow, under the governed query, and the same table by a Flight server that does
nothing else, which is the limit. Ratios of one run say more than its seconds.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pyarrow
from adbc_driver_flightsql import DatabaseOptions
from adbc_driver_flightsql import dbapi as adbc
from pyarrow import flight

import meshwright
from meshwright.app.identity.tokens import issue_token
from meshwright.app.identity.users import add_user
from meshwright.serve.api.listening import ApiServer
from meshwright.serve.flight.server import FlightServer
from meshwright.serve.opening import open_service
from meshwright.serve.proving import MeshProving

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.meshes import write_mesh

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000
SQL = "SELECT id, amount, day, name FROM sales.facts.facts"
MODEL = f"""SELECT r.range AS id, (r.range % 1000) / 7 AS amount,
    DATE '2026-01-01' + CAST(r.range % 365 AS INTEGER) AS day, 'name ' || (r.range % 5000) AS name
    FROM range({ROWS}) r"""


class Plain(flight.FlightServerBase):
    """Sends one table."""

    def __init__(self, table: pyarrow.Table) -> None:
        self._table = table
        super().__init__("grpc://127.0.0.1:0")

    def do_get(self, context: object, ticket: object) -> flight.RecordBatchStream:  # noqa: ARG002
        return flight.RecordBatchStream(self._table)


@contextmanager
def served() -> Iterator[tuple[meshwright.app.mesh.Mesh, FlightServer, ApiServer, str]]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "mesh"
        write_mesh(folder, {"sales": {"facts": {"ports": {"facts": MODEL}}}})
        mesh = stack.enter_context(meshwright.open(folder))
        assert [one.status for one in mesh.run()] == ["published"]
        metadata = stack.enter_context(meshwright.open(folder))
        add_user(mesh.wiring, "person:ada", teams=["team:sales"])
        token = issue_token(mesh.wiring, "person:ada").text
        service = open_service(mesh, metadata, MeshProving(mesh.wiring))
        api = ApiServer(service, "127.0.0.1", 0)
        api.start()
        stack.callback(api.stop)
        door = FlightServer(mesh.wiring, service.proving, service.running, "127.0.0.1", 0)
        stack.callback(door.stop)
        yield mesh, door, api, token


def best(name: str, fetch: Callable[[], int], times: int = 5) -> float:
    """Return and print the best rate of a few."""
    rates = []
    for _ in range(times):
        wall, cpu = time.perf_counter(), time.process_time()
        assert fetch() == ROWS
        seconds = time.perf_counter() - wall
        rates.append(ROWS / seconds)
        cpu = time.process_time() - cpu
    print(f"{name:34} {max(rates) / 1e6:7.2f} M rows/s   (last: {cpu:.2f} s of CPU here)")
    return max(rates)


def main() -> None:
    with served() as (mesh, door, api, token):
        options = {DatabaseOptions.AUTHORIZATION_HEADER.value: f"Bearer {token}"}
        with adbc.connect(door.url, db_kwargs=options, autocommit=True) as db:

            def by_adbc() -> int:
                with db.cursor() as cursor:
                    cursor.execute(SQL)
                    return int(cursor.fetch_arrow_table().num_rows)

            governed = best("Flight SQL (ADBC), governed", by_adbc)
        with meshwright.connect(api.place.url, token) as remote:
            best("HTTP, Arrow, governed", lambda: len(remote.query(SQL)))
        best("in this process, governed", lambda: len(mesh.query(SQL)))
        table = mesh.query(SQL).to_arrow()
        with Plain(table) as plain, flight.FlightClient(f"grpc://127.0.0.1:{plain.port}") as client:
            limit = best(
                "plain Flight of the same table",
                lambda: int(client.do_get(flight.Ticket(b"")).read_all().num_rows),
            )
        print(f"\n{governed / limit:.2f} of the limit; {table.nbytes / ROWS:.0f} bytes a row")


if __name__ == "__main__":
    main()
