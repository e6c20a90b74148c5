"""A dbt project, by what dbt wrote of it: `tests/data/openlineage/dbt` holds the project beside it."""

import json
import shutil
from pathlib import Path

import pytest

from meshwright.errors import UsageError
from tests.integration.shop import opened, state
from tests.meshes import change_yaml

PROJECT = Path(__file__).parents[1] / "data" / "openlineage" / "dbt"
CUSTOMERS, REPORT = "duckdb/wh.main.customers", "duckdb/wh.main.report"


@pytest.fixture
def project(shop: Path) -> Path:
    """The project, inside of the mesh; dbt says a time when it wrote its files."""
    return Path(shutil.copytree(PROJECT, shop / "dbt"))


def edges(folder: Path) -> set[tuple[str, ...]]:
    sql = "SELECT job, dataset, column_name, source, source_column, kind, how, masked FROM external_edges"
    with state(folder, sql) as rows:
        return {tuple(map(str, row)) for row in rows}


def test_models_are_jobs_and_their_columns_are_traced(shop: Path, project: Path) -> None:
    """Through an ephemeral model to the file that its source names; a hash is masked."""
    with opened(shop) as mesh:
        taken = mesh.import_lineage(project / "target")
    assert (taken.received, taken.notes) == (3, [])
    file = "files:dbt/tables/orders.parquet"
    found = edges(shop)
    assert (
        "dbt/shop.customers", CUSTOMERS, "total", file, "amount", "DIRECT", "AGGREGATION", "0"
    ) in found  # fmt: skip
    assert (
        "dbt/shop.customers", CUSTOMERS, "*", file, "amount", "INDIRECT", "FILTER", "0"
    ) in found  # fmt: skip
    assert (
        "dbt/shop.customers", CUSTOMERS, "country", "duckdb/wh.main.countries", "name", "DIRECT",
        "AGGREGATION", "0",
    ) in found  # fmt: skip
    assert (
        "dbt/shop.report", REPORT, "country", CUSTOMERS, "country", "DIRECT", "TRANSFORMATION", "1"
    ) in found  # fmt: skip
    with state(shop, f"SELECT columns FROM external_datasets WHERE dataset = '{REPORT}'") as rows:
        assert json.loads(rows[0][0]) == ["country", "total"]


def test_the_same_project_again_changes_nothing(shop: Path, project: Path) -> None:
    with opened(shop) as mesh:
        first = mesh.import_lineage(project / "target")
        again = mesh.import_lineage(project / "target" / "manifest.json")
    assert first.recorded == again.known == 3
    assert again.recorded == 0


def test_a_source_that_is_a_port_joins_the_project_to_the_mesh(shop: Path, project: Path) -> None:
    """dbt reads the folder of a port's table; what it makes is downstream of the port."""
    manifest = project / "target" / "manifest.json"
    text = manifest.read_text().replace(
        "tables/{name}.parquet", "../.mesh/data/sales/orders/orders"
    )
    manifest.write_text(text.replace("tables/orders.parquet", "../.mesh/data/sales/orders/orders"))
    with opened(shop) as mesh:
        mesh.import_lineage(project / "target")
        down = mesh.lineage("sales.orders.orders.amount", up=False).document()
    assert {CUSTOMERS, REPORT} <= {one["name"] for one in down["datasets"]}  # type: ignore[index,union-attr]


def test_the_namespace_of_the_warehouse_is_what_the_caller_says(shop: Path, project: Path) -> None:
    """So that names are those of other tools' events; an alias then joins them to a port."""
    aliases = {"duckdb:///srv/wh.duckdb/wh.main.countries": "sales.customers.customers"}
    change_yaml(shop / "mesh.yaml", lambda mesh: mesh.update(openlineage={"aliases": aliases}))
    with opened(shop) as mesh:
        mesh.import_lineage(project / "target", namespace="duckdb:///srv/wh.duckdb")
    found = {(edge[1], edge[3]) for edge in edges(shop)}
    assert ("duckdb:///srv/wh.duckdb/wh.main.customers", "sales.customers.customers") in found


def test_sql_that_cannot_be_read_keeps_the_data_sets_and_says_so(shop: Path, project: Path) -> None:
    """Another dialect is read as DuckDB's; what that does not understand is told by name."""
    manifest = project / "target" / "manifest.json"
    document = json.loads(manifest.read_text())
    document["metadata"]["adapter_type"] = "snowflake"
    document["nodes"]["model.shop.report"]["compiled_code"] = "select $$ from where"
    del document["nodes"]["model.shop.customers"]["compiled_code"]
    manifest.write_text(json.dumps(document))
    with opened(shop) as mesh:
        taken = mesh.import_lineage(project / "target")
    assert taken.notes == [
        "`shop.report` could not be traced to columns: SQL of `snowflake` is read as DuckDB's",
        "`shop.customers` have no compiled SQL: run `dbt compile`",
    ]
    found = {(edge[1], edge[2], edge[3]) for edge in edges(shop)}
    assert ("snowflake/wh.main.report", "", "snowflake/wh.main.customers") in found


@pytest.mark.parametrize("text", ["{", "[]", '{"metadata": {}}'])
def test_a_manifest_that_is_none_is_refused(shop: Path, project: Path, text: str) -> None:
    (project / "target" / "manifest.json").write_text(text)
    with opened(shop) as mesh, pytest.raises(UsageError, match=r"no manifest\.json of dbt"):
        mesh.import_lineage(project / "target")
