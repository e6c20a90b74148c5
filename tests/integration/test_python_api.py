"""`import meshwright`: open, plan, run, read; the rows go to every DataFrame library as they are."""

import threading
from pathlib import Path

import duckdb
import polars
import pyarrow
import pytest

import meshwright
from meshwright.errors import UsageError
from tests.integration.shop import MORE_ORDERS, PRODUCTS, write_shop
from tests.meshes import set_silo


def test_a_mesh_is_opened_from_any_folder_inside_it(built_shop: Path) -> None:
    with meshwright.open(built_shop / "domains" / "sales") as mesh:
        assert mesh.wiring.root == built_shop
    with meshwright.open(str(built_shop)) as mesh:
        assert str(built_shop) in repr(mesh)


def test_outside_a_mesh_there_is_nothing_to_open(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        meshwright.open(tmp_path)
    assert refused.value.code == "mesh-not-found"


def test_plan_run_and_read(tmp_path: Path) -> None:
    with meshwright.open(write_shop(tmp_path / "mesh")) as mesh:
        plan = mesh.plan()
        assert {str(step.product): step.action for step in plan.steps}["sales.orders"] == "build"
        results = mesh.run()
        assert {str(result.product) for result in results} == set(PRODUCTS)
        assert {result.status for result in results} == {"published"}
        assert mesh.plan().work == ()
        assert len(mesh.read("sales.orders.orders")) == 3


def test_an_open_mesh_sees_what_changes_on_the_disk(shop: Path) -> None:
    with meshwright.open(shop) as mesh:
        assert mesh.plan().work == ()
        set_silo(shop, "sales.orders.raw", MORE_ORDERS)
        assert [str(step.product) for step in mesh.plan().work] == [
            "sales.orders",
            "insight.report",
        ]
        mesh.run()
        assert len(mesh.read("sales.orders.orders")) == 4


def test_rows_go_to_every_library_as_they_are(built_shop: Path) -> None:
    with meshwright.open(built_shop) as mesh:
        result = mesh.read("sales.customers.customers")
    table = result.to_arrow().sort_by("id")
    assert isinstance(table, pyarrow.Table)
    expected = [{"id": 1, "name": "ada"}, {"id": 2, "name": "bob"}]
    assert table.to_pylist() == expected
    assert pyarrow.table(result).num_rows == 2
    assert polars.DataFrame(result).height == 2
    assert result.to_polars().sort("id").to_dicts() == expected
    assert result.to_pandas().sort_values("id").to_dict("records") == expected
    with duckdb.connect() as connection:
        relation = result.to_duckdb(connection)
        assert relation.order("id").fetchall() == [(1, "ada"), (2, "bob")]
    assert sorted(result.rows()) == [(1, "ada"), (2, "bob")]
    assert sorted(result.to_pylist(), key=lambda row: row["id"]) == expected
    assert result.columns == ["id", "name"]
    assert result.versions == {"sales.customers.customers": 1}


def test_one_column_can_be_read(built_shop: Path) -> None:
    with meshwright.open(built_shop) as mesh:
        assert mesh.read("sales.customers.customers.name").columns == ["name"]
        with pytest.raises(UsageError):
            mesh.read("sales.customers")


def test_a_query_keeps_to_one_version_of_each_port(shop: Path) -> None:
    with meshwright.open(shop) as mesh:
        result = mesh.query(
            "select count(*) from sales.orders.orders a join sales.orders.totals b"
            " on a.customer = b.customer"
        )
        assert result.versions == {"sales.orders.orders": 1, "sales.orders.totals": 1}


def test_many_threads_read_one_open_mesh(built_shop: Path) -> None:
    failures: list[BaseException] = []
    with meshwright.open(built_shop) as mesh:

        def read() -> None:
            try:
                for _ in range(5):
                    assert len(mesh.read("sales.orders.orders")) == 3
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=read) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert failures == []


def test_reading_while_a_run_publishes_gives_one_version(shop: Path) -> None:
    """Whole, and never a mix of two."""
    seen: set[tuple[int, int]] = set()
    stop = threading.Event()
    failures: list[BaseException] = []

    def read() -> None:
        try:
            with meshwright.open(shop) as mesh:
                while not stop.is_set():
                    ((rows, total),) = mesh.query(
                        "select (select count(*) from sales.orders.orders),"
                        " (select sum(total)::BIGINT from sales.orders.totals)"
                    ).rows()
                    seen.add((rows, total))
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    try:
        with meshwright.open(shop) as mesh:
            for number in range(6):
                lines = "".join(f"{n},1,1\n" for n in range(number + 1))
                set_silo(shop, "sales.orders.raw", "id,customer,amount\n" + lines)
                assert mesh.run("sales.orders")[0].status == "published"
    finally:
        stop.set()
        thread.join()
    assert failures == []
    assert seen <= {(3, 35), *((n, n) for n in range(1, 7))}


def test_events_tell_what_a_run_does(shop: Path) -> None:
    from meshwright.app.events import RunEvent

    events: list[RunEvent] = []
    set_silo(shop, "sales.orders.raw", MORE_ORDERS)
    with meshwright.open(shop) as mesh:
        mesh.run("sales.orders", on_event=events.append)
    kinds = [event.kind for event in events]
    assert kinds[:2] == ["planned", "started"]
    assert kinds[-1] == "finished"
    details = {event.detail for event in events if event.kind == "stage"}
    assert {"making orders", "auditing orders", "making totals"} <= details


def test_an_environment_has_state_and_data_of_its_own(shop: Path) -> None:
    from tests.meshes import change_yaml

    change_yaml(
        shop / "mesh.yaml",
        lambda mesh: mesh.update(environments={"dev": {"state": ".mesh-dev"}}),
    )
    with meshwright.open(shop, env="dev") as mesh:
        assert mesh.products()[0].version is None
        assert {result.status for result in mesh.run("+insight.report")} == {"published"}
    assert (shop / ".mesh-dev" / "data" / "sales").is_dir()
    with meshwright.open(shop) as mesh:
        assert [line.version for line in mesh.history("sales.orders")] == [1]


def test_a_closed_mesh_lets_go_of_its_files(shop: Path) -> None:
    import shutil

    mesh = meshwright.open(shop)
    mesh.run()
    mesh.close()
    mesh.close()
    shutil.rmtree(shop)
