"""Queries over HTTP, on a real server over a real mesh."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from tests.integration.shop import state
from tests.serving import Serving, error_of, serving

ORDERS = "select id, amount from sales.orders.orders order by id"
ARROW = "application/vnd.apache.arrow.stream"


@pytest.fixture(scope="module")
def server(served_shop: Path) -> Iterator[Serving]:
    with serving(served_shop) as found:
        yield found


def test_rows_come_in_every_format_the_same(server: Serving) -> None:
    """Arrow, Parquet, CSV, NDJSON and JSON hold the same rows."""
    rows = [(1, 10), (2, 20), (3, 5)]
    arrow = server.query(ORDERS, ARROW)
    assert arrow.headers["content-type"] == ARROW
    table = pyarrow.ipc.open_stream(arrow.content).read_all()
    assert list(zip(*table.to_pydict().values(), strict=True)) == rows
    parquet = server.query(ORDERS, "application/vnd.apache.parquet")
    assert pyarrow.parquet.read_table(io.BytesIO(parquet.content)).to_pydict() == table.to_pydict()
    assert server.query(ORDERS, "text/csv").text == "id,amount\n1,10\n2,20\n3,5\n"
    lines = server.query(ORDERS, "application/x-ndjson").text.splitlines()
    assert [tuple(json.loads(line).values()) for line in lines] == rows
    document = server.query(ORDERS).json()
    assert [tuple(row) for row in document["rows"]] == rows
    assert document["columns"][0] == {"name": "id", "type": "BIGINT"}
    assert document["versions"] == {"sales.orders.orders": 1}


def test_an_answer_names_its_query_its_versions_and_is_in_the_trail(
    server: Serving, served_shop: Path
) -> None:
    response = server.query(ORDERS, body={"purpose": "billing"})
    assert response.headers["mesh-versions"] == "sales.orders.orders@1"
    sql = "SELECT principal, purpose, door FROM queries WHERE query = '{}'"
    with state(served_shop, sql.format(response.headers["mesh-query"])) as rows:
        assert rows == [("person:ada", "billing", "http")]


def test_no_rows_are_a_document_all_the_same(server: Serving) -> None:
    sql = "select id from sales.orders.orders where id < 0"
    assert server.query(sql).json()["rows"] == []
    assert server.query(sql, "text/csv").text == "id\n"
    assert pyarrow.ipc.open_stream(server.query(sql, ARROW).content).read_all().num_rows == 0


def test_values_that_json_has_not_are_text(server: Serving) -> None:
    sql = "select 1.50::decimal(9,2) d, date '2026-01-02' t, 'nan'::double n, 'inf'::double i, [1, 2] l"
    assert server.query(sql).json()["rows"] == [["1.50", "2026-01-02", None, "Infinity", [1, 2]]]
    assert server.query(sql, "text/csv").text.splitlines()[1].endswith(',"[1,2]"')


def test_who_proves_nothing_reads_nothing(server: Serving) -> None:
    assert error_of(server.query(ORDERS, token="")) == (401, "sign-in-needed")
    wrong = server.query(ORDERS, token="wrong")
    assert error_of(wrong) == (401, "token-invalid")
    assert wrong.headers["www-authenticate"].startswith("Bearer")


def test_who_may_not_read_is_told_how_to_ask(server: Serving) -> None:
    response = server.query(ORDERS, token="gus")
    assert error_of(response) == (403, "access-denied")
    assert response.json()["error"]["hint"].startswith("mesh access request sales.orders.orders")


def test_a_token_for_a_purpose_asks_for_no_other(server: Serving) -> None:
    assert server.query(ORDERS, token="billing").status_code == 200
    other = server.query(ORDERS, token="billing", body={"purpose": "marketing"})
    assert error_of(other) == (403, "purpose-not-of-token")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "body-invalid"),
        (b"[]", "body-invalid"),
        (b'{"sql": 1}', "body-invalid"),
        (b'{"sql": "select 1", "parameters": [{}]}', "body-invalid"),
        (b'{"sql": "select 1"', "body-invalid"),
        (b"\xff", "body-invalid"),
    ],
)
def test_a_body_that_is_none_is_refused(server: Serving, body: bytes, code: str) -> None:
    response = server.ask(
        "POST", "/api/v1/query", content=body, headers={"Content-Type": "application/json"}
    )
    assert error_of(response) == (400, code)


def test_what_is_wrong_with_a_query_is_told_by_its_kind(server: Serving) -> None:
    assert error_of(server.query("select * from sales.orders.nothing")) == (404, "table-unknown")
    assert server.query("selekt 1").status_code == 400
    assert server.query("drop table x").status_code == 400
    assert error_of(server.query("select 1", "image/png")) == (406, "format-unknown")
