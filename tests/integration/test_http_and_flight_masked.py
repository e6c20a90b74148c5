"""A masked column is visible as masked, never an error, alike over HTTP and Flight SQL; parameters too."""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import adbc_driver_flightsql.dbapi as adbc
import pytest
from adbc_driver_flightsql import DatabaseOptions

from meshwright.serve.flight.server import FlightServer
from tests.integration.shop import SHOP, build
from tests.meshes import write_mesh
from tests.serving import Serving, serving

SQL = "select id, name from sales.customers.customers order by id"
API = "/api/v1"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """The shop, whose names of customers are confidential and shown by their first letters."""
    shop = deepcopy(SHOP)
    name = shop["sales"]["customers"]["contracts"]["customers"]["columns"][1]
    name["classification"] = "confidential"
    name["customProperties"] = [{"property": "mask", "value": "mask-alphanum"}]
    folder: Path = write_mesh(tmp_path_factory.mktemp("masked") / "mesh", shop)
    build(folder, "sales.*")
    with serving(folder) as found:
        wanted = {"address": "sales.customers.customers", "purpose": "care", "lasting": "30d"}
        asked = found.ask("POST", f"{API}/access/requests", token="gus", json=wanted).json()
        path = f"{API}/access/requests/{asked['request']}/approve"
        assert "grant" in found.ask("POST", path, token="sales", json={}).json()
        yield found


@pytest.fixture(scope="module")
def flight(server: Serving) -> Iterator[FlightServer]:
    service = server.service
    found = FlightServer(service.wiring, service.proving, service.running, "127.0.0.1", 0)
    yield found
    found.stop()


def connect(flight: FlightServer, server: Serving, who: str) -> adbc.Connection:
    options = {DatabaseOptions.AUTHORIZATION_HEADER.value: f"Bearer {server.tokens[who]}"}
    return adbc.connect(flight.url, db_kwargs=options, autocommit=True)


def test_the_same_person_sees_the_same_masked_rows(server: Serving, flight: FlightServer) -> None:
    answer = server.query(SQL, token="gus")
    masked = [tuple(row) for row in answer.json()["rows"]]
    assert masked == [(1, "xxx"), (2, "xxx")]
    assert answer.headers["mesh-masked"] == "sales.customers.customers.name=mask-alphanum"
    with connect(flight, server, "gus") as db, db.cursor() as cursor:
        cursor.execute(SQL)
        assert [tuple(row) for row in cursor.fetchall()] == masked
    with connect(flight, server, "sales") as db, db.cursor() as cursor:
        cursor.execute(SQL)
        assert [tuple(row) for row in cursor.fetchall()] == [(1, "ada"), (2, "bob")]


def test_a_mask_is_told_where_columns_are_listed(server: Serving, flight: FlightServer) -> None:
    port = server.get(f"{API}/ports/sales.customers.customers", token="gus").json()
    assert {one["name"]: one["mask"] for one in port["columns"]} == {
        "id": "",
        "name": "mask-alphanum",
    }
    assert port["grant"]
    with connect(flight, server, "gus") as db:
        schema = db.adbc_get_table_schema("customers", catalog_filter="sales")
    assert schema.field("name").metadata[b"mesh:mask"] == b"mask-alphanum"


def test_a_condition_sees_what_its_asker_sees(server: Serving) -> None:
    """A mask cannot be guessed around by `where`."""
    path = f"{API}/ports/sales.customers.customers/rows"
    found = server.get(path, token="gus", params={"where": "name = 'ada'"}).json()
    assert found["rows"] == []
    assert len(server.get(path, token="gus", params={"where": "name = 'xxx'"}).json()["rows"]) == 2


def test_parameters_fill_the_marks_in_a_query(server: Serving, flight: FlightServer) -> None:
    sql = "select id from sales.customers.customers where id = ? and name <> ?"
    answer = server.query(sql, body={"parameters": [2, "x'; drop table y --"]})
    assert answer.json()["rows"] == [[2]]
    with connect(flight, server, "ada") as db, db.cursor() as cursor:
        cursor.execute(sql, (2, "x'; drop table y --"))
        assert cursor.fetchall() == [(2,)]
        cursor.execute(sql, (1, "z"))
        assert cursor.fetchall() == [(1,)]
