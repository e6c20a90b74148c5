"""What is not changed is not built; what is changed is built with all that reads it, and nothing else."""

import os
import shutil
from pathlib import Path

import pytest

import meshwright
from tests.integration.shop import (
    MORE_ORDERS,
    PRODUCTS,
    build,
    column,
    rows,
    state,
    statuses,
    write_shop,
)
from tests.meshes import (
    change_contract,
    change_yaml,
    files_of,
    home_of,
    set_model,
    set_silo,
    write_text,
)

NOTHING = dict.fromkeys(PRODUCTS, "up_to_date")


def data_version(folder: Path, port: str) -> int:
    product, _, name = port.rpartition(".")
    with state(
        folder,
        "SELECT vp.data_version FROM products p JOIN version_ports vp ON vp.product = p.product"
        f" AND vp.version = p.served WHERE p.product = '{product}' AND vp.port = '{name}'",
    ) as found:
        return int(found[0][0])


def test_a_second_run_builds_nothing(shop: Path) -> None:
    """Also in a copy of the mesh elsewhere: what a mesh is does not depend on where it lies."""
    assert statuses(build(shop)) == NOTHING
    assert statuses(build(shop)) == NOTHING


def test_white_space_and_comments_are_no_change(shop: Path) -> None:
    set_model(
        shop,
        "sales.orders",
        "clean",
        "-- what counts\nSELECT id,\n   customer , amount /* cents */\nFROM raw ;\n",
    )
    assert statuses(build(shop)) == NOTHING


def test_a_changed_model_builds_what_reads_it_and_reuses_the_rest(shop: Path) -> None:
    before = files_of(shop, "sales.orders.orders")
    set_model(
        shop,
        "sales.orders",
        "totals",
        "select customer, sum(amount)::BIGINT + 0 as total from clean group by all",
    )
    results = build(shop)
    ports = results["sales.orders"].ports
    assert (ports["orders"].status, ports["totals"].status) == ("reused", "built")
    assert files_of(shop, "sales.orders.orders") == before
    assert data_version(shop, "sales.orders.orders") == 1
    assert data_version(shop, "sales.orders.totals") == 2
    assert results["insight.report"].status == "up_to_date"  # it reads `orders`, which is the same
    assert results["sales.customers"].status == "up_to_date"


def test_a_changed_intermediate_model_builds_every_port_that_reads_it(shop: Path) -> None:
    set_model(shop, "sales.orders", "clean", "select id, customer, amount * 2 as amount from raw")
    results = build(shop)
    assert {port.status for port in results["sales.orders"].ports.values()} == {"built"}
    ports = results["insight.report"].ports
    assert (ports["spending"].status, ports["names"].status) == ("built", "reused")
    assert results["insight.lonely"].status == "up_to_date"
    assert rows(shop, "select amount from insight.report.spending where name = 'ada'") == [(60,)]


def test_a_changed_input_builds_what_rests_on_it(shop: Path) -> None:
    set_silo(shop, "sales.orders.raw", MORE_ORDERS)
    assert statuses(build(shop)) == {
        "sales.orders": "published",
        "sales.customers": "up_to_date",
        "insight.report": "published",
        "insight.lonely": "up_to_date",
    }


def test_a_touched_file_with_the_same_bytes_builds_nothing(shop: Path) -> None:
    silo = shop / "silos" / "sales.orders.raw.csv"
    os.utime(silo, (1, 1))
    assert statuses(build(shop)) == NOTHING
    silo.write_text(silo.read_text())
    with meshwright.open(shop) as mesh:
        assert [step.action for step in mesh.plan().steps] == ["up_to_date"] * 4


def test_a_new_version_with_the_same_rows_wakes_nobody(shop: Path) -> None:
    """A product is built again for its inputs' data, not for their version numbers."""
    change_contract(
        shop,
        "sales.customers.customers",
        lambda contract: contract.update(version="1.1.0", description={"purpose": "who buys"}),
    )
    results = build(shop)
    assert results["sales.customers"].status == "published"
    assert results["sales.customers"].version == 2
    assert data_version(shop, "sales.customers.customers") == 1
    assert results["insight.report"].status == "up_to_date"


def test_a_tightened_contract_is_judged_again_without_making_the_rows_again(shop: Path) -> None:
    before = files_of(shop, "sales.orders.orders")
    change_contract(
        shop,
        "sales.orders.orders",
        lambda contract: (
            contract.update(version="2.0.0"),
            contract["schema"][0]["properties"][2].update(logicalTypeOptions={"minimum": 6}),
        ),
    )
    result = build(shop, "sales.orders")["sales.orders"]
    assert result.status == "rejected"
    assert [check.check for check in result.failed_checks] == ["amount.minimum"]
    assert files_of(shop, "sales.orders.orders") == before


def test_force_builds_what_is_up_to_date(shop: Path) -> None:
    results = build(shop, "sales.customers", force=True)
    assert statuses(results) == {"sales.customers": "published"}
    assert results["sales.customers"].reasons == ("forced",)


def test_forced_rows_that_are_the_same_keep_their_data_version_or_wake_the_readers(
    shop: Path,
) -> None:
    build(shop, force=True)
    assert statuses(build(shop)) == NOTHING


def test_changed_means_products_whose_own_files_changed_and_what_rests_on_them(shop: Path) -> None:
    set_model(shop, "sales.customers", "customers", "select id, upper(name) as name from people")
    set_silo(shop, "insight.lonely.raw", "x\n2\n")
    assert statuses(build(shop, changed=True)) == {
        "sales.customers": "published",
        "insight.report": "published",
    }


@pytest.mark.parametrize(
    ("selection", "chosen"),
    [
        (("sales.*",), {"sales.orders", "sales.customers"}),
        (("insight.report",), {"insight.report"}),
        (("+insight.report",), {"insight.report", "sales.orders", "sales.customers"}),
        (("sales.orders+",), {"sales.orders", "insight.report"}),
        (("sales.orders.totals",), {"sales.orders"}),
        (("insight.lonely", "sales.customers"), {"insight.lonely", "sales.customers"}),
        (("*",), set(PRODUCTS)),
    ],
)
def test_a_selection_chooses_products(
    built_shop: Path, selection: tuple[str, ...], chosen: set[str]
) -> None:
    with meshwright.open(built_shop) as mesh:
        assert {str(step.product) for step in mesh.plan(*selection).steps} == chosen


def test_a_plan_says_why_and_changes_nothing(shop: Path) -> None:
    set_silo(shop, "sales.orders.raw", MORE_ORDERS)
    with meshwright.open(shop) as mesh:
        for _ in range(2):
            steps = {str(step.product): step for step in mesh.plan().steps}
            assert steps["sales.orders"].action == "build"
            assert steps["sales.orders"].reasons == ("input raw changed",)
            assert steps["insight.report"].action == "after"
            assert steps["insight.lonely"].action == "up_to_date"
        assert [line.version for line in mesh.history("sales.orders")] == [1]


def test_a_changed_parameter_builds_what_uses_it(tmp_path: Path) -> None:
    from tests.meshes import write_mesh

    folder = write_mesh(
        tmp_path / "mesh",
        {
            "d": {
                "p": {
                    "inputs": {"raw": "x\n1\n5\n"},
                    "ports": {
                        "above": "select x from raw where x > $least",
                        "whole": "select x from raw",
                    },
                    "build": {"params": {"least": {"type": "integer", "value": 2}}},
                }
            }
        },
    )
    build(folder)

    def lower(document: dict[str, dict[str, dict[str, object]]]) -> None:
        document["params"]["least"]["value"] = 0

    change_yaml(home_of(folder, "d.p") / "build.yaml", lower)
    ports = build(folder)["d.p"].ports
    assert (ports["above"].status, ports["whole"].status) == ("built", "reused")
    assert rows(folder, "select count(*) from d.p.above") == [(2,)]


def test_what_is_read_as_of_now_is_built_each_time(tmp_path: Path) -> None:
    from tests.meshes import write_mesh

    folder = write_mesh(
        tmp_path / "mesh",
        {"d": {"p": {"inputs": {"r": "x\n1\n"}, "ports": {"a": "select x, $as_of as at from r"}}}},
    )
    assert statuses(build(folder)) == {"d.p": "published"}
    assert statuses(build(folder)) == {"d.p": "published"}
    assert statuses(build(folder, as_of="2020-02-02")) == {"d.p": "published"}
    assert statuses(build(folder, as_of="2020-02-02")) == {"d.p": "up_to_date"}


def test_an_output_port_that_is_added_is_built_beside_the_others(shop: Path) -> None:
    from tests.integration.shop import SHOP
    from tests.meshes import write_product

    parts = SHOP["sales"]["customers"]
    write_product(
        shop,
        "sales",
        "customers",
        {
            **parts,
            "ports": {**parts["ports"], "letters": "select distinct name[1] as letter from people"},
            "contracts": {
                **parts["contracts"],
                "letters": {"columns": [column("letter", "string")]},
            },
        },
    )
    results = build(shop)
    ports = results["sales.customers"].ports
    assert {name: port.status for name, port in ports.items()} == {
        "customers": "reused",
        "letters": "built",
    }
    assert results["insight.report"].status == "up_to_date"


def test_a_port_is_removed_with_a_new_major_version_of_the_product_only(shop: Path) -> None:
    home = home_of(shop, "sales.orders")
    (home / "models" / "totals.sql").unlink()
    (home / "contracts" / "totals.odcs.yaml").unlink()
    change_yaml(
        home / "product.odps.yaml",
        lambda document: document.update(outputPorts=document["outputPorts"][:1]),
    )
    result = build(shop, "sales.orders")["sales.orders"]
    assert (result.status, result.error_code) == ("refused", "contract-breaking")
    assert rows(shop, "select count(*) from sales.orders.totals") == [(2,)]
    change_yaml(home / "product.odps.yaml", lambda document: document.update(version="2.0.0"))
    assert build(shop, "sales.orders")["sales.orders"].version == 2
    with meshwright.open(shop) as mesh:
        with pytest.raises(meshwright.errors.UsageError) as refused:
            mesh.read("sales.orders.totals")
        assert refused.value.code == "table-unknown"
        assert len(mesh.read("sales.orders.totals@1")) == 2
    assert statuses(build(shop)) == NOTHING


def test_a_lost_cache_changes_nothing(shop: Path) -> None:
    for file in (shop / ".mesh").glob("cache.db*"):
        file.unlink()
    assert statuses(build(shop)) == NOTHING


def test_landed_inputs_may_be_deleted(shop: Path) -> None:
    """They are a copy of what the silo has; the stamp in the state says what was read."""
    shutil.rmtree(shop / ".mesh" / "data" / "sales" / "orders" / ".inputs")
    results = build(shop)
    assert results["sales.orders"].status in ("up_to_date", "published")
    assert rows(shop, "select count(*) from sales.orders.orders") == [(3,)]


def test_a_description_alone_is_no_new_version_of_the_data(shop: Path) -> None:
    write_text(home_of(shop, "sales.orders") / "models" / "unused.sql", "select id from raw\n")
    results = build(shop)
    assert results["sales.orders"].status in ("up_to_date", "published")
    assert data_version(shop, "sales.orders.orders") == 1


def test_the_first_run_of_one_product_needs_what_it_reads(tmp_path: Path) -> None:
    folder = write_shop(tmp_path / "mesh")
    result = build(folder, "insight.report")["insight.report"]
    assert (result.status, result.error_code) == ("failed", "input-not-published")
    assert result.hint == "mesh run sales.orders"
    assert set(statuses(build(folder, "+insight.report")).values()) == {"published"}
