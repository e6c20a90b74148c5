"""Flight SQL, asked by the ADBC driver that DataFrame libraries use, on a real server over a real mesh."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import adbc_driver_flightsql.dbapi as adbc
import polars
import pyarrow
import pytest
from adbc_driver_flightsql import DatabaseOptions
from pyarrow import flight

import meshwright
from meshwright.app.mesh import Mesh
from meshwright.serve.flight import messages
from meshwright.serve.flight.server import FlightServer
from meshwright.serve.proving import MeshProving
from meshwright.serve.running import RunningQueries
from tests.integration.shop import state
from tests.serving import known

ORDERS = "select id, amount from sales.orders.orders order by id"


@dataclass
class Serving:
    server: FlightServer
    mesh: Mesh
    tokens: dict[str, str]
    running: RunningQueries

    def connect(self, who: str = "ada", name: str = "", **options: str) -> adbc.Connection:
        """Connect by name and token, or by a bearer token where no name is given."""
        token = self.tokens.get(who, who)
        said = {"username": name, "password": token} if name else {
            DatabaseOptions.AUTHORIZATION_HEADER.value: f"Bearer {token}"
        }  # fmt: skip
        return adbc.connect(self.server.url, db_kwargs={**said, **options}, autocommit=True)


@contextmanager
def flying(folder: Path) -> Iterator[Serving]:
    with meshwright.open(folder) as mesh:
        running = RunningQueries()
        server = FlightServer(mesh.wiring, MeshProving(mesh.wiring), running, "127.0.0.1", 0)
        try:
            yield Serving(server, mesh, known(mesh), running)
        finally:
            server.stop()


@pytest.fixture(scope="module")
def server(served_shop: Path) -> Iterator[Serving]:
    with flying(served_shop) as found:
        yield found


def rows(connection: adbc.Connection, sql: str, parameters: Any = None) -> list[tuple[Any, ...]]:
    with connection, connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [tuple(row) for row in cursor.fetchall()]


@pytest.mark.parametrize("name", ["", "ada", "person:ada"])
def test_rows_come_by_a_bearer_token_or_by_name_and_token(server: Serving, name: str) -> None:
    assert rows(server.connect(name=name), ORDERS) == [(1, 10), (2, 20), (3, 5)]


def test_a_data_frame_comes_out(server: Serving) -> None:
    with server.connect() as connection:
        frame = polars.read_database(ORDERS, connection)
    assert frame.rows() == [(1, 10), (2, 20), (3, 5)]


def test_a_query_is_in_the_trail_with_its_purpose_and_door(
    server: Serving, served_shop: Path
) -> None:
    options = {f"{DatabaseOptions.RPC_CALL_HEADER_PREFIX.value}mesh-purpose": "billing"}
    rows(server.connect(**options), "select 41 + 1 as x, id from sales.orders.orders")
    sql = "SELECT principal, purpose, door, error FROM queries WHERE door = 'flight' AND purpose <> ''"
    with state(served_shop, sql) as found:
        assert found == [("person:ada", "billing", "flight", "")]


@pytest.mark.parametrize("who", ["wrong", "lineage", ""])
def test_who_proves_nothing_is_refused(server: Serving, who: str) -> None:
    with pytest.raises(adbc.Error, match=r"UNAUTHENTICATED|UNAUTHORIZED|FORBIDDEN|Unauth|token"):
        rows(server.connect(who), ORDERS)


def test_a_token_is_of_the_name_it_comes_with(server: Serving) -> None:
    with pytest.raises(adbc.Error, match="token-invalid"):
        rows(server.connect("gus", name="ada"), ORDERS)


def test_who_may_not_read_is_told_how_to_ask_and_sees_no_table(server: Serving) -> None:
    with pytest.raises(adbc.Error, match=r"mesh access request sales\.orders\.orders"):
        rows(server.connect("gus"), ORDERS)
    with server.connect("gus") as connection:
        found = connection.adbc_get_objects(depth="all").read_all().to_pylist()
        assert not any(one["catalog_name"] for one in found)


def test_domains_products_and_ports_are_catalogs_schemas_and_tables(server: Serving) -> None:
    with server.connect() as connection:
        found = connection.adbc_get_objects(depth="columns").read_all().to_pylist()
        assert [one["catalog_name"] for one in found] == ["insight", "sales"]
        products = {
            one["db_schema_name"]: one["db_schema_tables"] for one in found[1]["catalog_db_schemas"]
        }
        names = [(one["table_name"], one["table_type"]) for one in products["orders"]]
        assert names == [("orders", "TABLE"), ("totals", "TABLE")]
        columns = products["orders"][0]["table_columns"]
        assert [one["column_name"] for one in columns] == ["id", "customer", "amount"]
        schema = connection.adbc_get_table_schema(
            "orders", catalog_filter="sales", db_schema_filter="orders"
        )
        assert schema.field("amount").type == pyarrow.int64()
        assert connection.adbc_get_table_types() == ["TABLE"]
        assert connection.adbc_get_info()["vendor_name"] == "meshwright"


def test_a_prepared_statement_is_prepared_once(server: Serving) -> None:
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.adbc_prepare(ORDERS)
        cursor.execute(ORDERS)
        assert len(cursor.fetchall()) == 3


def test_what_is_wrong_with_a_query_is_told(server: Serving) -> None:
    for sql, expected in (
        ("selekt 1", r"syntax.*\["),
        ("select * from sales.orders.nothing", "table-unknown"),
        ("drop table x", r"\["),
    ):
        with pytest.raises(adbc.Error, match=expected) as caught:
            rows(server.connect(), sql)
        assert "/" not in str(caught.value)
        assert "Traceback" not in str(caught.value)


def test_nothing_can_be_written(server: Serving) -> None:
    with server.connect() as connection, connection.cursor() as cursor:
        with pytest.raises(adbc.Error):
            cursor.executescript("create table x (a int)")
        with pytest.raises(adbc.Error):
            cursor.adbc_ingest("x", pyarrow.table({"a": [1]}))


def test_a_token_that_is_revoked_opens_nothing_at_the_next_query(served_shop: Path) -> None:
    from meshwright.app.identity.tokens import issue_token, revoke_token

    with meshwright.open(served_shop) as mesh:
        server = FlightServer(
            mesh.wiring, MeshProving(mesh.wiring), RunningQueries(), "127.0.0.1", 0
        )
        token = issue_token(mesh.wiring, "person:ada").text
        client = flight.FlightClient(server.url)
        options = flight.FlightCallOptions(headers=[(b"authorization", f"Bearer {token}".encode())])
        info = client.get_flight_info(
            flight.FlightDescriptor.for_command(
                messages.packed(messages.make("CommandStatementQuery", query=ORDERS))
            ),
            options,
        )
        assert client.do_get(info.endpoints[0].ticket, options).read_all().num_rows == 3
        revoke_token(mesh.wiring, token)
        with pytest.raises(flight.FlightUnauthenticatedError, match="token-invalid"):
            client.do_get(info.endpoints[0].ticket, options)
        client.close()
        server.stop()


@pytest.mark.parametrize("command", [b"", b"\xff\xff", b"\x0a\x05hello", b"\x00" * 1000])
def test_garbage_is_refused_and_the_server_serves_on(server: Serving, command: bytes) -> None:
    client = flight.FlightClient(server.server.url)
    options = flight.FlightCallOptions(
        headers=[(b"authorization", f"Bearer {server.tokens['ada']}".encode())]
    )
    with pytest.raises(flight.FlightError):
        client.get_flight_info(flight.FlightDescriptor.for_command(command), options)
    with pytest.raises(flight.FlightError):
        client.do_get(flight.Ticket(command), options).read_all()
    ticket = messages.packed(messages.make("TicketStatementQuery", statement_handle=b"[1"))
    with pytest.raises(flight.FlightError):
        client.do_get(flight.Ticket(ticket), options).read_all()
    client.close()
    assert len(rows(server.connect(), ORDERS)) == 3


def test_a_client_that_goes_ends_its_query(server: Serving) -> None:
    """A cursor that is closed after its first rows leaves nothing running."""
    sql = "select a.range from range(3000) a, range(3000) b"
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        cursor.fetchone()
    import time

    until = time.monotonic() + 20
    while len(server.running) and time.monotonic() < until:
        time.sleep(0.05)
    assert len(server.running) == 0
