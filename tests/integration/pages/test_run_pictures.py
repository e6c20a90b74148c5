"""Runs as pictures on the pages of builds: real runs of a real server, seen by those who may know of what."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from meshwright.app.catalog import run_picture
from meshwright.app.identity.users import add_user
from meshwright.app.mesh import open_mesh
from tests.integration.granted import put_policies
from tests.integration.shop import BAD_ORDERS, MORE_ORDERS, build
from tests.integration.test_builds_pages import SLOW as SLOW_ORDERS
from tests.integration.test_builds_pages import ended, newest, wait_for
from tests.integration.web import PEOPLE, WEB
from tests.meshes import set_model, set_silo, write_mesh
from tests.serving import Serving, serving
from tests.visiting import Visitor

STRANGER, GUS = "person:gus", "person:gus"
SLOW = SLOW_ORDERS.replace("id, customer, amount from clean", "id, name from people")
HIDE = "visibility:\n  - id: hide-visits\n    objects: {addresses: [web.visits]}\n"


@pytest.fixture
def server(shop: Path) -> Iterator[Serving]:
    with serving(shop, people=False) as found:
        add_user(found.service.wiring, STRANGER)
        yield found


def spots(page: str) -> dict[str, tuple[str, str]]:
    """Return what the picture of a page says of each product, and where it leads; the last picture's."""
    found = re.findall(r'<a id="[^"]*" href="([^"]+)"[^>]*><title>([^:<]+): ([^<]*)</title>', page)
    return {name: (said, href) for href, name, said in found}


def edges(page: str) -> int:
    return page.count('<path class="flow"')


def test_the_run_of_a_build_is_drawn_with_what_is_next_to_it(shop: Path, server: Serving) -> None:
    set_silo(shop, "sales.orders.raw", MORE_ORDERS)
    results = build(shop)
    page = Visitor(server, STRANGER).get(f"/builds/{newest(shop)[0]}").text
    orders, report = results["sales.orders"].build, results["insight.report"].build
    assert spots(page) == {
        "sales.customers": ("healthy, not part of this run", "/products/sales.customers"),
        "sales.orders": ("published", f"/builds/{orders}"),
        "insight.report": ("published; reads sales.customers, sales.orders", f"/builds/{report}"),
    }
    assert edges(page) == 2
    listed = page.partition('aria-label="Products of this run"')[2].partition("</details>")[0]
    assert all(f">{name}</a>" in listed for name in spots(page)), "the list has all that is drawn"
    assert re.search(rf'href="/builds/{orders}" aria-current="true"><title>sales.orders', page)
    assert 'role="group" aria-label="The run: 2 published"' in page
    assert "style=" not in page


def test_of_a_run_that_went_wrong_each_says_how_it_ended(server: Serving, shop: Path) -> None:
    set_silo(shop, "sales.orders.raw", BAD_ORDERS)
    visitor = Visitor(server)
    visitor.send("/builds/start", select="")
    job = ended(server)
    page = visitor.get("/builds").text
    rejected = newest(shop)[0]
    found = spots(page)
    assert found["sales.orders"] == ("rejected", f"/builds/{rejected}")
    assert found["insight.report"] == (
        "skipped; reads sales.customers, sales.orders",
        "/products/insight.report",
    )
    assert found["sales.customers"][0] == "up to date"
    assert "insight.report: sales.orders did not publish" in page
    assert f'<details class="as-list" id="{job.id}-list">' in page
    assert "; reads sales.customers" in page
    own = spots(visitor.get(f"/builds/{rejected}").text)
    assert own["insight.report"][0].startswith("skipped"), "the page of a build knows of it too"


def test_a_run_is_drawn_while_it_goes_on(server: Serving, shop: Path) -> None:
    """What runs says what it does, what is to come waits: for the one who began it, and for others."""
    set_model(shop, "sales.customers", "customers", SLOW)
    visitor = Visitor(server)
    visitor.send("/builds/start", select="sales.customers+", force="yes")
    try:
        wait_for(lambda: "running, making customers" in visitor.get("/builds").text, 60)
        for who in (visitor, Visitor(server, STRANGER)):
            page = who.get("/builds", headers={"HX-Request": "true"}).text
            found = spots(page)
            assert found["sales.customers"] == (
                "running, making customers",
                f"/builds/{newest(shop, 'sales.customers')[0]}",
            )
            assert found["insight.report"][0].startswith("waiting; reads ")
            assert found["sales.orders"][0] == "healthy, not part of this run"
            assert f'data-stage="{newest(shop, "sales.customers")[0]}"' in page
    finally:
        visitor.send(f"/builds/runs/{server.service.builds.jobs()[0].id}/cancel")
    assert ended(server).state == "cancelled"
    found = spots(visitor.get("/builds").text)
    assert (found["sales.customers"][0], found["insight.report"][0].partition(";")[0]) == (
        "failed",
        "skipped",
    )


def test_a_run_that_was_begun_elsewhere_is_drawn_from_the_ledger(
    server: Serving, shop: Path
) -> None:
    set_silo(shop, "sales.orders.raw", MORE_ORDERS)
    results = build(shop)
    report = results["insight.report"].build
    visitor = Visitor(server)
    assert spots(visitor.get("/builds").text) == {}
    with server.service.wiring.store.write() as writer:
        writer.run("UPDATE builds SET status = 'running' WHERE build = ?", [report])
    page = visitor.get("/builds").text
    assert "A run begun elsewhere" in page
    found = spots(page)
    assert found["insight.report"][0].startswith("running")
    assert found["sales.orders"][0] == "published"


@pytest.fixture(scope="module")
def veiled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A mesh in whose newest run a hidden product stands between two that are not."""
    folder = write_mesh(tmp_path_factory.mktemp("veiled") / "mesh", WEB)
    with open_mesh(folder) as mesh:
        mesh.run()
        set_silo(folder, "crm.people.raw", f"{PEOPLE}3,cyd,cyd@example.com\n")
    put_policies(folder, HIDE)
    with serving(folder) as found:
        visitor = Visitor(found)
        visitor.send("/builds/start", select="")
        assert {one["status"] for one in ended(found).results} == {"published"}
        yield found


def test_a_hidden_product_is_in_no_picture_and_in_no_count(veiled: Serving) -> None:
    folder = veiled.service.wiring.root
    path = f"/builds/{newest(folder, 'top.summary')[0]}"
    for where in (path, "/builds"):
        mine = Visitor(veiled).get(where).text
        assert (len(spots(mine)), edges(mine)) == (3, 2), where
        assert 'aria-label="The run: 3 published"' in mine
        page = Visitor(veiled, GUS).get(where).text
        assert set(spots(page)) == {"crm.people", "top.summary"}, where
        assert edges(page) == 0
        assert "visits" not in page
        assert 'aria-label="The run: 2 published"' in page


def test_a_hidden_neighbour_is_not_drawn(veiled: Serving) -> None:
    folder = veiled.service.wiring.root
    with open_mesh(folder) as mesh:
        mesh.run("top.summary", force=True)
    path = f"/builds/{newest(folder, 'top.summary')[0]}"
    assert "not part of this run" in spots(Visitor(veiled).get(path).text)["web.visits"][0]
    page = Visitor(veiled, GUS).get(path).text
    assert (spots(page), "visits" in page) == ({}, False)


def test_a_large_run_is_drawn_in_part_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_picture, "MOST_SHOWN", most := 6)
    parts: dict[str, Any] = {
        f"p{n:02}": {"inputs": {"raw": "x\n1\n"}, "ports": {"x": "select x from raw"}}
        for n in range(most + 4)
    }
    reader = {"inputs": {"x": {"port": "many.p00.x"}}, "ports": {"y": "select x from x"}}
    folder = write_mesh(tmp_path / "mesh", {"many": parts | {"reader": reader}})
    results = build(folder)
    with serving(folder, people=False) as found:
        page = Visitor(found).get(f"/builds/{results['many.reader'].build}").text
    assert f"2 of {most + 5} products of this run are drawn" in page
    assert set(spots(page)) == {"many.reader", "many.p00"}
    assert page.count('<ol class="chain">') == 1, "all of them are listed"
    assert all(f">many.p{n:02}</a>" in page for n in range(most + 4))
