"""Health of a real mesh: built, rejected, mended, rolled back, waived, retired."""

from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import meshwright
from meshwright.app.health import check_health, judge_lateness, late_signals
from meshwright.model.health import PortHealth
from tests.integration.shop import BAD_ORDERS, MORE_ORDERS, SHOP, build, column, statuses
from tests.meshes import set_silo, write_mesh

ORDERS = "sales.orders.orders"
Levels = list[dict[str, object]]


def shop_with(folder: Path, levels: Levels, **contract: object) -> Path:
    """Write the shop with service levels on its orders."""
    shop = deepcopy(SHOP)
    shop["sales"]["orders"]["contracts"]["orders"] |= {"slaProperties": levels, **contract}
    return write_mesh(folder, shop)


@pytest.fixture
def promising(tmp_path: Path) -> Callable[..., Path]:
    """Write and build such a shop."""

    def make(*levels: dict[str, object], **contract: object) -> Path:
        folder = shop_with(tmp_path / "mesh", list(levels), **contract)
        assert statuses(build(folder, "sales.orders"))["sales.orders"] == "published"
        return folder

    return make


def health(folder: Path, address: str = ORDERS, later: float = 0.0, **how: bool) -> PortHealth:
    """Return the health of a port some seconds from now."""
    with meshwright.open(folder) as mesh:
        found = check_health(mesh.wiring, datetime.now(UTC) + timedelta(seconds=later), **how)
    return next(port for port in found if str(port.address) == address)


FRESH = {"property": "freshness", "value": 2, "unit": "h"}
DAY = 86400.0


def test_a_fresh_port_is_healthy_and_breaks_when_nothing_comes(
    promising: Callable[..., Path],
) -> None:
    folder = promising(FRESH)
    now = health(folder)
    assert (now.status, now.compliance, now.budget_left) == ("healthy", 1.0, 1.0)
    assert [(level.name, level.is_met) for level in now.levels] == [("freshness", True)]
    later = health(folder, later=4 * 3600)
    assert later.status == "broken"
    assert later.reasons[0].startswith("freshness 2 h is not kept")
    assert later.compliance == pytest.approx(0.5, abs=0.01)


def test_a_port_that_was_never_published_is_unknown(tmp_path: Path) -> None:
    folder = shop_with(tmp_path / "mesh", [FRESH])
    found = health(folder)
    assert (found.status, found.compliance, found.published) == ("unknown", None, None)
    with meshwright.open(folder) as mesh:
        assert late_signals(mesh.wiring, datetime.now(UTC)) == []


def test_what_was_to_be_available_and_is_not_is_broken(tmp_path: Path) -> None:
    ga = {"property": "generalAvailability", "value": "2020-01-01"}
    found = health(shop_with(tmp_path / "mesh", [ga]))
    assert found.status == "broken"
    assert found.compliance == 0.0


def test_a_rejected_build_degrades_and_a_mended_one_heals(promising: Callable[..., Path]) -> None:
    folder = promising(FRESH)
    set_silo(folder, "sales.orders.raw", BAD_ORDERS)
    assert statuses(build(folder, "sales.orders"))["sales.orders"] == "rejected"
    found = health(folder)
    assert found.status in ("degraded", "broken")
    assert found.downtime.open == 1
    assert found.compliance == 1.0  # the last good version is served, and fresh
    set_silo(folder, "sales.orders.raw", MORE_ORDERS)
    build(folder, "sales.orders")
    mended = health(folder)
    assert (mended.status, mended.version) == ("healthy", 2)
    assert mended.downtime.open == 0
    assert mended.downtime.incidents == 1
    assert mended.downtime.time_to_resolve is not None
    assert mended.downtime.seconds > 0


def test_a_version_that_an_owner_accepted_is_not_good(promising: Callable[..., Path]) -> None:
    folder = promising(FRESH)
    set_silo(folder, "sales.orders.raw", BAD_ORDERS)
    build(folder, "sales.orders")
    with meshwright.open(folder) as mesh:
        mesh.accept("sales.orders", reason="known", owner="sales@example.com")
    found = health(folder, later=1800)
    assert found.status == "degraded"
    assert found.compliance is not None
    assert found.compliance < 0.5
    assert any("accepted" in reason for reason in found.reasons)


TOTALS = "sales.orders.totals"


def test_a_port_is_not_judged_by_the_checks_of_another(promising: Callable[..., Path]) -> None:
    """Neither a rejected build nor a waiver of one port takes minutes from the port beside it."""
    folder = promising()
    set_silo(folder, "sales.orders.raw", BAD_ORDERS)
    assert statuses(build(folder, "sales.orders"))["sales.orders"] == "rejected"
    assert any("a build failed" in reason for reason in health(folder, later=60).reasons)
    beside = health(folder, TOTALS, later=60)
    assert (beside.status, beside.reasons, beside.compliance) == ("healthy", (), 1.0)
    with meshwright.open(folder) as mesh:
        mesh.accept("sales.orders", reason="known", owner="sales@example.com")
    found = health(folder, later=1800)
    assert found.status == "degraded"
    assert any("accepted" in reason for reason in found.reasons)
    beside = health(folder, TOTALS, later=1800)
    assert (beside.status, beside.reasons, beside.compliance) == ("healthy", (), 1.0)


def test_an_error_stops_all_ports_of_a_product(promising: Callable[..., Path]) -> None:
    folder = promising()
    set_silo(folder, "sales.orders.raw", "nonsense\n1\n")
    assert statuses(build(folder, "sales.orders"))["sales.orders"] == "failed"
    for port in (ORDERS, TOTALS):
        assert any("a build failed" in reason for reason in health(folder, port, later=60).reasons)


def test_after_a_rollback_the_old_version_is_as_old_as_it_is(
    promising: Callable[..., Path],
) -> None:
    folder = promising(FRESH)
    first = health(folder).published
    set_silo(folder, "sales.orders.raw", MORE_ORDERS)
    build(folder, "sales.orders")
    with meshwright.open(folder) as mesh:
        mesh.rollback("sales.orders", to=1)
    found = health(folder)
    assert (found.version, found.published) == (1, first)


def test_a_retired_product_is_counted_until_its_end(promising: Callable[..., Path]) -> None:
    folder = promising(FRESH)
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    with meshwright.open(folder) as mesh:
        mesh.retire("sales.orders", until=tomorrow)
    assert health(folder).status == "healthy"
    assert health(folder, later=5 * DAY).reasons == ("its end was announced and is over",)


def test_lateness_is_signalled_with_keys_that_stay_and_heals(
    promising: Callable[..., Path],
) -> None:
    folder = promising(FRESH)
    now = datetime.now(UTC)
    with meshwright.open(folder) as mesh:
        assert late_signals(mesh.wiring, now) == []
        late = judge_lateness(mesh.wiring, now + timedelta(hours=4))
        again = judge_lateness(mesh.wiring, now + timedelta(hours=5))
        well = judge_lateness(mesh.wiring, now).well
    kinds = {(s.kind, s.metric): s for s in late.signals}
    assert set(kinds) == {("late", "freshness"), ("objective", "budget")}
    assert str(kinds[("late", "freshness")].address) == ORDERS
    assert "promised is freshness 2 h" in kinds[("late", "freshness")].explanation
    assert {s.key for s in late.signals} == {s.key for s in again.signals}
    assert {s.key for s in late.signals} <= well


def test_the_cadence_is_expected_though_nobody_promised_it(tmp_path: Path) -> None:
    """A replay of days, judged by its business time: the day that is missing is late."""
    shop = deepcopy(SHOP)
    shop["sales"]["orders"]["build"] = {"params": {}}
    folder = write_mesh(tmp_path / "mesh", shop)
    for day in range(1, 11):
        set_silo(folder, "sales.orders.raw", f"id,customer,amount\n1,1,{day}\n")
        build(folder, "sales.orders", as_of=f"2013-01-{day:02}")
    with meshwright.open(folder) as mesh:

        def late(day: str) -> list[str]:
            moment = datetime.fromisoformat(day).replace(tzinfo=UTC)
            found = late_signals(mesh.wiring, moment, pretend=True)
            return [f"{s.kind} {s.address} {s.metric}" for s in found]

        assert late("2013-01-11T12:00") == []
        assert late("2013-01-14T12:00") == ["late sales.orders cadence"]
        assert late("2013-01-05T12:00") == []  # what came later is not known then


def test_shares_of_rows_are_judged_by_version(tmp_path: Path) -> None:
    levels: Levels = [
        {"property": "errorRate", "value": 10, "unit": "%"},
        {"property": "completeness", "value": 50, "unit": "%", "element": "orders.amount"},
    ]
    quarantine = [{"property": "quarantine", "value": {"tolerance": "60%"}}]
    folder = shop_with(tmp_path / "mesh", levels, customProperties=quarantine)
    set_silo(folder, "sales.orders.raw", "id,customer,amount\n1,1,\n2,1,\n3,2,5\n4,1,-1\n")
    assert statuses(build(folder, "sales.orders"))["sales.orders"] == "published"
    found = health(folder)
    assert [(level.name, level.is_met, level.actual) for level in found.levels] == [
        ("errorRate", False, "25.00%"),
        ("completeness", False, "33.33%"),
    ]
    assert found.status == "broken"


def test_latency_counts_from_the_last_interval_of_a_port_that_appends(tmp_path: Path) -> None:
    levels: Levels = [{"property": "latency", "value": 1, "unit": "d"}]
    shop = deepcopy(SHOP)
    orders = shop["sales"]["orders"]
    orders["inputs"] = {"raw": "id,customer,amount,day\n1,1,10,2013-01-01\n2,1,3,2013-01-02\n"}
    orders["models"] = {}
    orders["ports"] = {
        "orders": "select id, day from raw where day >= $interval_start and day < $interval_end"
    }
    columns = [column("id"), column("day", "date")]
    orders["contracts"] = {"orders": {"slaProperties": levels, "columns": columns}}
    orders["build"] = {
        "ports": {
            "orders": {"kind": "append", "interval": "day", "column": "day", "start": "2013-01-01"}
        }
    }
    folder = write_mesh(tmp_path / "mesh", {"sales": {"orders": orders}})
    results = build(folder, as_of="2013-01-02")
    assert statuses(results)["sales.orders"] == "published", results
    (level,) = health(folder).levels
    assert level.is_met is False  # 2013 was published today
    with meshwright.open(folder) as mesh:
        moment = datetime(2013, 1, 3, 12, tzinfo=UTC)
        (then,) = check_health(mesh.wiring, moment, pretend=True)
    assert then.levels[0].is_met is True


def test_an_audit_reports_only_what_nothing_enforces(promising: Callable[..., Path]) -> None:
    folder = promising(FRESH, {"property": "retention", "value": 3, "unit": "y"})
    results = build(folder, "sales.orders", force=True)
    assert results["sales.orders"].ports["orders"].not_enforced == ("sla.retention",)
    assert [name for name, _ in health(folder).not_enforced] == ["retention"]


def test_reading_health_writes_nothing(promising: Callable[..., Path]) -> None:
    folder = promising(FRESH)
    with meshwright.open(folder) as mesh:
        before = len(mesh.ledger_entries())
        check_health(mesh.wiring, datetime.now(UTC))
        assert len(mesh.ledger_entries()) == before
