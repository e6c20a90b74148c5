"""From something unhealthy to a person: told once, in time, and told that it is over."""

from datetime import timedelta
from pathlib import Path

import pytest

from meshwright.errors import UsageError
from tests.integration.observed import Clock, alert, observe, open_at, promise
from tests.integration.shop import BAD_ORDERS, MORE_ORDERS, ORDERS, build, copied, write_shop
from tests.listeners import web
from tests.meshes import change_contract, change_yaml, set_silo


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_shop(tmp_path_factory.mktemp("alerts") / "mesh")
    build(folder)
    return folder


@pytest.fixture
def shop(built: Path, tmp_path: Path) -> Path:
    return copied(built, tmp_path / "mesh")


def break_orders(folder: Path) -> None:
    set_silo(folder, "sales.orders.raw", BAD_ORDERS)


def test_a_rejected_build_is_told_at_the_end_of_the_run_and_its_end_once(shop: Path) -> None:
    """Nothing has to be started for that; runs in between say nothing."""
    with web() as heard:
        alert(shop, heard.port)
        break_orders(shop)
        build(shop)
        build(shop)
        titles = [message["title"] for message in heard.messages]
        assert titles == ["HIGH sales.orders.orders: checks failed"]
        text = heard.messages[0]["message"]
        assert "owner       sales@example.com" in text
        assert "insight.report.spending" in text
        assert "people      insight@example.com" in text
        set_silo(shop, "sales.orders.raw", MORE_ORDERS)
        build(shop)
        build(shop)
        assert len(heard.messages) == 2
        assert heard.messages[1]["title"].startswith("RESOLVED sales.orders")


def test_what_was_expected_once_is_told_when_something_else_is_wrong(shop: Path) -> None:
    """The mark was about the first failure: the second one is told, in its own words."""
    clock = Clock()
    with web() as heard:
        alert(shop, heard.port)
        break_orders(shop)
        build(shop)
        with open_at(shop, clock) as mesh:
            mesh.incidents.mark("inc-1", "expected")
        observe(shop, clock)
        set_silo(shop, "sales.orders.raw", ORDERS + "3,,-1\n")
        build(shop)
        titles = [message["title"] for message in heard.messages]
        assert titles[2:] == ["HIGH sales.orders.orders: checks failed"]
        assert "customer.required" in heard.messages[2]["message"]
        assert "customer.required" not in heard.messages[0]["message"]
        with open_at(shop, clock) as mesh:
            (line,) = mesh.incidents.list()
        assert (line.id, line.mark) == ("inc-1", "")
        assert "customer.required" in line.explanation
        assert "customer.required" in line.cause


def test_a_run_in_which_all_is_well_tells_nobody(shop: Path) -> None:
    with web() as heard:
        alert(shop, heard.port)
        set_silo(shop, "sales.orders.raw", MORE_ORDERS)
        build(shop)
        assert heard.paths == []


def test_a_notifier_that_is_down_fails_no_build_and_is_told_when_it_is_back(shop: Path) -> None:
    """The failure is a fact; the first round after it tries again at once, later ones ever later."""
    clock = Clock()
    with web(status=503) as heard:
        alert(shop, heard.port)
        break_orders(shop)
        with open_at(shop, clock) as mesh:
            results = {str(result.product): result for result in mesh.run()}
        assert results["sales.orders"].status == "rejected"
        (failed,) = alerts_of(shop)
        assert (failed["status"], failed["attempts"]) == ("failed", 1)
        assert failed["error"] == "notifier-unreachable"
        (told,) = observe(shop, clock).told
        assert (told.status, told.attempts) == ("failed", 2)
        assert observe(shop, clock).told == []
        clock.forward(minutes=1)
        heard.status = 200
        (told,) = observe(shop, clock).told
        assert (told.status, told.attempts) == ("sent", 3)
        assert len(heard.messages) == 1
        (kept,) = alerts_of(shop)
        assert (kept["status"], kept["attempts"]) == ("sent", 3)


def alerts_of(folder: Path) -> list[dict[str, object]]:
    with open_at(folder, Clock()) as mesh:
        found: list[dict[str, object]] = mesh.alerts()["alerts"]
        return found


def test_a_notifier_that_stays_down_is_given_up_and_one_beside_it_is_told(shop: Path) -> None:
    """No message is tried for ever, and no notifier waits for another."""
    clock = Clock()
    with web(status=500) as down, web() as up:
        alert(shop, down.port)
        change_yaml(
            shop / "mesh.yaml",
            lambda mesh: mesh["alerts"].update(
                notifiers={
                    "down": f"json://127.0.0.1:{down.port}/",
                    "up": f"json://127.0.0.1:{up.port}/",
                },
                default=["down", "up"],
            ),
        )
        break_orders(shop)
        build(shop)
        for _ in range(20):
            clock.forward(hours=2)
            observe(shop, clock)
        assert len(down.paths) == 8
        assert len(up.messages) == 1


def test_what_was_told_is_a_projection_that_rebuilds(shop: Path) -> None:
    """The outbox follows from the facts alone: after a rebuild nothing is told twice."""
    with web() as heard:
        alert(shop, heard.port)
        break_orders(shop)
        build(shop)
        with open_at(shop, Clock()) as mesh:
            mesh.mute("sales.customers", span="1h")
            assert mesh.ledger_verify()["problems"] == []
            mesh.ledger_rebuild()
            assert mesh.ledger_verify()["problems"] == []
        build(shop)
        assert len(heard.messages) == 1


def test_a_mute_holds_back_and_an_unmute_lets_go(shop: Path) -> None:
    """What is muted is still an incident."""
    clock = Clock()
    with web() as heard:
        alert(shop, heard.port)
        with open_at(shop, clock) as mesh:
            until = mesh.mute("sales", span="2d", reason="stocktaking")["until"]
            assert until == (clock() + timedelta(days=2)).isoformat(timespec="seconds")
        break_orders(shop)
        build_at(shop, clock)
        observe(shop, clock)
        assert heard.paths == []
        clock.forward(hours=47)
        observe(shop, clock)
        assert heard.paths == []
        with open_at(shop, clock) as mesh:
            assert mesh.alerts()["mutes"][0]["reason"] == "stocktaking"
            mesh.unmute("sales")
            assert mesh.alerts()["mutes"] == []
        observe(shop, clock)
        assert len(heard.messages) == 1


def build_at(folder: Path, clock: Clock) -> None:
    with open_at(folder, clock) as mesh:
        mesh.run()


@pytest.mark.parametrize(
    ("address", "span", "code", "hint"),
    [
        ("sales.oders", "2d", "address-unknown", "did you mean `sales.orders`?"),
        ("sales.orders", "soon", "duration-invalid", "for example --for 2d, 4h or 30m"),
        ("sales.orders", "-2d", "duration-invalid", "for example --for 2d, 4h or 30m"),
    ],
)
def test_a_mute_that_makes_no_sense_says_what_would(
    shop: Path, address: str, span: str, code: str, hint: str
) -> None:
    with open_at(shop, Clock()) as mesh, pytest.raises(UsageError) as caught:
        mesh.mute(address, span=span)
    assert caught.value.code == code
    assert caught.value.hint.startswith(hint)


def test_unmuting_what_is_not_muted_says_what_is(shop: Path) -> None:
    with open_at(shop, Clock()) as mesh:
        mesh.mute("sales.orders", span="1h")
        with pytest.raises(UsageError) as caught:
            mesh.unmute("sales.order")
    assert caught.value.hint == "did you mean `sales.orders`?"


def test_a_stale_source_burns_its_budget_and_is_told_once_until_it_is_over(tmp_path: Path) -> None:
    """Four good days, then none: one alert names owner, cause and readers; one recovery."""
    folder, clock = write_shop(tmp_path / "mesh"), Clock()
    change_contract(
        folder,
        "sales.orders.orders",
        promise(
            {"property": "freshness", "value": 26, "unit": "h"},
            {"property": "availability", "value": 99, "unit": "%"},
        ),
    )
    with web() as heard:
        alert(folder, heard.port)
        for day in range(4):
            set_silo(folder, "sales.orders.raw", ORDERS + f"{day + 10},1,1\n")
            build_at(folder, clock)
            clock.forward(days=1)
            observe(folder, clock)
        assert heard.paths == []

        clock.forward(hours=3)  # since yesterday's build: 27 hours
        assert observe(folder, clock).told != []
        for _ in range(8):
            clock.forward(hours=1)
            observe(folder, clock)
        (message,) = heard.messages
        assert message["title"] == "CRITICAL sales.orders.orders: its service level burns"
        text = message["message"]
        print(text)
        assert "owner       sales@example.com" in text
        assert "downstream  insight.report.names, insight.report.spending" in text
        assert "people      insight@example.com" in text
        assert "next        mesh incidents show inc-1" in text
        with open_at(folder, clock) as mesh:
            from meshwright.app.health import check_health

            port = next(
                p
                for p in check_health(mesh.wiring, clock())
                if str(p.address) == "sales.orders.orders"
            )
            assert port.budget_left is not None
            assert port.budget_left < 1

        set_silo(folder, "sales.orders.raw", MORE_ORDERS)
        build_at(folder, clock)
        for _ in range(25):
            clock.forward(hours=1)
            observe(folder, clock)
        ends = [m["title"] for m in heard.messages if m["title"].startswith("RESOLVED")]
        assert ends == ["RESOLVED sales.orders.orders: its service level burns"]
        assert heard.messages[-1]["title"] == ends[0]


def test_an_open_mesh_tells_as_mesh_yaml_says_now(shop: Path) -> None:
    """The loop runs for weeks: a notifier that is added meanwhile is told at the next round."""
    clock = Clock()
    break_orders(shop)
    build(shop)
    with web() as heard, open_at(shop, clock) as mesh:
        assert mesh.observe_once().told == []
        alert(shop, heard.port)
        assert [told.status for told in mesh.observe_once().told] == ["sent"]


def test_nothing_is_concluded_from_a_mesh_that_cannot_be_read(shop: Path) -> None:
    """A typing error in mesh.yaml ends no incident and sends nothing."""
    with web() as heard, open_at(shop, Clock()) as mesh:
        alert(shop, heard.port)
        break_orders(shop)
        mesh.run()
        text = (shop / "mesh.yaml").read_text()
        (shop / "mesh.yaml").write_text(text + "nonsense: 1\n")
        cycle = mesh.observe_once()
        assert [problem.code for problem in cycle.problems] == ["key-unknown"]
        (shop / "mesh.yaml").write_text(text)
        assert not mesh.observe_once().problems
        assert len(heard.messages) == 1
