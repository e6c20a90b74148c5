"""Versions stay: they are listed, compared, read again, served again; and go by a declared policy only."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import deltalake
import pytest

import meshwright
from meshwright.errors import MeshwrightError, RefusedError, UsageError
from tests.integration.shop import (
    CUSTOMERS,
    MORE_ORDERS,
    ORDERS,
    build,
    copied,
    rows,
    statuses,
)
from tests.meshes import (
    change_contract,
    change_yaml,
    files_of,
    home_of,
    set_model,
    set_silo,
    write_product,
)

CHANGED = "id,customer,amount\n1,1,11\n2,1,20\n5,2,9\n6,2,9\n"


@pytest.fixture(scope="module")
def told_shop(built_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop with three versions of `sales.orders`."""
    folder = copied(built_shop, tmp_path_factory.mktemp("told") / "mesh")
    for text in (MORE_ORDERS, CHANGED):
        set_silo(folder, "sales.orders.raw", text)
        assert build(folder)["sales.orders"].status == "published"
    return folder


@pytest.fixture
def told(told_shop: Path, tmp_path: Path) -> Path:
    return copied(told_shop, tmp_path / "mesh")


def ids(folder: Path, address: str = "sales.orders.orders", **how: object) -> list[int]:
    with meshwright.open(folder) as mesh:
        table = mesh.read(address, **how).to_arrow()  # type: ignore[arg-type]
        return sorted(table.column("id").to_pylist())


def delta_ids(folder: Path, port: str = "sales.orders.orders") -> list[int]:
    table = deltalake.DeltaTable(folder / ".mesh" / "data" / Path(*port.split(".")))
    return sorted(table.to_pyarrow_table().column("id").to_pylist())


def test_history_lists_what_was_published_when_by_whom(told_shop: Path) -> None:
    with meshwright.open(told_shop) as mesh:
        lines = mesh.history("sales.orders.orders")
        assert [(line.version, line.status, line.rows) for line in lines] == [
            (3, "published", 4),
            (2, "published", 4),
            (1, "published", 3),
        ]
        assert [line.is_served for line in lines] == [True, False, False]
        assert {line.actor for line in lines} == {mesh.wiring.actor}
        assert len(mesh.history("sales.orders", limit=2)) == 2
        assert mesh.history("sales.orders")[0].rows == 6  # both ports


def test_an_unknown_address_suggests_the_nearest(told_shop: Path) -> None:
    with meshwright.open(told_shop) as mesh:
        for call in (
            lambda: mesh.history("sales.order"),
            lambda: mesh.show("sales.order"),
            lambda: mesh.rollback("sales.order"),
            lambda: mesh.accept("sales.order", reason="x"),
            lambda: mesh.retire("sales.order", until="2090-01-01"),
            lambda: mesh.read("sales.order.orders"),
            lambda: mesh.read("sales.orders.order"),
            lambda: mesh.run("sales.order"),
            lambda: mesh.plan("sales.order"),
            lambda: mesh.test("sales.order"),
            lambda: mesh.vacuum("sales.order"),
            lambda: mesh.diff("sales.orders.order@1", "sales.orders.orders@2"),
        ):
            with pytest.raises(UsageError) as refused:
                call()  # type: ignore[no-untyped-call]
            assert "did you mean `sales.orders" in refused.value.hint, refused.value.hint


def test_an_older_version_is_read_by_its_number(told_shop: Path) -> None:
    assert ids(told_shop, "sales.orders.orders@1") == [1, 2, 3]
    assert ids(told_shop, version=2) == [1, 2, 3, 4]
    assert rows(told_shop, 'select count(*) from sales.orders."orders@1"') == [(3,)]
    assert rows(
        told_shop,
        'select a.id from sales.orders.orders a anti join sales.orders."orders@1" b using (id)'
        " order by 1",
    ) == [(5,), (6,)]
    with pytest.raises(UsageError) as refused:
        ids(told_shop, "sales.orders.orders@9")
    assert refused.value.code == "version-unknown"


def test_a_time_gives_what_readers_saw_then(told_shop: Path) -> None:
    with meshwright.open(told_shop) as mesh:
        published = [line.at for line in reversed(mesh.history("sales.orders"))]
    assert ids(told_shop, as_of=published[0]) == [1, 2, 3]
    assert ids(told_shop, as_of=published[1]) == [1, 2, 3, 4]
    assert ids(told_shop, as_of=datetime.now(UTC).isoformat()) == [1, 2, 5, 6]
    with pytest.raises(UsageError) as refused:
        ids(told_shop, as_of="2001-01-01")
    assert refused.value.code == "not-published"
    with pytest.raises(UsageError):
        ids(told_shop, as_of="yesterday")


def test_diff_counts_keys_that_came_went_and_changed(told_shop: Path) -> None:
    with meshwright.open(told_shop) as mesh:
        found = mesh.diff("sales.orders.orders@1", "sales.orders.orders@3")
        assert (found.rows_before, found.rows_after) == (3, 4)
        assert found.key == ("id",)
        assert (found.added, found.removed, found.changed) == (2, 1, 1)
        assert found.changed_columns == {"amount": 1}
        assert found.examples == {"added": ((5,), (6,)), "removed": ((3,),), "changed": ((1,),)}
        same = mesh.diff("sales.orders.orders")
        assert (same.before, same.after) == ("sales.orders.orders@2", "sales.orders.orders@3")
        assert mesh.diff("sales.orders.orders@3", "sales.orders.orders@1").added == 1


def test_diff_tells_changed_columns(shop: Path) -> None:
    set_model(
        shop, "sales.customers", "customers", "select id::INTEGER as id, name, 1 as age from people"
    )

    def widen(contract: dict[str, list[dict[str, list[dict[str, str]]]]]) -> None:
        contract["version"] = "2.0.0"  # type: ignore[assignment]
        contract["schema"][0]["properties"].append({"name": "age", "logicalType": "integer"})

    change_contract(shop, "sales.customers.customers", widen)
    assert build(shop, "sales.customers")["sales.customers"].status == "published"
    with meshwright.open(shop) as mesh:
        found = mesh.diff("sales.customers.customers")
    assert [(c.column, c.before, c.after) for c in found.columns] == [
        ("id", "BIGINT", "INTEGER"),
        ("age", "", "INTEGER"),
    ]
    assert (found.added, found.removed, found.changed) == (0, 0, 0)


def test_diff_without_a_key_compares_schema_and_rows(shop: Path) -> None:
    set_silo(shop, "insight.lonely.raw", "x\n1\n2\n")
    build(shop, "insight.lonely")
    with meshwright.open(shop) as mesh:
        found = mesh.diff("insight.lonely.lonely")
    assert (found.rows_before, found.rows_after, found.added) == (1, 2, None)


def test_rollback_serves_the_version_before_at_every_door(told: Path) -> None:
    with meshwright.open(told) as mesh:
        done = mesh.rollback("sales.orders", reason="wrong file")
        assert done == {"product": "sales.orders", "was": 3, "served": 2}
    assert ids(told) == [1, 2, 3, 4]
    assert delta_ids(told) == [1, 2, 3, 4]
    assert rows(told, "select sum(total) from sales.orders.totals") == [(42,)]


def test_rollback_to_a_version(told: Path) -> None:
    with meshwright.open(told) as mesh:
        mesh.rollback("sales.orders", to=1)
        with pytest.raises(RefusedError) as refused:
            mesh.rollback("sales.orders", to=1)
        assert refused.value.code == "already-served"
        with pytest.raises(UsageError):
            mesh.rollback("sales.orders", to=7)
    assert delta_ids(told) == [1, 2, 3]
    with meshwright.open(told) as mesh:
        mesh.rollback("sales.orders", to=3)
    assert delta_ids(told) == [1, 2, 5, 6]


def test_the_first_version_has_nothing_before_it(shop: Path) -> None:
    with meshwright.open(shop) as mesh:
        with pytest.raises(RefusedError) as refused:
            mesh.rollback("sales.orders")
        assert refused.value.code == "nothing-to-roll-back"


def test_what_was_rolled_back_is_not_built_again_by_itself(told: Path) -> None:
    """Its readers follow to the older data."""
    with meshwright.open(told) as mesh:
        mesh.rollback("sales.orders")
    results = build(told)
    assert results["sales.orders"].status == "held"
    assert results["insight.report"].status == "published"
    assert statuses(build(told)) == {
        "sales.orders": "held",
        "sales.customers": "up_to_date",
        "insight.report": "up_to_date",
        "insight.lonely": "up_to_date",
    }


@pytest.mark.parametrize("how", ["force", "input", "code"])
def test_a_rollback_holds_until_force_or_change(told: Path, how: str) -> None:
    with meshwright.open(told) as mesh:
        mesh.rollback("sales.orders")
    assert build(told)["sales.orders"].status == "held"
    if how == "input":
        set_silo(told, "sales.orders.raw", ORDERS)
    if how == "code":
        set_model(
            told, "sales.orders", "orders", "select id, customer, amount + 0 as amount from clean"
        )
    result = build(told, "sales.orders", force=how == "force")["sales.orders"]
    assert (result.status, result.version) == ("published", 4)
    assert ids(told) == ([1, 2, 3] if how == "input" else [1, 2, 5, 6])


def test_vacuum_removes_what_the_policy_does_not_keep(told: Path) -> None:
    change_yaml(told / "mesh.yaml", lambda document: document.update(retention={"versions": 1}))
    before = files_of(told, "sales.orders.orders")
    with meshwright.open(told) as mesh:
        would = mesh.vacuum(dry_run=True)
        assert [(v["product"], v["version"]) for v in would["versions"]] == [
            ("insight.report", 1),
            ("insight.report", 2),
            ("sales.orders", 1),
            ("sales.orders", 2),
        ]
        assert files_of(told, "sales.orders.orders") == before
        assert mesh.vacuum()["versions"] == would["versions"]
        assert mesh.vacuum()["versions"] == []
        with pytest.raises(RefusedError) as refused:
            mesh.read("sales.orders.orders@1")
        assert refused.value.code == "version-vacuumed"
        assert [line.is_vacuumed for line in mesh.history("sales.orders")] == [False, True, True]
        assert mesh.ledger_verify()["problems"] == []
    assert len(files_of(told, "sales.orders.orders")) < len(before)
    assert ids(told) == delta_ids(told) == [1, 2, 5, 6]


def test_vacuum_spares_the_served_version_and_what_served_versions_read(told: Path) -> None:
    """After a rollback the served version is old; its reader may have read an older one still."""
    change_yaml(told / "mesh.yaml", lambda document: document.update(retention={"versions": 1}))
    with meshwright.open(told) as mesh:
        mesh.rollback("sales.orders", to=1)
        mesh.vacuum()
        kept = {line.version for line in mesh.history("sales.orders") if not line.is_vacuumed}
        assert kept == {1, 3}  # 1 is served; 3 is the newest, and what insight.report read
    assert ids(told) == [1, 2, 3]


def test_vacuum_can_be_limited_to_a_selection(told: Path) -> None:
    change_yaml(told / "mesh.yaml", lambda document: document.update(retention={"versions": 1}))
    with meshwright.open(told) as mesh:
        assert {v["product"] for v in mesh.vacuum("insight.*")["versions"]} == {"insight.report"}


def test_retire_names_consumers_and_serves_until_the_date(shop: Path) -> None:
    until = (datetime.now(UTC).date() + timedelta(days=5)).isoformat()
    with meshwright.open(shop) as mesh:
        done = mesh.retire("sales.customers", until=until, reason="moved to the CRM")
        assert done == {
            "product": "sales.customers",
            "until": until,
            "consumers": ["insight.report"],
        }
        assert {p.product: p.status for p in mesh.products()}["sales.customers"] == "retired"
    set_silo(shop, "sales.customers.people", CUSTOMERS + "3,eve\n")
    assert build(shop)["sales.customers"].status == "published"
    set_silo(shop, "sales.customers.people", CUSTOMERS + "4,eve\n")
    past = (datetime.now(UTC).date() - timedelta(days=2)).isoformat()
    with meshwright.open(shop) as mesh, mesh.wiring.store.write() as writer:
        writer.run("UPDATE products SET retired_until = ? WHERE status = 'retired'", (past,))
    results = build(shop)
    assert results["sales.customers"].status == "retired"
    assert results["insight.report"].status == "up_to_date"


@pytest.mark.parametrize("until", ["2001-01-01", "soon", "2027-13-01"])
def test_retire_wants_a_day_to_come(built_shop: Path, until: str) -> None:
    with meshwright.open(built_shop) as mesh, pytest.raises(UsageError):
        mesh.retire("sales.customers", until=until)


def rename(folder: Path, product: str, to: str) -> None:
    """Move a product's folder and say what it was called; its readers follow."""
    old, new = home_of(folder, product), home_of(folder, to)
    new.parent.mkdir(parents=True, exist_ok=True)
    old.rename(new)
    domain, name = to.split(".")

    def renamed(document: dict[str, object]) -> None:
        document.update(
            name=name,
            domain=domain,
            customProperties=[{"property": "formerly", "value": product}],
        )

    change_yaml(new / "product.odps.yaml", renamed)

    def reads(document: dict[str, dict[str, dict[str, str]]]) -> None:
        document["inputs"]["customers"]["port"] = f"{to}.customers"

    change_yaml(home_of(folder, "insight.report") / "build.yaml", reads)


@pytest.mark.parametrize("to", ["sales.people", "insight.customers"])
def test_a_product_gets_another_name_or_domain_and_keeps_its_history(shop: Path, to: str) -> None:
    set_silo(shop, "sales.customers.people", CUSTOMERS + "3,eve\n")
    build(shop)
    rename(shop, "sales.customers", to)
    results = build(shop)
    assert results[to].status in ("up_to_date", "published")
    assert results["insight.report"].status in ("up_to_date", "published")
    with meshwright.open(shop) as mesh:
        assert [line.version for line in mesh.history(to)][-2:] == [2, 1]
        assert mesh.history("sales.customers") == mesh.history(to)
        assert str(mesh.show("sales.customers").product.address) == to
        assert sorted(mesh.read("sales.customers.customers").to_arrow()["id"].to_pylist()) == [
            1,
            2,
            3,
        ]
        assert len(mesh.read(f"{to}.customers@1")) == 2
        assert "sales.customers" not in {line.product for line in mesh.products()}
        assert mesh.ledger_verify()["problems"] == []
    assert set(statuses(build(shop)).values()) == {"up_to_date"}


def test_a_consumer_of_the_old_name_still_builds(shop: Path) -> None:
    rename(shop, "sales.customers", "sales.people")

    def old(document: dict[str, dict[str, dict[str, str]]]) -> None:
        document["inputs"]["customers"]["port"] = "sales.customers.customers"

    change_yaml(home_of(shop, "insight.report") / "build.yaml", old)
    results = build(shop, force=True)
    assert results["sales.people"].status == "published"
    assert results["insight.report"].status == "published"


def test_a_breaking_contract_is_refused_at_plan_and_at_run(shop: Path) -> None:
    set_model(shop, "sales.customers", "customers", "select id, name as called from people")

    def renamed(contract: dict[str, list[dict[str, list[dict[str, str]]]]]) -> None:
        contract["schema"][0]["properties"][1]["name"] = "called"

    change_contract(shop, "sales.customers.customers", renamed)
    with meshwright.open(shop) as mesh:
        (step,) = mesh.plan("sales.customers").steps
        assert step.action == "refused"
        (change,) = step.changes
        assert (change.level, change.suggestion) == ("major", "2.0.0")
        assert any("name" in item for item in change.items)
    results = build(shop)
    assert results["sales.customers"].status == "refused"
    assert results["sales.customers"].error_code == "contract-breaking"
    assert results["sales.orders"].status == "up_to_date"
    change_contract(
        shop, "sales.customers.customers", lambda contract: contract.update(version="2.0.0")
    )
    assert build(shop, "sales.customers")["sales.customers"].status == "published"


def test_a_compatible_contract_change_is_told_and_published(shop: Path) -> None:
    def relax(contract: dict[str, list[dict[str, list[dict[str, object]]]]]) -> None:
        contract["schema"][0]["properties"][1]["description"] = "what people call them"

    change_contract(shop, "sales.customers.customers", relax)
    with meshwright.open(shop) as mesh:
        (step,) = mesh.plan("sales.customers").steps
        assert [change.level for change in step.changes] == ["patch"]
        assert not step.changes[0].refusal
    assert build(shop, "sales.customers")["sales.customers"].status == "published"


def test_every_error_has_a_code_and_one_line(told_shop: Path) -> None:
    with meshwright.open(told_shop) as mesh:
        for address in (
            "",
            "sales",
            "Sales.Orders",
            "a.b.c.d.e",
            "sales.orders.orders@x",
            "sales..x",
        ):
            with pytest.raises(MeshwrightError) as refused:
                mesh.read(address)
            assert refused.value.code
            assert "\n" not in refused.value.message


def test_an_old_address_is_not_handed_to_another_product(shop: Path) -> None:
    """While two products claim an address neither is built: its readers keep what they had."""
    rename(shop, "sales.customers", "sales.people")
    build(shop)
    new = {
        "inputs": {"people": CUSTOMERS + "9,zoe\n"},
        "ports": {"customers": "select id, name from people"},
    }
    write_product(shop, "sales", "customers", new)
    results = build(shop, force=True)
    assert results["sales.people"].status == "refused"
    assert results["sales.customers"].status == "refused"
    assert results["sales.orders"].status == "published"
    with meshwright.open(shop) as mesh:
        assert len(mesh.read("sales.customers.customers")) == 2
        assert len(mesh.read("sales.people.customers")) == 2


def test_a_product_is_not_renamed_from_an_address_that_another_one_has(shop: Path) -> None:
    """Before the first build under the new name, too."""
    rename(shop, "sales.customers", "sales.people")
    new = {"inputs": {"people": CUSTOMERS}, "ports": {"customers": "select id from people"}}
    write_product(shop, "sales", "customers", new)
    assert statuses(build(shop))["sales.people"] == "refused"
    with meshwright.open(shop) as mesh:
        assert mesh.ledger_entries(["ProductRenamed"]) == []
