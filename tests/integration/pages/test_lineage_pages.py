"""Lineage in a browser: the same edges as a graph and as a list, and nothing of what nobody is to know."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.shop import SHOP, build, column, statuses
from tests.meshes import write_mesh
from tests.serving import Serving, serving
from tests.visiting import Visitor, seen

TAG = "<img src=x onerror=alert(1)>"
EVIL = '<img src=x onerror="alert(1)">'
SPENDING = "insight.report.spending"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """The shop, with a column and words that are markup."""
    evil = {
        "inputs": {"orders": {"port": "sales.orders.orders"}},
        "ports": {"evil": f'select amount as "{TAG}", id from orders'},
        "contracts": {"evil": {"columns": [column(TAG), column("id", description=EVIL)]}},
        "product": {"description": {"purpose": EVIL}},
    }
    shop = {**SHOP, "insight": {**SHOP["insight"], "evil": evil}}
    folder = write_mesh(tmp_path_factory.mktemp("lineage") / "mesh", shop)
    assert set(statuses(build(folder)).values()) == {"published"}
    with serving(folder) as found:
        yield found


def graph(visitor: Visitor, address: str, **words: Any) -> dict[str, Any]:
    answer = visitor.get(f"/lineage/{address}/graph", **words)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def ends(found: dict[str, Any]) -> set[tuple[str, str]]:
    return {
        (f"{e['source']}.{e['source_column']}", f"{e['target']}.{e['column']}")
        for e in found["edges"]
    }


def test_a_column_is_traced_to_its_sources_with_what_only_decides_on_rows_told_apart(
    server: Serving,
) -> None:
    found = graph(Visitor(server), f"{SPENDING}.amount", up="all", down="all")
    assert ("sales.orders.orders.amount", f"{SPENDING}.amount") in ends(found)
    kinds = {(e["source"], e["source_column"]): e["kind"] for e in found["edges"]}
    assert kinds["sales.orders.orders", "amount"] == "direct"
    assert kinds["sales.orders.orders", "customer"] == "indirect"
    assert "files:silos/sales.orders.raw.csv" in {node["id"] for node in found["nodes"]}
    start = found["nodes"][0]
    assert (start["id"], start["depth"], start["way"]) == (SPENDING, 0, ["amount"])
    assert start["columns"] == ["name", "amount"]
    assert start["owners"] == ["insight@example.com"]
    assert start["health"] == "healthy"


def test_steps_end_where_they_are_asked_to_and_the_border_says_that_there_is_more(
    server: Serving,
) -> None:
    found = graph(Visitor(server), "sales.orders.orders", up="0", down="0")
    assert [node["id"] for node in found["nodes"]] == ["sales.orders.orders"]
    assert (found["nodes"][0]["more_up"], found["nodes"][0]["more_down"]) == (True, True)
    up = graph(Visitor(server), SPENDING, up="1", down="0")
    assert {node["id"] for node in up["nodes"]} == {
        SPENDING, "sales.orders.orders", "sales.customers.customers",
    }  # fmt: skip
    orders = next(node for node in up["nodes"] if node["id"] == "sales.orders.orders")
    assert (orders["more_up"], orders["more_down"]) == (True, True)
    models = graph(Visitor(server), "sales.orders.orders", up="1", down="0", models="1")
    assert [n["kind"] for n in models["nodes"]] == ["port", "model"]


def test_the_page_says_the_same_edges_as_a_list_without_a_script(server: Serving) -> None:
    visitor = Visitor(server)
    page = visitor.get(f"/lineage/{SPENDING}.amount")
    said = seen(page)
    written = re.search(r'id="lineage-graph">(.*?)</script>', page.text, re.S)
    assert written is not None
    shape = json.loads(written[1])
    for edge in shape["edges"]:
        assert edge["source"] in said
        for how in edge["how"]:
            assert how in said
    assert "As a list Up: what it is made of step 1" in said
    assert "customer to all columns joined by" in said.replace("→ ", "")
    assert "Down: what is made of it Nothing is made of it." in said
    down = visitor.text("/lineage/sales.orders.orders.amount", down="all")
    assert "amount → to amount aggregated" in down


def test_the_start_is_found_by_a_part_of_a_name(server: Serving) -> None:
    visitor = Visitor(server)
    said = visitor.text("/lineage", q="report")
    assert "insight.report.names" in said
    assert "sales.orders.totals" not in said
    only = visitor.get("/lineage", q="sales customers")
    assert (only.status_code, only.headers["location"]) == (
        303,
        "/lineage/sales.customers.customers",
    )
    assert "Nothing is called that" in visitor.text("/lineage", q="zebra")
    assert "2 products read it" in visitor.text("/lineage")
    assert "Which port?" in visitor.text("/lineage/insight.report")
    assert visitor.get("/lineage/sales.customers").status_code == 303


def test_sql_is_shown_to_who_owns_the_product_alone(server: Serving) -> None:
    url = f"/lineage/{SPENDING}.amount"
    assert "sum(o.amount)" in Visitor(server, "person:insight@example.com").text(url)
    assert "sum(o.amount)" in Visitor(server).text(url)
    gus = Visitor(server, "person:gus").text(url)
    assert "sum(o.amount)" not in gus
    assert "insight@example.com" in gus


def test_a_change_says_what_breaks_and_whom_to_ask(server: Serving) -> None:
    gus = Visitor(server, "person:gus")
    url = "/lineage/sales.orders.orders.amount"
    said = gus.text(url, change="drop")
    assert "To drop sales.orders.orders.amount breaks something." in said
    assert f"{SPENDING}.amount breaks" in said
    assert "insight@example.com" in said
    part = gus.get(f"{url}/impact", change="type", to="VARCHAR")
    assert "<html" not in part.text
    assert 'data-hit="insight.report.spending.amount"' in part.text
    assert "Say what the column is to be called" in gus.text(f"{url}/impact", change="rename")
    wrong = gus.get(f"{url}/impact", change="type", to="NO SUCH TYPE")
    assert wrong.status_code == 404


def test_a_hidden_product_is_something_and_is_named_nowhere(server: Serving, hiding: Any) -> None:
    hiding("sales.orders")
    gus = Visitor(server, "person:gus")
    page = gus.get(f"/lineage/{SPENDING}", up="all")
    assert page.status_code == 200
    assert "something you may not know of" in page.text
    assert "sales.orders" not in page.text
    assert "silos/sales.orders" not in page.text
    assert "silos/sales.customers.people.csv" in page.text
    found = graph(gus, SPENDING, up="all")
    hidden = [node for node in found["nodes"] if node["kind"] == "hidden"]
    assert len(hidden) == 2  # the port, and the file that it alone reads
    for node in hidden:
        assert (node["columns"], node["owners"], node["health"]) == ([], [], "")
        assert re.fullmatch(r"hidden:[0-9a-f]{12}", node["id"])
    assert {n["id"] for n in found["nodes"]} == {
        n["id"] for n in graph(gus, SPENDING, up="all")["nodes"]
    }
    other = graph(Visitor(server, "person:ada"), SPENDING, up="all")
    assert {n["id"] for n in hidden}.isdisjoint(n["id"] for n in other["nodes"])
    assert "sales.orders" in Visitor(server).get(f"/lineage/{SPENDING}").text
    assert "sales.orders" not in gus.get("/lineage").text


@pytest.mark.parametrize("end", ["", "/graph", "/about", "/impact?change=drop"])
def test_a_hidden_product_that_is_asked_for_is_told_as_one_that_there_is_not(
    server: Serving, hiding: Any, end: str
) -> None:
    hiding("sales.orders")
    gus = Visitor(server, "person:gus")
    asked = gus.get(f"/lineage/sales.orders.orders{end}")
    missing = gus.get(f"/lineage/sales.ordres.orders{end}")
    assert asked.status_code == missing.status_code == 404
    assert seen(asked) == seen(missing).replace("ordres", "orders")
    assert "totals" not in asked.text
    assert "totals" not in missing.text
    source = gus.get(f"/lineage/files:silos%2Fsales.orders.raw.csv{end}")
    assert "sales.orders.orders" not in source.text


def test_what_a_change_breaks_leaves_out_what_is_hidden_and_counts_it(
    server: Serving, hiding: Any
) -> None:
    hiding("insight.report")
    said = Visitor(server, "person:gus").get(
        "/lineage/sales.orders.orders.amount", change="drop", down="0"
    )
    assert "something you may not know of" in said.text
    assert "insight.report" not in said.text
    assert "To drop sales.orders.orders.amount breaks something" in seen(said)


def test_names_and_words_that_are_markup_are_told_as_text(server: Serving) -> None:
    visitor = Visitor(server)
    for path in (
        "/lineage/insight.evil.evil",
        "/lineage/insight.evil.evil/about",
        "/lineage/insight.evil.evil.id",
        "/lineage/sales.orders.orders.amount?change=drop",
    ):
        answer = visitor.get(path)
        assert answer.status_code == 200
        assert "<img" not in answer.text
    assert "&lt;img" in visitor.get("/lineage/insight.evil.evil").text
    assert visitor.get("/lineage/<script>alert(1)<%2Fscript>").status_code in (400, 404)
    assert "<script>alert" not in visitor.get("/lineage/<script>alert(1)<%2Fscript>").text


def test_whoever_is_not_signed_in_is_sent_to_sign_in(server: Serving) -> None:
    nobody = Visitor(server, None)
    for path in ("/lineage", f"/lineage/{SPENDING}", f"/lineage/{SPENDING}/graph"):
        answer = nobody.get(path)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in")


def test_clumsy_addresses_and_words_are_answered_and_never_fail(server: Serving) -> None:
    visitor = Visitor(server)
    for path, status in (
        ("/lineage/sales", 400),
        ("/lineage/sales.orders.nothing", 404),
        ("/lineage/sales.orders.orders.nothing", 404),
        ("/lineage/sales.orders.orders@99", 404),
        ("/lineage/files:nothing", 404),
        (f"/lineage/{SPENDING}?up=-1&down=many", 200),
        (f"/lineage/{SPENDING}?up=999999999", 200),
        (f"/lineage/{SPENDING}?change=explode", 200),
        ("/lineage/" + "a" * 3000, 400),
    ):
        assert visitor.get(path).status_code == status, path
    found: Path = server.service.wiring.root
    assert str(found) not in visitor.get("/lineage/sales.orders.nothing").text
