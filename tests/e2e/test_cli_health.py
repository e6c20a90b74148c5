"""`mesh health`, `mesh cost` and `mesh serve`, as a person types them."""

import json
import os
import pty
import re
import signal
import subprocess
import time
from copy import deepcopy
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from tests.e2e.shell import MESH, mesh, start
from tests.integration.shop import BAD_ORDERS, SHOP, build
from tests.meshes import set_silo, write_mesh

LEVELS = [
    {"property": "freshness", "value": 2, "unit": "d"},
    {"property": "retention", "value": 2, "unit": "y"},
]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop, its orders promised every other day and once rejected."""
    shop = deepcopy(SHOP)
    shop["sales"]["orders"]["contracts"]["orders"]["slaProperties"] = LEVELS
    folder = write_mesh(tmp_path_factory.mktemp("levels") / "mesh", shop)
    build(folder)
    set_silo(folder, "sales.orders.raw", BAD_ORDERS)
    build(folder)
    return folder


def test_the_table_says_what_is_kept_and_what_nobody_enforces(shop: Path) -> None:
    done = mesh(shop, "health")
    assert done.code == 0, done.out
    line = next(line for line in done.out.splitlines() if line.startswith("sales.orders.orders "))
    assert "degraded" in line
    assert "100%" in line
    assert "████████" in line
    assert "incident" in done.out
    assert "NOT ENFORCED sales.orders.orders retention: " in done.out
    assert all(len(line) <= 80 for line in done.out.splitlines() if "  " in line)


def test_json_has_one_shape_for_products_and_ports(shop: Path) -> None:
    document = mesh(shop, "health", "sales.*", "--json").json
    assert document["status"] == "degraded"
    assert [product["product"] for product in document["products"]] == [
        "sales.customers",
        "sales.orders",
    ]
    orders = document["products"][1]["ports"][0]
    assert orders["address"] == "sales.orders.orders"
    assert orders["objective"]["compliance"] == 1.0
    assert orders["levels"][0]["is_met"] is True
    assert orders["not_enforced"][0]["name"] == "retention"
    assert orders["rows"] == [3, 4]


def test_a_broken_port_ends_with_one(shop: Path) -> None:
    done = mesh(shop, "health", "sales.orders", "--as-of", "2099-01-01", "--json")
    assert done.code == 1
    assert done.json["status"] == "broken"


def test_check_says_which_levels_nothing_enforces(shop: Path) -> None:
    done = mesh(shop, "check")
    assert "NOT ENFORCED sales.orders.orders retention" in done.out
    assert "service levels: 1 enforced by observing, 1 not" in done.out
    levels = mesh(shop, "check", "--json").json["service_levels"]
    assert (levels["enforced"], levels["not_enforced"][0]["name"]) == (1, "retention")


def test_a_target_that_is_no_share_is_found_by_check(tmp_path: Path) -> None:
    shop = deepcopy(SHOP)
    shop["sales"]["orders"]["contracts"]["orders"]["customProperties"] = [
        {"property": "objective", "value": "often"}
    ]
    done = mesh(write_mesh(tmp_path / "mesh", shop), "check", "--json")
    assert [p["code"] for p in done.json["problems"] if p["severity"] == "error"] == [
        "objective-invalid"
    ]


def test_costs_are_of_products_domains_and_builds(shop: Path) -> None:
    costs = {cost["name"]: cost for cost in mesh(shop, "cost", "--json").json["costs"]}
    orders = costs["sales.orders"]
    assert (orders["builds"], orders["unpublished"]) == (2, 1)
    assert orders["seconds"] > 0
    assert orders["read_bytes"] > 0
    assert orders["stored_bytes"] == orders["served_bytes"] > 0
    domains = mesh(shop, "cost", "--by", "domain", "--json").json["costs"]
    assert {d["name"]: d["builds"] for d in domains} == {"sales": 3, "insight": 2}
    builds = mesh(shop, "cost", "sales.orders", "--by", "build", "--json").json["costs"]
    assert [build["status"] for build in builds] == ["rejected", "published"]
    assert mesh(shop, "cost", "--by", "domain").out.splitlines()[1].startswith("sales")


def test_metrics_go_to_a_file(shop: Path, tmp_path: Path) -> None:
    target = tmp_path / "mesh.prom"
    assert mesh(shop, "health", "--openmetrics", str(target)).code == 0
    names = {family.name for family in text_string_to_metric_families(target.read_text())}
    assert {"mesh_port_health", "mesh_port_compliance_ratio", "mesh_builds"} <= names
    missing = mesh(shop, "health", "--openmetrics", str(tmp_path / "no" / "mesh.prom"))
    assert missing.code == 3
    assert missing.err.startswith("error: cannot use")


def test_watching_goes_with_no_other_output(shop: Path) -> None:
    assert mesh(shop, "health", "--watch", "--json").code == 2


def test_watch_redraws_until_ctrl_c_and_ends_well(shop: Path) -> None:
    """In a real terminal: at least two pictures, then Ctrl-C ends with 0."""
    parent, child = pty.openpty()
    process = subprocess.Popen(
        [*MESH, "health", "sales.*", "--watch", "--every", "0.2"],
        cwd=shop, stdin=child, stdout=child, stderr=child,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100", "LINES": "40"}, start_new_session=True,
    )  # fmt: skip
    os.close(child)
    seen = b""
    until = time.monotonic() + 60
    while seen.count(b"3 ports:") < 2 and time.monotonic() < until:
        seen += os.read(parent, 65536)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=20) == 0
    assert seen.count(b"3 ports:") >= 2
    os.close(parent)


def test_serving_answers_and_ends_clean(shop: Path) -> None:
    process = start(shop, "serve", "--port", "0")
    try:
        assert process.stderr is not None
        told = process.stderr.readline().decode()
        found = re.search(r"http://127\.0\.0\.1:\d+", told)
        assert found, told
        with urlopen(f"{found[0]}/health", timeout=20) as answer:
            assert json.load(answer)["status"] == "degraded"
        with urlopen(f"{found[0]}/metrics", timeout=20) as answer:
            assert list(text_string_to_metric_families(answer.read().decode()))
        with pytest.raises(HTTPError) as caught:
            urlopen(f"{found[0]}/etc", timeout=20)
        assert caught.value.code == 404
        caught.value.close()
    finally:
        process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (0, b""), err


def test_serving_others_is_refused(shop: Path) -> None:
    done = mesh(shop, "serve", "--host", "0.0.0.0")
    assert done.code == 4
    assert "serve-not-secure" in done.err
