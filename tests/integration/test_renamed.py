"""A product with another name, whose readers still name it as it was: nothing of what rests on it is lost."""

from pathlib import Path

import pytest

import meshwright
from meshwright.app.incidents import raise_signals
from meshwright.app.product_graph import graph_of
from meshwright.model.address import Address
from meshwright.model.signal import Signal
from tests.integration.shop import BAD_ORDERS, MORE_ORDERS, build, copied, statuses, write_shop
from tests.meshes import change_yaml, set_silo

OLD, NEW = "sales.orders", "sales.purchases"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_shop(tmp_path_factory.mktemp("renamed") / "mesh")
    build(folder)
    home = folder / "domains" / "sales"
    (home / "orders").rename(home / "purchases")
    change_yaml(
        home / "purchases" / "product.odps.yaml",
        lambda product: product.update(
            name="purchases", customProperties=[{"property": "formerly", "value": OLD}]
        ),
    )
    build(folder)
    return folder


@pytest.fixture
def renamed(built: Path, tmp_path: Path) -> Path:
    return copied(built, tmp_path / "mesh")


def test_what_rests_on_it_is_known(renamed: Path) -> None:
    """Impact, who reads it, and what one rests on."""
    report = Address("insight", "report")
    with meshwright.open(renamed) as mesh:
        graph = graph_of(mesh.wiring)
        assert Address("sales", "purchases", "orders") in graph.reads(report)
        assert list(graph.below(Address("sales", "purchases"))) == [report]
        assert mesh.show(NEW).consumers == ("insight.report",)
        assert [str(step.product) for step in mesh.plan(f"{NEW}+").steps] == [NEW, str(report)]


def test_runs_wait_for_it(renamed: Path) -> None:
    """Its readers follow it in one run, and not when it is rejected; nothing changed means nothing to do."""
    with meshwright.open(renamed) as mesh:
        assert {step.action for step in mesh.plan().steps} == {"up_to_date"}
    set_silo(renamed, "sales.orders.raw", MORE_ORDERS)
    with meshwright.open(renamed) as mesh:
        actions = {str(step.product): step.action for step in mesh.plan().steps}
        assert (actions[NEW], actions["insight.report"]) == ("build", "after")
    ended = statuses(build(renamed))
    assert (ended[NEW], ended["insight.report"]) == ("published", "published")
    set_silo(renamed, "sales.orders.raw", BAD_ORDERS)
    ended = statuses(build(renamed))
    assert (ended[NEW], ended["insight.report"]) == ("rejected", "skipped")
    with meshwright.open(renamed) as mesh:
        (incident,) = mesh.incidents.list(OLD)
        assert "insight.report.spending" in incident.impact


def test_an_incident_above_explains_what_is_below(renamed: Path) -> None:
    with meshwright.open(renamed) as mesh:
        for product in (Address("sales", "purchases"), Address("insight", "report")):
            signal = Signal("anomaly", product, "few rows", metric="rows")
            raise_signals(mesh.wiring, None, product, [signal])
        assert [one.product for one in mesh.incidents.list()] == [NEW]


def test_commands_find_it_by_the_address_that_it_had(renamed: Path) -> None:
    with meshwright.open(renamed) as mesh:
        assert {str(port.product) for port in mesh.health(OLD)} == {NEW}
        assert mesh.incidents.list(f"{OLD}+") == ()
        assert mesh.mute(f"{OLD}.orders", span="1h")["address"] == f"{NEW}.orders"
        assert mesh.unmute(f"{OLD}.orders")["address"] == f"{NEW}.orders"
