"""Who subscribed hears of changes, incidents and deprecations; once each, whatever the notifier does."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from meshwright.errors import UsageError
from tests.integration.observed import Clock, alert, observe, open_at
from tests.integration.shop import BAD_ORDERS, build, column, state
from tests.integration.test_deprecated import NEXT, PORT, add_successor, custom
from tests.listeners import Web, web
from tests.meshes import change_contract, change_yaml, set_silo


@pytest.fixture
def listening(shop: Path) -> Any:
    """The built shop with a listener that is told of nothing by default."""
    with web() as heard:
        tell_nobody(shop, heard.port)
        yield shop, heard


def tell_nobody(folder: Path, port: int) -> None:
    """Give mesh.yaml a notifier, and nothing by which it would be told of."""
    alert(folder, port)
    change_yaml(folder / "mesh.yaml", lambda mesh: mesh["alerts"].pop("default"))


def subscribe(folder: Path, address: str, **how: Any) -> dict[str, Any]:
    with open_at(folder, Clock()) as mesh:
        return mesh.subscribe(address, **how)


def titles(heard: Web) -> list[str]:
    return [message["title"] for message in heard.messages]


def add_town(folder: Path, version: str = "1.1.0", name: str = "town") -> None:
    """Promise one more column of the customers, under a new minor version."""

    def change(contract: Any) -> None:
        contract["version"] = version
        contract["description"] = {"purpose": name}

    change_contract(folder, "sales.customers.customers", change)


def test_a_published_change_is_told_once_with_its_version_and_items(listening: Any) -> None:
    shop, heard = listening
    subscribe(shop, "sales.customers")
    add_town(shop)
    build(shop)
    (message,) = heard.messages
    assert message["title"] == "CHANGED sales.customers.customers: contract 1.0.0 → 1.1.0, patch"
    for line in (
        "description of the contract changed",
        "where       sales.customers.customers in mesh test",
        "owner       sales@example.com",
        "next        mesh show sales.customers.customers",
    ):
        assert line in message["message"]
    build(shop)
    for _ in range(3):
        observe(shop, Clock())
    assert len(heard.messages) == 1
    with state(shop, "SELECT address, event FROM announcements") as rows:
        assert rows == [("sales.customers.customers", "changed")]


def test_a_breaking_change_says_whom_to_fear(listening: Any) -> None:
    shop, heard = listening
    subscribe(shop, "*")

    def breaking(contract: Any) -> None:
        contract["version"] = "2.0.0"
        contract["schema"][0]["properties"][1] = column(
            "total", "integer", unique=False, required=True
        )

    change_contract(shop, "sales.orders.totals", breaking)
    build(shop)
    (message,) = heard.messages
    assert message["title"].endswith("contract 1.0.0 → 2.0.0, breaking")
    assert "`total` became required" in message["message"]


def test_what_is_not_subscribed_to_is_not_told(listening: Any) -> None:
    """Neither other addresses, nor other events, nor what was before."""
    shop, heard = listening
    add_town(shop)
    build(shop)
    subscribe(shop, "sales.customers")
    subscribe(shop, "insight")
    subscribe(shop, "sales.orders", events=["incident"])
    change_contract(shop, PORT, lambda c: c.update(description={"purpose": "x"}))
    build(shop)
    observe(shop, Clock())
    assert heard.messages == []


def test_incidents_reach_who_subscribed_to_what_they_reach(listening: Any) -> None:
    """The one upstream is told to who reads it, and its end too; default and routes stay as they are."""
    shop, heard = listening
    subscribe(shop, "insight.report.spending", events=["incident"])
    set_silo(shop, "sales.orders.raw", BAD_ORDERS)
    build(shop)
    assert titles(heard) == ["HIGH sales.orders.orders: checks failed"]
    set_silo(shop, "sales.orders.raw", "id,customer,amount\n1,1,10\n")
    build(shop)
    assert titles(heard)[1:] == ["RESOLVED sales.orders.orders: checks failed"]


def test_a_subscription_takes_nothing_from_the_default(shop: Path) -> None:
    with web() as heard, web() as own:
        alert(shop, heard.port)
        change_yaml(
            shop / "mesh.yaml",
            lambda m: m["alerts"]["notifiers"].update(own=f"json://127.0.0.1:{own.port}/"),
        )
        subscribe(shop, "sales", to="own")
        set_silo(shop, "sales.orders.raw", BAD_ORDERS)
        build(shop)
        assert len(heard.messages) == len(own.messages) == 1


def test_deprecation_is_told_when_announced_before_the_end_and_at_it(listening: Any) -> None:
    """Announced 40 days ahead: told then, 30, 7 and 1 days before, and when it is over; each once."""
    shop, heard = listening
    subscribe(shop, PORT, events=["deprecation"])
    end = (datetime.now(UTC) + timedelta(days=40)).date().isoformat()
    change_contract(shop, PORT, custom("endOfLife", end))
    add_successor(shop)
    build(shop)
    first, successor = sorted(heard.messages, key=lambda m: m["title"], reverse=True)
    assert first["title"].startswith(f"DEPRECATED {PORT}: it is served until {end}")
    assert f"read `{NEXT}` instead" in first["message"]
    assert successor["title"].startswith(f"CHANGED {NEXT}: a new port")
    clock = Clock()
    for _ in range(45):
        clock.forward(days=1)
        observe(shop, clock)
    rest = titles(heard)[2:]
    assert rest == [f"DEPRECATED {PORT}: it is served until {end}"] * 3 + [
        f"ENDED {PORT}: it ended on {end}"
    ]
    assert f"read `{NEXT}` instead" in heard.messages[-1]["message"]


def test_a_retired_product_is_told(listening: Any) -> None:
    shop, heard = listening
    subscribe(shop, "insight.*")
    with open_at(shop, Clock()) as mesh:
        mesh.retire("insight.lonely", until="2031-01-31")
    observe(shop, Clock())
    observe(shop, Clock())
    assert titles(heard) == [
        "DEPRECATED insight.lonely: the product is retired: it is served until 2031-01-31"
    ]


def test_a_removed_port_is_told(listening: Any) -> None:
    shop, heard = listening
    subscribe(shop, "insight.report.names", events=["change"])
    home = shop / "domains" / "insight" / "report"

    def without(product: Any) -> None:
        product["version"] = "2.0.0"
        product["outputPorts"] = product["outputPorts"][:1]

    change_yaml(home / "product.odps.yaml", without)
    (home / "models" / "names.sql").unlink()
    (home / "contracts" / "names.odcs.yaml").unlink()
    build(shop)
    observe(shop, Clock())
    assert titles(heard) == ["ENDED insight.report.names: the port is gone since version 2"]


def test_what_does_not_arrive_is_tried_again_and_given_up(shop: Path) -> None:
    """Later in the same words; after eight attempts no more, and nobody looks at it again."""
    clock = Clock()
    with web(status=503) as down, web() as up:
        tell_nobody(shop, down.port)
        hooks = {"hook": f"json://127.0.0.1:{down.port}/", "up": f"json://127.0.0.1:{up.port}/"}
        change_yaml(shop / "mesh.yaml", lambda m: m["alerts"].update(notifiers=hooks))
        subscribe(shop, "sales.customers", to="hook")
        subscribe(shop, "sales.customers", to="up")
        add_town(shop)
        build(shop)
        for _ in range(20):
            clock.forward(hours=2)
            observe(shop, clock)
        assert len(down.paths) == 8
        assert len(up.messages) == 1
        with state(shop, "SELECT count(*) FROM announcements") as rows:
            assert rows == [(1,)]
        down.status = 200
        add_town(shop, "1.2.0", "again")
        build(shop)
        assert len(down.messages) == 1


def test_a_mute_holds_a_change_back_and_lets_go(listening: Any) -> None:
    shop, heard = listening
    subscribe(shop, "sales.customers")
    with open_at(shop, Clock()) as mesh:
        mesh.mute("sales", span="1d")
    add_town(shop)
    build(shop)
    observe(shop, Clock())
    assert heard.messages == []
    clock = Clock()
    clock.forward(days=2)
    observe(shop, clock)
    assert len(heard.messages) == 1


def test_subscriptions_are_a_projection_that_rebuilds(listening: Any) -> None:
    shop, heard = listening
    made = subscribe(shop, "sales.customers")
    add_town(shop)
    build(shop)
    with open_at(shop, Clock()) as mesh:
        mesh.ledger_rebuild()
        assert mesh.ledger_verify()["problems"] == []
        assert [one["id"] for one in mesh.subscriptions()] == [made["id"]]
        assert mesh.alerts()["alerts"][0]["address"] == "sales.customers.customers"
    observe(shop, Clock())
    assert len(heard.messages) == 1


def test_subscribing_twice_is_once_and_other_events_replace(listening: Any) -> None:
    shop, heard = listening
    first = subscribe(shop, "sales.customers")
    assert not subscribe(shop, "sales.customers.*")["is_new"]
    second = subscribe(shop, "sales.customers", events=["incident"])
    with open_at(shop, Clock()) as mesh:
        assert [one["id"] for one in mesh.subscriptions()] == [second["id"]]
        assert second["id"] != first["id"]
        assert mesh.unsubscribe("sales.customers")["ended"][0]["id"] == second["id"]
        assert mesh.subscriptions() == []
    add_town(shop)
    build(shop)
    assert heard.messages == []


@pytest.mark.parametrize(
    ("address", "how", "code", "hint"),
    [
        ("sales.oders", {}, "address-unknown", "did you mean `sales.orders`?"),
        ("sales", {"to": "hok"}, "notifier-unknown", "did you mean `hook`?"),
        ("sales", {"to": "json://u:p@h/"}, "notifier-unknown", "add it to `alerts: notifiers:`"),
        ("sales", {"events": ["chnage"]}, "event-unknown", "did you mean `change`?"),
    ],
)
def test_what_makes_no_sense_says_what_would(
    listening: Any, address: str, how: dict[str, Any], code: str, hint: str
) -> None:
    """A notifier's address is neither recorded nor repeated."""
    shop, _ = listening
    with pytest.raises(UsageError) as caught:
        subscribe(shop, address, **how)
    assert caught.value.code == code
    assert caught.value.hint.startswith(hint)
    assert "u:p@h" not in str(caught.value) + caught.value.hint


def test_ending_what_nobody_has_names_what_there_is(listening: Any) -> None:
    shop, _ = listening
    subscribe(shop, "sales.orders")
    with open_at(shop, Clock()) as mesh, pytest.raises(UsageError) as caught:
        mesh.unsubscribe("sales.order")
    assert caught.value.code == "subscription-unknown"
    assert caught.value.hint.startswith("did you mean `sales.orders`?")
