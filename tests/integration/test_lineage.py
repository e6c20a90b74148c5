"""What columns are made of is recorded with every version, and read as of any of them."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import meshwright
from meshwright.app.lineage import Lineage
from meshwright.app.mesh import open_mesh
from meshwright.errors import MeshwrightError
from meshwright.spi import plugins
from tests.e2e.shell import MESH
from tests.integration.shop import (
    BAD_ORDERS,
    MORE_ORDERS,
    build,
    opened,
    state,
    statuses,
    write_shop,
)
from tests.meshes import change_yaml, home_of, set_model, set_silo

AMOUNT = "insight.report.spending.amount"
OWNER = "sales@example.com"


def found(folder: Path, address: str, **how: Any) -> Lineage:
    with meshwright.open(folder) as mesh:
        return mesh.lineage(address, **how)


def edges(lineage: Lineage) -> set[tuple[str, str, str]]:
    """Return (made, of, how) of every arrow."""
    return {
        (
            f"{a.link.dataset}.{a.link.column}",
            f"{a.link.source}.{a.link.source_column}",
            a.link.how or a.link.kind,
        )
        for a in lineage.walk.arrows
    }


def traced(folder: Path, product: str) -> list[int]:
    """Return the versions with which the lineage of a product was said anew."""
    sql = f"SELECT version FROM lineage_traces WHERE product = '{product}' ORDER BY version"
    with state(folder, sql) as rows:
        return [row[0] for row in rows]


def test_a_column_is_made_of_what_the_sources_hold(shop: Path) -> None:
    assert edges(found(shop, AMOUNT)) == {
        (AMOUNT, "sales.orders.orders.amount", "AGGREGATION"),
        ("insight.report.spending.*", "sales.orders.orders.customer", "JOIN"),
        ("insight.report.spending.*", "sales.customers.customers.id", "JOIN"),
        ("insight.report.spending.*", "sales.customers.customers.name", "GROUP_BY"),
        ("sales.orders.orders.amount", "files:silos/sales.orders.raw.csv.amount", "IDENTITY"),
        ("sales.orders.orders.customer", "files:silos/sales.orders.raw.csv.customer", "IDENTITY"),
        ("sales.customers.customers.id", "files:silos/sales.customers.people.csv.id", "IDENTITY"),
        (
            "sales.customers.customers.name",
            "files:silos/sales.customers.people.csv.name",
            "IDENTITY",
        ),
    }


def test_models_between_are_shown_where_asked_for(shop: Path) -> None:
    with_models = found(shop, "sales.orders.orders.id", models=True)
    assert edges(with_models) == {
        ("sales.orders.orders.id", "sales.orders.clean.id", "IDENTITY"),
        ("sales.orders.clean.id", "files:silos/sales.orders.raw.csv.id", "IDENTITY"),
    }
    assert with_models.kinds["sales.orders.clean"] == "model"


def test_a_product_that_was_never_built_is_traced_from_its_files(tmp_path: Path) -> None:
    folder = write_shop(tmp_path / "mesh")
    before = found(folder, AMOUNT)
    assert before.walk.start.version == 0
    assert (AMOUNT, "sales.orders.orders.amount", "AGGREGATION") in edges(before)
    assert {a.link.dataset for a in found(folder, "sales.orders.orders", up=False).walk.arrows} == {
        "insight.report.spending"
    }
    build(folder)
    assert edges(found(folder, AMOUNT)) == edges(before)


def test_what_did_not_change_is_not_said_again(shop: Path) -> None:
    set_silo(shop, "sales.orders.raw", MORE_ORDERS)
    assert build(shop, "sales.orders")["sales.orders"].version == 2
    assert traced(shop, "sales.orders") == [1]
    set_silo(shop, "sales.orders.raw", "id,customer,amount,note\n1,1,10,x\n")
    assert build(shop, "sales.orders")["sales.orders"].version == 3
    assert traced(shop, "sales.orders") == [1, 3], "a source has a column more: said anew"


def test_lineage_is_read_as_of_every_version(shop: Path) -> None:
    set_model(
        shop,
        "sales.orders",
        "totals",
        "select customer, count(id) as total from clean group by all",
    )
    assert statuses(build(shop))["sales.orders"] == "published"
    total, raw = "sales.orders.totals.total", "files:silos/sales.orders.raw.csv"
    assert (total, f"{raw}.id", "AGGREGATION") in edges(found(shop, total))
    assert (total, f"{raw}.amount", "AGGREGATION") in edges(found(shop, f"{total}@1"))
    with opened(shop) as mesh:
        (first, *_) = [line.at for line in mesh.history("sales.orders")][::-1]
        mesh.rollback("sales.orders")
    assert (total, f"{raw}.amount", "AGGREGATION") in edges(found(shop, total)), "what is served"
    then = found(shop, total, as_of=first)
    assert (total, f"{raw}.amount", "AGGREGATION") in edges(then)
    with pytest.raises(MeshwrightError) as refused:
        found(shop, f"{total}@9")
    assert refused.value.code == "version-unknown"


def test_a_rejected_build_that_is_accepted_brings_its_lineage(shop: Path) -> None:
    set_silo(shop, "sales.orders.raw", BAD_ORDERS)
    set_model(
        shop,
        "sales.orders",
        "totals",
        "select customer, count(id) as total from clean group by all",
    )
    assert statuses(build(shop, "sales.orders"))["sales.orders"] == "rejected"
    assert traced(shop, "sales.orders") == [1], "nothing of it is served"
    with opened(shop) as mesh:
        mesh.accept("sales.orders", reason="known", owner=OWNER)
    assert traced(shop, "sales.orders") == [1, 2]
    total, raw = "sales.orders.totals.total", "files:silos/sales.orders.raw.csv"
    assert (total, f"{raw}.id", "AGGREGATION") in edges(found(shop, total))
    with opened(shop) as mesh:
        assert mesh.ledger_verify()["problems"] == []


def test_a_rename_is_followed_in_what_others_are_made_of(shop: Path) -> None:
    shutil.move(home_of(shop, "sales.orders"), home_of(shop, "sales.purchases"))

    def rename(document: Any) -> None:
        document["name"] = "purchases"
        document["customProperties"] = [{"property": "formerly", "value": "sales.orders"}]

    change_yaml(home_of(shop, "sales.purchases") / "product.odps.yaml", rename)
    build(shop)
    made = edges(found(shop, AMOUNT))
    assert (AMOUNT, "sales.purchases.orders.amount", "AGGREGATION") in made
    assert not any("sales.orders.orders" in end for edge in made for end in edge)
    old = found(shop, "sales.orders.orders.amount", up=False)
    assert "insight.report.spending" in {a.link.dataset for a in old.walk.arrows}


class _Broken:
    """Reads SQL well, and breaks whenever it is to trace it."""

    dialect = "duckdb"

    def __init__(self) -> None:
        self._reader = plugins.load("sql_readers", "duckdb")()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reader, name)

    def trace(self, sql: str, tables: object) -> Any:
        raise RecursionError("too deep")


def test_a_tracer_that_breaks_fails_no_build(tmp_path: Path) -> None:
    folder = write_shop(tmp_path / "mesh")

    def load(group: str, name: str) -> Any:
        return _Broken if group == "sql_readers" else plugins.load(group, name)

    with open_mesh(folder, load=load) as mesh:
        assert {result.status for result in mesh.run()} == {"published"}
        made = edges(mesh.lineage("insight.report.names.name", depth=1))
    assert made == {("insight.report.names.name", "sales.customers.customers.", "UNKNOWN")}


@pytest.mark.parametrize(
    ("address", "code", "hint"),
    [
        ("sales.order.orders", "product-unknown", "sales.orders"),
        ("sales.orders.order", "port-unknown", "sales.orders.orders"),
        ("sales.orders.orders.amont", "column-unknown", "amount"),
        ("sales.orders", "address-invalid", "sales.orders.orders"),
        ("nonsense", "address-invalid", "domain.product.port"),
        ("files:silos/sales.order.raw.csv", "dataset-unknown", "files:silos/sales.orders.raw.csv"),
    ],
)
def test_an_address_that_leads_nowhere_gets_one_clear_error(
    shop: Path, address: str, code: str, hint: str
) -> None:
    with pytest.raises(MeshwrightError) as refused:
        found(shop, address)
    assert refused.value.code == code
    assert hint in refused.value.hint


def test_reading_lineage_parses_no_sql(shop: Path, loaded: Callable[..., set[str]]) -> None:
    assert not loaded(shop, "lineage", AMOUNT) & {"sqlglot", "duckdb", "yaml", "pyarrow"}


@pytest.fixture
def loaded() -> Callable[..., set[str]]:
    """Return what a command leaves loaded, in a process of its own."""
    import subprocess

    def run(folder: Path, *arguments: str) -> set[str]:
        code = (
            "import sys\nfrom meshwright.cli.main import main\n"
            f"sys.argv = {['mesh', *arguments]!r}\n"
            "try:\n    main()\nexcept SystemExit as ended:\n    assert not ended.code\n"
            "print('LOADED', *{name.partition('.')[0] for name in sys.modules})"
        )
        assert MESH[0] == sys.executable
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True
        )
        return set(done.stdout.rpartition("LOADED")[2].split())

    return run
