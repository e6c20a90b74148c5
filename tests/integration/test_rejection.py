"""A bad batch never becomes visible; the last good version stays, whole, until a better one comes."""

import getpass
import json
from pathlib import Path
from typing import Any

import deltalake
import pytest

import meshwright
from meshwright.errors import DeniedError, MeshwrightError, RefusedError, UsageError
from tests.integration.shop import (
    BAD_ORDERS,
    MORE_ORDERS,
    ORDERS,
    build,
    copied,
    rows,
    state,
    statuses,
)
from tests.meshes import change_contract, change_yaml, files_of, home_of, set_model, set_silo

OWNER = "sales@example.com"


@pytest.fixture(scope="module")
def broken_shop(built_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop after a batch with a key that occurs twice and a negative amount; rejected."""
    folder = copied(built_shop, tmp_path_factory.mktemp("broken") / "mesh")
    set_silo(folder, "sales.orders.raw", BAD_ORDERS)
    results = build(folder)
    assert statuses(results) == {
        "sales.orders": "rejected",
        "sales.customers": "up_to_date",
        "insight.lonely": "up_to_date",
        "insight.report": "skipped",
    }
    return folder


@pytest.fixture
def broken(broken_shop: Path, tmp_path: Path) -> Path:
    return copied(broken_shop, tmp_path / "mesh")


def outside(folder: Path, port: str) -> set[tuple[object, ...]]:
    """Read a port's folder as somebody would who has never heard of Meshwright."""
    table = deltalake.DeltaTable(folder / ".mesh" / "data" / Path(*port.split(".")))
    return {tuple(row.values()) for row in table.to_pyarrow_table().to_pylist()}


def test_what_was_served_stays_served_all_ports_together(broken: Path) -> None:
    """`totals` alone would have passed; it waits for `orders`."""
    assert rows(broken, "select count(*), sum(amount) from sales.orders.orders") == [(3, 35)]
    assert rows(broken, "select sum(total) from sales.orders.totals") == [(35,)]
    assert outside(broken, "sales.orders.orders") == {(1, 1, 10), (2, 1, 20), (3, 2, 5)}


def test_a_rejection_names_each_check_with_rows_and_examples(broken: Path) -> None:
    result = build(broken)["sales.orders"]
    assert (result.status, result.version, result.served) == ("rejected", None, 1)
    checks = {check.check: check for check in result.failed_checks}
    assert set(checks) == {"primaryKey", "amount.minimum"}
    assert checks["primaryKey"].failed_rows == 2
    assert checks["amount.minimum"].failed_rows == 1
    example = checks["amount.minimum"].example
    assert example is not None
    assert example.rows == ((3, -1),)
    assert result.ports["totals"].status == "built"


def test_a_rejected_batch_is_judged_again_only_when_something_changed(broken: Path) -> None:
    """The same bad batch is not computed every time the mesh runs… until the input or code differs."""
    with meshwright.open(broken) as mesh:
        before = len(mesh.history("sales.orders"))
        mesh.run("sales.orders")
        assert len(mesh.history("sales.orders")) >= before


def test_an_incident_opens_once_and_the_next_good_build_resolves_it(broken: Path) -> None:
    build(broken)
    with state(broken, "SELECT owner, state, cause FROM incidents") as incidents:
        assert [row[:2] for row in incidents] == [(OWNER, "open")]
        assert "orders:primaryKey" in incidents[0][2]
    with meshwright.open(broken) as mesh:
        assert len(mesh.show("sales.orders").incidents) == 1
    set_silo(broken, "sales.orders.raw", MORE_ORDERS)
    assert build(broken)["sales.orders"].version == 2
    with state(broken, "SELECT state FROM incidents") as incidents:
        assert incidents == [("resolved",)]
    assert outside(broken, "sales.orders.orders") == set(
        rows(broken, "select id, customer, amount from sales.orders.orders")
    )


def test_examples_stay_out_of_the_ledger(broken: Path) -> None:
    """Values live in erasable files beside the build, never in a fact."""
    with meshwright.open(broken) as mesh:
        facts = json.dumps([entry["fact"] for entry in mesh.ledger_entries()])
        build_id = next(line.build for line in mesh.history("sales.orders") if line.version is None)
    note = broken / f".mesh/data/sales/orders/.builds/{build_id}/orders.audit.json"
    assert "-1" in note.read_text()
    assert '"rows": [[' not in facts
    assert "-1" not in facts.replace("-11-", "").replace("2026-1", "") or '"examples"' not in facts


def test_a_failed_product_stops_only_what_depends_on_it(shop: Path) -> None:
    set_model(shop, "sales.customers", "customers", "select id, name // 0 as name from people")
    set_silo(shop, "sales.orders.raw", MORE_ORDERS)
    set_silo(shop, "insight.lonely.raw", "x\n7\n")
    results = build(shop)
    assert statuses(results) == {
        "sales.customers": "failed",
        "sales.orders": "published",
        "insight.lonely": "published",
        "insight.report": "skipped",
    }
    assert results["insight.report"].reasons == ("sales.customers did not publish",)
    assert rows(shop, "select count(*) from sales.customers.customers") == [(2,)]
    with meshwright.open(shop) as mesh:
        assert mesh.history("sales.customers")[0].status == "failed"


def test_a_failed_build_leaves_no_file(shop: Path) -> None:
    before = files_of(shop, "sales.customers.customers")
    set_model(shop, "sales.customers", "customers", "select id, error(name) as name from people")
    assert build(shop, "sales.customers")["sales.customers"].status == "failed"
    assert files_of(shop, "sales.customers.customers") == before


def test_a_type_that_a_table_cannot_hold_is_refused_with_the_cast_to_write(shop: Path) -> None:
    set_model(
        shop,
        "sales.orders",
        "totals",
        "select customer, sum(amount) as total from clean group by 1",
    )
    result = build(shop, "sales.orders")["sales.orders"]
    assert (result.status, result.error_code) == ("failed", "type-not-storable")
    assert "CAST" in result.hint.upper()


@pytest.mark.parametrize(
    "sql",
    [
        "select c.customer, 1 as total, d.* from clean c join clean d on c.id = d.id",
        "select customer, 1 as total, 2 as Customer from clean",
    ],
)
def test_two_columns_of_one_name_are_refused_before_anything_is_published(
    shop: Path, sql: str
) -> None:
    """The commonest mistake of a join is told with its file and its mend, and stops nothing else."""
    set_model(shop, "sales.orders", "totals", sql)
    set_model(shop, "insight.lonely", "lonely", "select x + 1 as x from raw")
    results = build(shop)
    result = results["sales.orders"]
    assert (result.status, result.error_code) == ("failed", "column-repeated")
    assert "`totals` has two columns of one name" in result.error
    assert "models/totals.sql" in result.hint
    assert results["insight.lonely"].status == "published"
    assert rows(shop, "select count(*) from sales.orders.totals") == [(2,)]


def refused(folder: Path, **more: object) -> str:
    """Return the code with which accepting is refused; nothing else is served by it."""
    with meshwright.open(folder) as mesh:
        before = mesh.history("sales.orders")
        with pytest.raises(MeshwrightError) as error:
            mesh.accept("sales.orders", reason="r", **{"owner": OWNER, **more})  # type: ignore[arg-type]
        assert error.value.hint
        assert mesh.history("sales.orders") == before
    return error.value.code


def test_a_rejected_build_whose_source_was_mended_is_not_accepted(broken: Path) -> None:
    """Its bad rows would come back: before the next run looks, and after it."""
    set_silo(broken, "sales.orders.raw", ORDERS)
    assert refused(broken) == "accept-outdated"
    assert build(broken)["sales.orders"].status == "up_to_date"
    assert refused(broken) == "accept-outdated"


def test_a_rejected_build_is_not_accepted_over_a_later_rollback(shop: Path) -> None:
    """Who rolled back after it was rejected decided otherwise."""
    set_silo(shop, "sales.orders.raw", MORE_ORDERS)
    build(shop)
    set_silo(shop, "sales.orders.raw", BAD_ORDERS)
    build(shop)
    with meshwright.open(shop) as mesh:
        mesh.rollback("sales.orders")
    assert refused(shop) == "accept-outdated"


def test_a_rejected_build_is_not_accepted_while_its_contract_is_refused(broken: Path) -> None:
    def break_it(contract: Any) -> None:
        contract["schema"][0]["properties"][2]["logicalType"] = "string"

    change_contract(broken, "sales.orders.orders", break_it)
    assert refused(broken) == "accept-outdated"


@pytest.mark.parametrize("days", [-1, 100_000_000, 99_999_999_999_999_999_999])
def test_a_waiver_has_a_sensible_length(broken: Path, days: int) -> None:
    assert refused(broken, days=days) == "days-invalid"


def test_whoever_is_an_owner_accepts_in_his_own_name(broken: Path) -> None:
    """The name of the user is that of the owner, without the kind of principal before it."""
    assert refused(broken, owner="") == "not-an-owner"
    name = getpass.getuser()
    change_yaml(
        broken / "domains" / "sales" / "domain.yaml",
        lambda domain: domain["team"].update(owners=["boss@example.com", name]),
    )
    build(broken)
    with meshwright.open(broken) as mesh:
        assert mesh.accept("sales.orders", reason="r")["owner"] == name


def test_accept_publishes_on_an_owners_word(broken: Path) -> None:
    with meshwright.open(broken) as mesh:
        done = mesh.accept("sales.orders", reason="they cancelled one", owner=OWNER, days=3)
        assert done["version"] == 2
        assert done["checks"] == ["orders:amount.minimum", "orders:primaryKey"]
        assert mesh.read("sales.orders.orders").to_arrow().num_rows == 4
        line = mesh.history("sales.orders")[0]
        assert (line.version, line.is_served, bool(line.waiver)) == (2, True, True)
        (fact,) = mesh.ledger_entries(["RejectionAccepted"])
        assert fact["fact"]["reason"] == "they cancelled one"
    assert len(outside(broken, "sales.orders.orders")) == 4
    assert statuses(build(broken)) == {
        "sales.orders": "up_to_date",
        "sales.customers": "up_to_date",
        "insight.lonely": "up_to_date",
        "insight.report": "published",
    }


def test_a_waiver_lets_the_same_check_fail_next_time_and_no_other(broken: Path) -> None:
    with meshwright.open(broken) as mesh:
        mesh.accept("sales.orders", reason="known", owner=OWNER)
    set_silo(broken, "sales.orders.raw", BAD_ORDERS + "9,2,-3\n")
    result = build(broken)["sales.orders"]
    assert (result.status, result.version) == ("published", 3)
    assert result.waiver
    set_silo(broken, "sales.orders.raw", BAD_ORDERS + "9,,-3\n")
    result = build(broken)["sales.orders"]
    assert result.status == "rejected"
    assert "customer.required" in {check.check for check in result.failed_checks}


def test_an_expired_waiver_waives_nothing(broken: Path) -> None:
    """`expires` is the last day on which it holds."""
    from datetime import UTC, date, datetime

    from meshwright.publish import accepting

    with meshwright.open(broken) as mesh:
        word = accepting.Word(
            mesh.wiring.actor, "long ago", date(2020, 1, 1), OWNER, date(2020, 1, 8)
        )
        product = mesh.show("sales.orders").product.address
        accepting.accept(
            mesh.wiring.store, mesh.wiring.ledger.append, mesh.wiring.mesh.data, product, word
        )
        assert datetime.now(UTC).date() > date(2020, 1, 8)
    set_silo(broken, "sales.orders.raw", BAD_ORDERS + "9,2,-3\n")
    assert build(broken)["sales.orders"].status == "rejected"


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"reason": "because", "owner": "eve@example.com"}, "not-an-owner"),
        ({"reason": "  ", "owner": OWNER}, "reason-missing"),
        ({"reason": "because", "owner": OWNER, "days": -1}, "days-invalid"),
        ({"reason": "because"}, "not-an-owner"),
    ],
)
def test_accept_wants_an_owner_and_a_reason(
    broken_shop: Path, how: dict[str, object], code: str
) -> None:
    with meshwright.open(broken_shop) as mesh:
        with pytest.raises((DeniedError, UsageError)) as refused:
            mesh.accept("sales.orders", **how)  # type: ignore[arg-type]
        assert refused.value.code == code
        assert mesh.read("sales.orders.orders").to_arrow().num_rows == 3


def test_there_is_nothing_to_accept_after_a_better_build(broken: Path) -> None:
    set_silo(broken, "sales.orders.raw", MORE_ORDERS)
    build(broken)
    with meshwright.open(broken) as mesh:
        with pytest.raises(RefusedError) as refused:
            mesh.accept("sales.orders", reason="late", owner=OWNER)
        assert refused.value.code in ("accept-outdated", "nothing-to-accept")


def test_the_very_first_build_may_be_rejected_and_accepted(tmp_path: Path) -> None:
    from tests.integration.shop import write_shop

    folder = write_shop(tmp_path / "mesh")
    set_silo(folder, "sales.orders.raw", BAD_ORDERS)
    results = build(folder)
    assert results["sales.orders"].served is None
    assert results["insight.report"].status == "skipped"
    with meshwright.open(folder) as mesh:
        with pytest.raises(UsageError):
            mesh.read("sales.orders.orders")
        assert mesh.accept("sales.orders", reason="go", owner=OWNER)["version"] == 1
    assert build(folder)["insight.report"].status == "published"


def test_a_failed_warning_publishes_and_is_told(shop: Path) -> None:
    def warn(contract: dict[str, list[dict[str, object]]]) -> None:
        contract["schema"][0]["quality"] = [
            {"id": "many", "metric": "rowCount", "mustBeGreaterThan": 100, "severity": "warning"}
        ]
        contract["version"] = "1.1.0"  # type: ignore[assignment]

    change_contract(shop, "sales.orders.orders", warn)
    result = build(shop)["sales.orders"]
    assert result.status == "published"
    assert result.ports["orders"].warnings == ("quality.many",)
    assert [check.severity for check in result.failed_checks] == ["warning"]


def test_a_descriptor_with_errors_refuses_its_product_only(shop: Path) -> None:
    (home_of(shop, "sales.customers") / "build.yaml").write_text("inputs: [\n")
    set_silo(shop, "sales.orders.raw", MORE_ORDERS)
    results = build(shop)
    assert results["sales.customers"].status == "refused"
    assert results["sales.customers"].error_code == "descriptor-invalid"
    assert results["sales.orders"].status == "published"
    assert results["insight.report"].status in ("skipped", "published")
    assert rows(shop, "select count(*) from sales.customers.customers") == [(2,)]
