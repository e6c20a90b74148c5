"""The pages of builds over HTTP: real builds, run by a real server in a process of their own."""

import json
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest

import meshwright
from meshwright.app.build_log import read_log
from meshwright.app.identity.users import add_user
from meshwright.serve.builds.child import Order
from meshwright.serve.builds.runner import BuildRunner
from tests.integration.shop import BAD_ORDERS, MORE_ORDERS, build, state
from tests.meshes import set_model, set_silo
from tests.serving import Serving, serving
from tests.visiting import Visitor

OWNER, STRANGER = "person:sales@example.com", "person:gus"
SLOW = (
    "select id, customer, amount from clean where (select count(*) from range(2000000000) a(i),"
    " range(1000) b(j) where a.i * b.j % 7 = 3) >= 0"
)


@pytest.fixture
def server(shop: Path) -> Iterator[Serving]:
    with serving(shop, people=False) as found:
        for name in (OWNER, STRANGER):
            add_user(found.service.wiring, name)
        yield found


def newest(folder: Path, product: str = "sales.orders") -> tuple[str, str]:
    """Return the newest build of a product, and how it ended."""
    sql = f"SELECT build, status FROM builds WHERE product = '{product}' ORDER BY started_at DESC LIMIT 1"
    with state(folder, sql) as rows:
        ((name, status),) = rows
    return str(name), str(status)


def ended(server: Serving, seconds: float = 60.0) -> Any:
    """Return the newest run of a server once it is over."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        jobs = server.service.builds.jobs()
        if jobs and jobs[0].is_over:
            return jobs[0]
        time.sleep(0.1)
    raise AssertionError("the run did not end")


def test_builds_of_all_products_are_listed_and_filtered(server: Serving, shop: Path) -> None:
    set_silo(shop, "sales.orders.raw", BAD_ORDERS)
    assert build(shop, "sales.orders")["sales.orders"].status == "rejected"
    visitor = Visitor(server, STRANGER)
    page = visitor.get("/builds").text
    for product in ("sales.orders", "sales.customers", "insight.report", "insight.lonely"):
        assert f">{product}</a>" in page
    rejected = visitor.get("/builds", status="rejected").text
    assert rejected.count('<a class="mono" href="/builds/') == 1
    assert "failed check" in rejected
    assert ">sales.orders</a>" not in visitor.get("/builds?domain=insight").text
    assert "No builds" in visitor.get("/builds?product=sales.orders&status=failed").text


def test_a_build_has_its_steps_its_checks_and_its_run(server: Serving, shop: Path) -> None:
    set_silo(shop, "sales.orders.raw", BAD_ORDERS)
    build(shop)
    name, status = newest(shop)
    assert status == "rejected"
    visitor = Visitor(server, OWNER)
    page = visitor.get(f"/builds/{name}").text
    assert "making orders" in page
    assert "auditing totals" in page
    assert "last good version stays served" in page
    assert "1 of 4" in page  # rows that fail a check
    assert "orders.audit.json" in page
    visitor = Visitor(server, STRANGER)
    page = visitor.get(f"/builds/{name}").text
    assert "making orders" in page
    assert "orders.audit.json" not in page
    assert "/again" not in page
    assert visitor.get("/builds/20200101T000000000_00000000").status_code == 404


def test_the_builds_of_one_run_are_found_from_each(shop: Path, server: Serving) -> None:
    set_silo(shop, "sales.orders.raw", MORE_ORDERS)
    results = build(shop)
    assert results["insight.report"].status == "published"
    visitor = Visitor(server)
    page = visitor.get(f"/builds/{newest(shop)[0]}").text
    assert "This run" in page
    assert f'<a href="/builds/{results["insight.report"].build}">insight.report</a>' in page


def test_the_log_is_beside_the_build_and_holds_no_value(shop: Path) -> None:
    set_silo(shop, "sales.customers.people", "id,name\n1,ada\n2,secret-name\n")
    name = build(shop, "sales.customers")["sales.customers"].build
    log = read_log(shop / f".mesh/data/sales/customers/.builds/{name}")
    assert [line.text for line in log] == [
        "reading people", "making customers", "auditing customers", "judging",
    ]  # fmt: skip
    assert "secret-name" not in json.dumps([line.text for line in log])


def test_an_error_is_shown_to_those_who_may_see_rows(server: Serving, shop: Path) -> None:
    set_model(
        shop,
        "sales.customers",
        "customers",
        "select id, name::INTEGER::VARCHAR as name from people",
    )
    assert build(shop, "sales.customers")["sales.customers"].status == "failed"
    name, _ = newest(shop, "sales.customers")
    value = re.compile(r"\bada\b")
    visitor = Visitor(server, OWNER)
    assert value.search(visitor.get(f"/builds/{name}").text)
    visitor = Visitor(server, STRANGER)
    page = visitor.get(f"/builds/{name}").text
    assert not value.search(page)
    assert "sql-conversion" in page


def test_an_owner_builds_again_and_a_stranger_is_refused(server: Serving, shop: Path) -> None:
    name, _ = newest(shop)
    visitor = Visitor(server, STRANGER)
    assert "Build something now" not in visitor.get("/builds").text
    refused = visitor.send(f"/builds/{name}/again")
    assert (refused.status_code, "verb-denied" in refused.text) == (403, True)
    assert visitor.send("/builds/start", select="sales.orders").status_code == 403
    assert visitor.send("/builds/start", select="").status_code == 403
    visitor = Visitor(server, OWNER)
    assert visitor.send("/builds/start", select="insight.report").status_code == 403
    assert visitor.send(f"/builds/{name}/again", csrf="0" * 32).status_code == 403
    assert server.service.builds.jobs() == []
    assert visitor.send(f"/builds/{name}/again").headers["location"] == "/builds"
    job = ended(server)
    assert [one["status"] for one in job.results] == ["published"]
    assert job.products["sales.orders"]["status"] == "published"
    again, status = newest(shop)
    assert (again != name, status) == (True, "published")
    page = visitor.get("/builds").text
    assert f"begun here by {OWNER}" in page
    sql = f"SELECT actor, run FROM builds WHERE build = '{again}'"
    with state(shop, sql) as rows:
        assert rows == [(OWNER, job.id)]


def test_what_there_is_not_is_told_at_once(server: Serving) -> None:
    visitor = Visitor(server)
    wrong = visitor.send("/builds/start", select="sales.nothing")
    assert wrong.status_code in (400, 404)
    assert "sales.nothing" in wrong.text
    assert visitor.send("/builds/runs/run-0/cancel").status_code == 404


def test_who_watches_hears_of_a_build_as_it_goes_on(server: Serving, shop: Path) -> None:
    """Server-sent events tell of a build that another process runs, step by step, until it has ended."""
    set_silo(shop, "sales.orders.raw", MORE_ORDERS)
    visitor = Visitor(server, STRANGER)
    with listening(visitor) as heard:
        name = build(shop, "sales.orders")["sales.orders"].build
        wait_for(lambda: any(k == "ended" and said["build"] == name for k, said in heard))
    kinds = [kind for kind, said in heard if said.get("build") == name]
    assert (kinds[0], kinds[-1]) == ("begun", "ended")
    texts = [said["text"] for kind, said in heard if kind == "log" and said["build"] == name]
    assert texts[0] == "reading raw"
    assert "making orders" in texts
    assert texts[-1] == "judging"
    (end,) = [said for kind, said in heard if kind == "ended" and said["build"] == name]
    assert (end["status"], end["version"], end["rows"]) == ("published", 2, 6)


def test_a_run_that_is_cancelled_ends_cleanly(server: Serving, shop: Path) -> None:
    """Nothing of it is served, no process stays, and the next run works."""
    set_model(shop, "sales.orders", "orders", SLOW)
    visitor = Visitor(server, OWNER)
    stranger = Visitor(server, STRANGER)
    visitor.send("/builds/start", select="sales.orders", force="yes")
    wait_for(lambda: newest(shop)[1] == "running", 60)
    job = server.service.builds.jobs()[0]
    page = visitor.get("/builds").text
    wait_for(lambda: "making orders" in visitor.get(f"/builds/{newest(shop)[0]}").text)
    assert f"/builds/runs/{job.id}/cancel" in page
    assert stranger.get("/builds").status_code == 200  # while it computes
    assert f"/builds/runs/{job.id}/cancel" not in stranger.get("/builds").text
    assert stranger.send(f"/builds/runs/{job.id}/cancel").status_code == 403
    assert visitor.send(f"/builds/runs/{job.id}/cancel").status_code == 303
    assert ended(server).state == "cancelled"
    assert newest(shop)[1] == "failed"
    with meshwright.open(shop) as mesh:
        assert len(mesh.read("sales.orders.orders")) == 3
    set_model(shop, "sales.orders", "orders", "select id, customer, amount from clean")
    assert build(shop, "sales.orders")["sales.orders"].status in ("up_to_date", "published")


def test_a_server_that_ends_ends_its_run_cleanly(shop: Path) -> None:
    set_model(shop, "sales.orders", "orders", SLOW)
    with serving(shop, people=False) as server:
        visitor = Visitor(server)
        visitor.send("/builds/start", select="sales.orders", force="yes")
        visitor.send("/builds/start", select="sales.customers", force="yes")
        wait_for(lambda: newest(shop)[1] == "running", 60)
        process = server.service.builds._process
        assert process is not None
    assert [job.state for job in server.service.builds.jobs()] == ["cancelled", "failed"]
    assert process.poll() is not None
    assert newest(shop)[1] == "failed"


def test_a_run_ends_when_its_server_is_killed(shop: Path) -> None:
    """Whoever holds the other end of its stdin is gone: it ends by itself."""
    set_model(shop, "sales.orders", "orders", SLOW)
    runner = BuildRunner()
    with meshwright.open(shop) as mesh:
        root = mesh.wiring.root
    runner.begin(Order(str(root), "", "", "run-x", ("sales.orders",), force=True), "person:me")
    wait_for(lambda: newest(shop)[1] == "running", 60)
    process = runner._process
    assert process is not None
    assert process.stdin is not None
    os.close(process.stdin.fileno())
    wait_for(lambda: process.poll() is not None, 30)
    assert newest(shop)[1] == "failed"
    process.stdin = None
    runner.stop()


def test_runs_take_turns(server: Serving, shop: Path) -> None:
    set_silo(shop, "sales.orders.raw", MORE_ORDERS)
    visitor = Visitor(server)
    for product in ("sales.orders", "sales.customers"):
        visitor.send("/builds/start", select=product, force="yes")
    wait_for(lambda: all(job.is_over for job in server.service.builds.jobs()), 90)
    second, first = server.service.builds.jobs()
    assert [first.state, second.state] == ["ended", "ended"]
    assert first.ended_at <= second.ended_at


def wait_for(is_so: Any, seconds: float = 30.0) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.1)


@contextmanager
def listening(visitor: Visitor) -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """Listen to what the server says of builds, in a thread."""
    heard: list[tuple[str, dict[str, Any]]] = []
    begun: list[bool] = []
    over: list[bool] = []

    def listen() -> None:
        kind = ""
        with (
            suppress(httpx.HTTPError, RuntimeError),  # the one who listens has gone
            visitor.client.stream("GET", "/builds/live", timeout=httpx.Timeout(60)) as response,
        ):
            assert response.headers["content-type"].startswith("text/event-stream")
            for line in response.iter_lines():
                begun.append(True)
                if line.startswith("event: "):
                    kind = line[7:]
                elif line.startswith("data: "):
                    heard.append((kind, json.loads(line[6:])))
                if over:
                    return

    thread = Thread(target=listen, daemon=True)
    thread.start()
    wait_for(lambda: begun)
    try:
        yield heard
    finally:
        over.append(True)
