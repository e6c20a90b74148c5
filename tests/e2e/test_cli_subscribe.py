"""Subscriptions at the terminal."""

from pathlib import Path

import pytest

from tests.e2e.shell import mesh
from tests.integration.observed import alert
from tests.listeners import web
from tests.meshes import change_contract, change_yaml


@pytest.fixture
def telling(shop: Path) -> Path:
    alert(shop, 9, notifiers={"log": "file:out/alerts.ndjson"}, default=["log"])
    change_yaml(shop / "mesh.yaml", lambda m: m["alerts"].pop("default"))
    return shop


def test_subscribing_listing_and_ending_read_well(telling: Path) -> None:
    """Once made it is said so again; the list says who asked; an end says what ended."""
    made = mesh(telling, "subscribe", "sales.orders.*", "--events", "change,incident")
    assert made.code == 0
    assert made.out.startswith("log hears of changes, incidents of sales.orders (sub-")
    again = mesh(telling, "subscribe", "sales.orders", "--events", "incident", "--events", "change")
    assert again.out.startswith("log hears already of")
    lines = mesh(telling, "subscribe", "--list").out.splitlines()
    assert lines[0].split() == ["id", "address", "notifier", "events", "by"]
    assert "sales.orders" in lines[1]
    (one,) = mesh(telling, "subscribe", "--list", "--json").json["subscriptions"]
    assert (one["events"], one["is_delivered"]) == (["change", "incident"], True)
    ended = mesh(telling, "unsubscribe", one["id"])
    assert ended.out == "log hears of sales.orders no more\n"
    assert mesh(telling, "subscribe", "--list").out.startswith("nobody subscribed")


def test_a_change_arrives_by_a_run_alone(shop: Path) -> None:
    """Nothing else has to be typed; `mesh alerts` says what it was about."""
    with web() as heard:
        alert(shop, heard.port)
        assert mesh(shop, "subscribe", "sales.customers", "--to", "hook").code == 0
        change_contract(
            shop, "sales.customers.customers", lambda c: c.update(description={"purpose": "x"})
        )
        assert mesh(shop, "run").code == 0
        assert [m["title"][:34] for m in heard.messages] == ["CHANGED sales.customers.customers:"]
    line = mesh(shop, "alerts").out.splitlines()[1]
    assert line.split()[2:] == ["sent", "hook", "changed", "sales.customers.customers"]


def test_wrong_calls_say_what_is_right(telling: Path) -> None:
    assert mesh(telling, "subscribe").code == 2
    assert mesh(telling, "subscribe", "sales", "--list").code == 2
    ended = mesh(
        telling, "subscribe", "sales", "--to", "https://hooks.example.com/s3cr3t", "--json"
    )
    assert ended.json["error"]["code"] == "notifier-unknown"
    assert "s3cr3t" not in ended.json["error"]["message"]
    assert mesh(telling, "unsubscribe", "sales").code == 2
