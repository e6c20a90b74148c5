"""Ports and metadata over HTTP, on a real server over a real mesh."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import Serving, error_of, serving

API = "/api/v1"
ROWS = f"{API}/ports/sales.orders.orders/rows"


@pytest.fixture(scope="module")
def server(served_shop: Path) -> Iterator[Serving]:
    with serving(served_shop) as found:
        yield found


def test_only_ports_that_one_may_read_are_listed(server: Serving) -> None:
    found = server.get(f"{API}/ports").json()
    assert [port["address"] for port in found["ports"]][:2] == [
        "insight.lonely.lonely",
        "insight.report.names",
    ]
    assert server.get(f"{API}/ports", token="gus").json() == {"ports": [], "next": ""}


def test_a_port_that_one_may_not_read_is_told_like_one_that_there_is_not(server: Serving) -> None:
    hidden = server.get(f"{API}/ports/sales.orders.orders", token="gus")
    missing = server.get(f"{API}/ports/sales.orders.nothing", token="gus")
    assert error_of(hidden) == error_of(missing) == (404, "port-unknown")
    assert hidden.json()["error"]["hint"] == missing.json()["error"]["hint"]
    columns = server.get(f"{API}/ports/sales.orders.orders").json()["columns"]
    assert [(one["name"], one["is_key"]) for one in columns] == [
        ("id", True), ("customer", False), ("amount", False)
    ]  # fmt: skip


def test_a_list_is_read_page_by_page(server: Serving) -> None:
    seen, cursor = [], ""
    while True:
        found = server.get(f"{API}/products", params={"limit": 3, "cursor": cursor}).json()
        seen += [line["product"] for line in found["products"]]
        assert len(found["products"]) <= 3
        if not (cursor := found["next"]):
            break
    assert seen == ["insight.lonely", "insight.report", "sales.customers", "sales.orders"]
    assert error_of(server.get(f"{API}/products?cursor=%C3%A9")) == (400, "cursor-invalid")


def test_rows_of_a_port_are_thinned_out_by_column_condition_and_limit(server: Serving) -> None:
    how = {"columns": "amount,id", "where": "amount >= 10", "limit": "1"}
    found = server.get(ROWS, params=how).json()
    assert [one["name"] for one in found["columns"]] == ["amount", "id"]
    assert found["rows"] in ([[10, 1]], [[20, 2]])
    assert len(server.get(ROWS).json()["rows"]) == 3
    assert len(server.get(f"{API}/ports/sales.orders.orders@1/rows").json()["rows"]) == 3
    assert error_of(server.get(ROWS, params={"version": "9"}))[0] in (400, 404)
    assert server.get(ROWS, params={"format": "csv"}).text.startswith("id,customer,amount\n")


@pytest.mark.parametrize(
    "where",
    [
        "1=1) union select * from sales.customers.customers where (1=1",
        "1=1) union all select * from sales.orders.orders where (1=1",
        "1=1) limit (1",
        "1=1) group by (id",
        "1=1 --",
        "1=1; drop table x",
        "id in (select id from sales.customers.customers)",
        "1=1) or id in (select 1 from insight.lonely.lonely) or (1=1",
        "/* ",
        "",
    ],
)
def test_a_condition_reaches_nothing_but_the_rows_of_its_port(server: Serving, where: str) -> None:
    response = server.get(ROWS, params={"where": where})
    if where in ("", "1=1 --"):  # as good as none
        assert len(response.json()["rows"]) == 3
    else:
        assert error_of(response) == (400, "condition-invalid")


@pytest.mark.parametrize("columns", ['id" from x --', "*", "count(*)", "id, (select 1)", "nothing"])
def test_columns_are_names_and_nothing_else(server: Serving, columns: str) -> None:
    assert server.get(ROWS, params={"columns": columns}).status_code == 400


@pytest.mark.parametrize(
    "address",
    [
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e",
        "sales",
        "sales.orders",
        "a.b.c'--",
        "%00",
        "sales.orders.orders/../x",
    ],
)
def test_an_address_leads_nowhere_else(server: Serving, address: str) -> None:
    for path in (
        f"{API}/ports/{address}/rows",
        f"{API}/ports/{address}",
        f"{API}/products/{address}x",
    ):
        assert server.get(path).status_code in (400, 404)


def test_metadata_is_as_the_command_shows_it(server: Serving) -> None:
    """For whoever is known, reading rights or not; never for strangers."""
    guest = {"token": "gus"}
    assert server.get(f"{API}/products/sales.orders", **guest).json()["owners"] == [
        "sales@example.com"
    ]
    up = server.get(f"{API}/lineage/insight.report.spending.amount", **guest).json()
    assert "sales.orders.orders" in str(up)
    impact = server.get(f"{API}/impact/sales.orders.orders.amount?drop=true", **guest).json()
    assert impact["breaks"]
    assert server.get(f"{API}/health", **guest).json()["status"] in (
        "healthy",
        "unknown",
        "degraded",
    )
    history = server.get(f"{API}/history/sales.orders", **guest).json()["history"]
    assert [line["version"] for line in history] == [1]
    assert server.get(f"{API}/incidents", **guest).json() == {"incidents": [], "next": ""}
    assert server.get(f"{API}/cost", **guest).json()["costs"]
    for path in ("products", "health", "incidents", "lineage/sales.orders.orders"):
        assert error_of(server.get(f"{API}/{path}", token="")) == (401, "sign-in-needed")


def test_a_page_names_no_folder_of_the_machine(server: Serving, served_shop: Path) -> None:
    for form in ("document", "whole"):
        told = server.get(f"{API}/products/sales.orders?form={form}").text
        assert str(served_shop) not in told
        assert "/tmp" not in told


def test_what_was_read_before_is_not_sent_again(server: Serving) -> None:
    first = server.get(f"{API}/products")
    again = server.get(f"{API}/products", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_token_opens_what_its_scopes_say(server: Serving) -> None:
    assert server.get(f"{API}/me", token="query").json()["scopes"] == ["query"]
    assert server.get(f"{API}/ports", token="query").status_code == 200


def test_a_parameter_that_is_none_is_named(server: Serving) -> None:
    assert error_of(server.get(f"{API}/products?domian=sales")) == (400, "parameter-unknown")
    assert error_of(server.get(f"{API}/products?limit=1&limit=2")) == (400, "parameter-twice")
    assert error_of(server.get(f"{API}/products?limit=-1")) == (400, "parameter-invalid")
    assert error_of(server.get(f"{API}/products?limit=99999")) == (400, "parameter-invalid")
