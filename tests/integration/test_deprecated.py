"""A port ends: served beside its successor to its last day, refused after it, its history kept."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from meshwright.errors import RefusedError
from meshwright.model.plan import Plan, Step
from tests.e2e.shell import mesh as typed
from tests.integration.observed import Clock, open_at
from tests.integration.shop import KEY, MORE_ORDERS, column, copied, write_shop
from tests.meshes import change_contract, change_yaml, home_of, set_silo, write_contract, write_text

PORT, NEXT = "sales.orders.orders", "sales.orders.orders_v2"


def custom(name: str, value: str) -> Any:
    """Return a change of a contract: one more custom property."""

    def change(contract: Any) -> None:
        contract.setdefault("customProperties", []).append({"property": name, "value": value})

    return change


def add_successor(folder: Path) -> None:
    """Publish the orders a second time, under a contract that says what it replaces."""
    home = home_of(folder, "sales.orders")
    columns = [column("id", **KEY), column("customer", required=True)]
    write_contract(home, "sales", "orders", "orders_v2", {"columns": columns})
    write_text(home / "models" / "orders_v2.sql", "select id, customer from clean\n")
    change_yaml(
        home / "product.odps.yaml",
        lambda product: product["outputPorts"].append(
            {"name": "orders_v2", "version": "1.0.0", "contractId": "sales-orders-orders_v2"}
        ),
    )
    change_contract(folder, NEXT, custom("replaces", PORT))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop with a port that ends in ten days, and its successor, all of it published."""
    folder = write_shop(tmp_path_factory.mktemp("ending") / "mesh")
    end = (datetime.now(UTC) + timedelta(days=10)).date().isoformat()
    change_contract(folder, PORT, custom("endOfLife", end))
    add_successor(folder)
    with open_at(folder, Clock()) as mesh:
        mesh.run()
    return folder


@pytest.fixture
def ending(built: Path, tmp_path: Path) -> Path:
    return copied(built, tmp_path / "mesh")


def later(days: int) -> Clock:
    clock = Clock()
    clock.forward(days=days)
    return clock


def step(plan: Plan, product: str) -> Step:
    return next(step for step in plan.steps if str(step.product) == product)


def test_both_are_served_and_consumers_are_told_at_every_plan(ending: Path) -> None:
    """The notice names the input's line, the last day, and what to read instead."""
    with open_at(ending, Clock()) as mesh:
        assert mesh.query(f"select count(*) from {PORT}").rows() == [(3,)]
        assert mesh.query(f"select count(*) from {NEXT}").rows() == [(3,)]
        found = step(mesh.plan(), "insight.report")
        end = mesh.show(PORT).ports[0].ends
    assert found.action == "up_to_date"
    (notice,) = found.notices
    assert notice.message == f"input `orders` reads `{PORT}`, which ends on {end}"
    assert notice.hint == f"read `{NEXT}`, which replaces it"
    lines = (ending / notice.place.file).read_text().splitlines()
    assert "name: orders" in lines[notice.place.line - 1]


def test_the_last_day_is_served_to_its_end(ending: Path) -> None:
    last = datetime.now(UTC).date() + timedelta(days=11)
    clock = Clock()
    clock.time = datetime(last.year, last.month, last.day, tzinfo=UTC) - timedelta(seconds=1)
    with open_at(ending, clock) as mesh:
        assert mesh.query(f"select count(*) from {PORT}").rows() == [(3,)]
        clock.forward(seconds=1)
        with pytest.raises(RefusedError) as caught:
            mesh.query(f"select count(*) from {PORT}")
    assert caught.value.code == "port-ended"
    assert f"read `{NEXT}` instead" in caught.value.hint


def test_after_its_end_the_history_stays_readable(ending: Path) -> None:
    """By version, and as of a time at which it was served."""
    before = datetime.now(UTC).isoformat()
    with open_at(ending, later(12)) as mesh:
        assert mesh.query('select count(*) from "sales"."orders"."orders@1"').rows() == [(3,)]
        assert mesh.read(PORT, version=1).rows()
        assert mesh.query(f"select count(*) from {PORT}", as_of=before).rows() == [(3,)]
        assert mesh.query("select count(*) from sales.orders.totals").rows() == [(2,)]


def test_a_consumer_of_an_ended_port_is_refused_and_keeps_its_last_version(ending: Path) -> None:
    """Also where only the run finds out; a consumer that is up to date is told, and stays as it is."""
    with open_at(ending, later(12)) as mesh:
        told = step(mesh.plan(), "insight.report")
        assert (told.action, [n.code for n in told.notices]) == ("up_to_date", ["port-ended"])
        set_silo(ending, "sales.orders.raw", MORE_ORDERS)
        found = step(mesh.plan(), "insight.report")
        assert found.action == "refused"
        (refusal,) = found.refusals
        assert refusal.code == "port-ended"
        assert refusal.message.startswith(f"input `orders` reads `{PORT}`, which ended on ")
        results = {str(r.product): r for r in mesh.run()}
        assert results["sales.orders"].status == "published"
        assert results["insight.report"].status == "refused"
        assert results["insight.report"].error_code == "port-ended"
        assert mesh.query("select count(*) from insight.report.spending").rows() == [(2,)]


def test_a_consumer_that_moves_on_is_built_again(ending: Path) -> None:
    home = home_of(ending, "insight.report")
    change_yaml(home / "build.yaml", lambda b: b["inputs"]["orders"].update(port=NEXT))
    change_yaml(
        home / "product.odps.yaml",
        lambda p: p["inputPorts"][0].update(contractId="sales-orders-orders_v2"),
    )
    write_text(
        home / "models" / "spending.sql",
        "select customer as name, count(*) as amount from orders group by all\n",
    )
    with open_at(ending, later(12)) as mesh:
        assert not step(mesh.plan(), "insight.report").notices
        assert {r.status for r in mesh.run()} <= {"published", "up_to_date"}


def test_an_ended_port_may_be_removed_without_a_new_major_version(ending: Path) -> None:
    """Before its end it may not."""

    def without(product: Any) -> None:
        product["outputPorts"] = [o for o in product["outputPorts"] if o["name"] != "orders"]

    change_yaml(home_of(ending, "sales.orders") / "product.odps.yaml", without)
    change_yaml(
        home_of(ending, "insight.report") / "build.yaml",
        lambda b: b["inputs"]["orders"].update(port=NEXT),
    )
    change_yaml(
        home_of(ending, "insight.report") / "product.odps.yaml",
        lambda p: p["inputPorts"][0].update(contractId="sales-orders-orders_v2"),
    )
    with open_at(ending, Clock()) as mesh:
        assert step(mesh.plan(), "sales.orders").action == "refused"
    with open_at(ending, later(12)) as mesh:
        found = step(mesh.plan(), "sales.orders")
        assert found.action == "build"
        assert "as announced for" in found.changes[0].items[0]


@pytest.mark.parametrize(
    ("change", "ends"),
    [
        (lambda c: c.update(status="deprecated"), ""),
        (lambda c: c["schema"][0].update(deprecated=True), ""),
        (
            lambda c: c.update(slaProperties=[{"property": "endOfLife", "value": "2031-01-31"}]),
            "2031-01-31",
        ),
        (custom("endOfLife", "2031-01-31T12:00:00+00:00"), "2031-01-31T12:00:00+00:00"),
    ],
)
def test_the_standard_has_several_words_for_it(tmp_path: Path, change: Any, ends: str) -> None:
    """A status, a flag of the table, a service level, a custom property."""
    folder = write_shop(tmp_path / "mesh")
    change_contract(folder, PORT, change)
    with open_at(folder, Clock()) as mesh:
        (page,) = mesh.show(PORT).ports
        assert (page.is_deprecated, page.ends) == (True, ends)
        assert [n.code for n in step(mesh.plan(), "insight.report").notices] == ["port-deprecated"]


def test_show_and_plan_say_it_at_the_terminal(ending: Path) -> None:
    """The old port names its successor, the new one what it replaces, the reader's plan both."""
    old = typed(ending, "show", PORT).out
    assert "deprecated: served until " in old
    assert f"; read {NEXT} instead" in old
    assert f"replaces {PORT}" in typed(ending, "show", NEXT).out
    assert typed(ending, "show", PORT, "--json").json["ports"][0]["replaced_by"] == [NEXT]
    ended = typed(ending, "plan")
    assert ended.code == 0
    assert f"input `orders` reads `{PORT}`, which ends on" in ended.out
    assert f"next: read `{NEXT}`, which replaces it" in ended.out
    assert "::warning file=" in typed(ending, "plan", "--format", "github").out
