"""The metadata that rules read: made once, written where something changed, reached by nothing else."""

import os
from pathlib import Path
from typing import Any

import pytest

from meshwright.app.policy import families
from meshwright.app.policy.metadata import Metadata
from meshwright.app.policy.session import opened as session
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError
from meshwright.govern.rules.lived import TABLES
from tests.integration.ruled import UNDESCRIBED, write_rule
from tests.integration.shop import build, column, opened, rows
from tests.meshes import change_contract, write_mesh

DOMAINS = 16


def fresh(folder: Path) -> Metadata:
    with opened(folder) as mesh:
        metadata = Metadata(mesh.wiring)
        metadata.refresh()
        return metadata


def files(folder: Path) -> dict[str, int]:
    place = folder / ".mesh" / "metadata"
    return {path.name: path.stat().st_mtime_ns for path in place.glob("*.parquet")}


def described(text: str) -> Any:
    def change(contract: Any) -> None:
        contract["schema"][0]["properties"][0]["description"] = text

    return change


def asked(folder: Path, sql: str, *, domains: set[str] | None = None) -> list[tuple[object, ...]]:
    """Ask the metadata in SQL, as rules do."""
    with opened(folder) as mesh:
        metadata = Metadata(mesh.wiring)
        metadata.refresh()
        with session(mesh.wiring, metadata, TABLES) as found:
            found.show(mesh.wiring.now().date(), domains)
            return found.session.rows(sql)


def test_every_table_has_the_columns_and_types_that_its_definition_says(shop: Path) -> None:
    rows(shop, "select * from sales.orders.orders")
    for name, table in TABLES.items():
        with opened(shop) as mesh:
            metadata = Metadata(mesh.wiring)
            metadata.refresh()
            with session(mesh.wiring, metadata, [name]) as found:
                found.show(mesh.wiring.now().date())
                columns = found.session.columns(f"SELECT * FROM mesh.{name}")
        assert [(c.name, c.type) for c in columns] == [(c.name, c.type) for c in table.columns], (
            name
        )


def test_what_files_say_is_in_the_tables(shop: Path) -> None:
    sql = "SELECT address, product, domain, port, name, key_position, is_required FROM mesh.columns"
    assert (
        "sales.orders.orders.id",
        "sales.orders",
        "sales",
        "sales.orders.orders",
        "id",
        1,
        False,
    ) in asked(shop, sql)
    reads = (
        "SELECT address, reads_port, reads_domain FROM mesh.inputs WHERE kind = 'port' ORDER BY ALL"
    )
    assert asked(shop, reads) == [
        ("insight.report.customers", "sales.customers.customers", "sales"),
        ("insight.report.orders", "sales.orders.orders", "sales"),
    ]
    place = "SELECT place FROM mesh.inputs WHERE address = 'sales.orders.raw'"
    assert asked(shop, place) == [("silos/sales.orders.raw.csv",)]


def test_where_nothing_changed_nothing_is_written_and_the_engine_is_not_loaded(shop: Path) -> None:
    import subprocess
    import sys

    write_rule(shop, "described", UNDESCRIBED, severity="warn")
    with opened(shop) as mesh:
        mesh.rules()
    before = files(shop)
    code = (
        "import sys, meshwright\n"
        "mesh = meshwright.open(sys.argv[1])\n"
        "assert len(mesh.rules().lines[0].violations) == 7\n"
        "heavy = {'duckdb', 'pyarrow', 'yaml', 'sqlglot'}\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules} & heavy))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(shop)], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
    assert files(shop) == before


def test_a_change_writes_the_tables_of_its_domain_that_differ_and_no_other(shop: Path) -> None:
    fresh(shop)
    before = files(shop)
    change_contract(shop, "sales.orders.orders", described("what it is"))
    fresh(shop)
    new = files(shop).keys() - before.keys()
    assert new
    assert {name.split(".")[0] for name in new} == {"declared"}
    assert {name.split(".")[2] for name in new} == {"sales"}
    found = asked(
        shop, "SELECT description FROM mesh.columns WHERE address = 'sales.orders.orders.id'"
    )
    assert found == [("what it is",)], "the newer rows hide the older ones"


def test_a_change_that_says_nothing_new_writes_nothing(shop: Path) -> None:
    fresh(shop)
    before = files(shop)
    path = shop / "domains/sales/orders/contracts/orders.odcs.yaml"
    path.write_text(
        f"# a comment\n{path.read_text()}".replace("# a comment\n", "") + "\n# the end\n"
    )
    fresh(shop)
    assert files(shop) == before


def test_facts_of_one_domain_write_no_other(shop: Path) -> None:
    fresh(shop)
    before = files(shop)
    build(shop, "insight.lonely", force=True)
    fresh(shop)
    new = files(shop).keys() - before.keys()
    assert {tuple(name.split(".")[0:3:2]) for name in new} == {("lived", "insight")}


def many(folder: Path) -> Path:
    domains = {
        f"d{n:02}": {
            "one": {
                "inputs": {"raw": "x\n1\n"},
                "ports": {"one": "select x from raw"},
                "contracts": {"one": {"columns": [column("x")]}},
            }
        }
        for n in range(DOMAINS)
    }
    return write_mesh(folder, domains)


def test_many_changes_are_brought_together_and_no_row_is_lost(tmp_path: Path) -> None:
    mesh = many(tmp_path / "mesh")
    fresh(mesh)
    count = "SELECT count(*), count(DISTINCT address), count(*) FILTER (description <> '') FROM mesh.columns"
    assert asked(mesh, count) == [(DOMAINS, DOMAINS, 0)]
    most_newer = 0
    for n in range(DOMAINS):
        change_contract(mesh, f"d{n:02}.one.one", described(f"number {n}"))
        most_newer = max(most_newer, len(fresh(mesh).declared.newer))
        assert asked(mesh, count) == [(DOMAINS, DOMAINS, n + 1)]
    assert 0 < most_newer <= families._MOST_NEWER < DOMAINS


def test_rules_of_scope_product_read_the_changed_domains_only(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from meshwright.app.policy import session as module

    write_rule(shop, "described", UNDESCRIBED, severity="warn")
    with opened(shop) as mesh:
        mesh.rules()
    shown: list[object] = []
    show = module.Rows.show

    def noted(self: Any, today: Any, domains: Any = None, only: Any = None) -> None:
        shown.append(domains)
        show(self, today, domains, only)

    monkeypatch.setattr(module.Rows, "show", noted)
    change_contract(shop, "sales.orders.orders", described("what it is"))
    with opened(shop) as mesh:
        assert len(mesh.rules().lines[0].violations) == 6
    assert shown == [frozenset({"sales"})]


def test_deleted_files_are_made_again(shop: Path) -> None:
    write_rule(shop, "described", UNDESCRIBED, severity="warn")
    with opened(shop) as mesh:
        before = mesh.rules().lines[0].violations
    for name in files(shop):
        os.unlink(shop / ".mesh" / "metadata" / name)
    write_rule(shop, "described", UNDESCRIBED + " AND true", severity="warn")
    with opened(shop) as mesh:
        assert mesh.rules().lines[0].violations == before


ATTACKS = [
    "SELECT address, content AS message FROM read_text('/etc/hostname'), mesh.products",
    "SELECT 'a.b' AS address, content AS message FROM read_text('{mesh}/mesh.yaml')",
    "SELECT 'a.b' AS address, x::VARCHAR AS message FROM read_parquet('{data}') AS t(x)",
    "SELECT 'a.b' AS address, x::VARCHAR AS message FROM '{data}' AS t(x)",
    "SELECT 'a.b' AS address, x::VARCHAR AS message FROM read_csv('{mesh}/silos/a.csv') AS t(x)",
    "SELECT file AS address, '' AS message FROM glob('{mesh}/**')",
    "SELECT 'a.b' AS address, getenv('HOME') AS message FROM mesh.products",
    "SELECT 'a.b' AS address, current_setting('allowed_paths') AS message FROM mesh.products",
    "SELECT 'a.b' AS address, sql AS message FROM duckdb_views()",
    "SELECT 'a.b' AS address, view_definition AS message FROM information_schema.views",
    "SELECT * FROM query('SELECT 1 AS address, 2 AS message')",
    "SELECT address, name AS message FROM stored.base_columns",
    "COPY (SELECT 1) TO '{mesh}/stolen.csv'",
    "SELECT address, '' AS message FROM mesh.products; ATTACH '{mesh}/.mesh/state.db' AS state",
    "WITH x AS (COPY (SELECT 1) TO '{mesh}/stolen.csv') SELECT '' AS address, '' AS message FROM x",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_rule_reaches_the_tables_of_metadata_and_nothing_else(shop: Path, attack: str) -> None:
    data = next((shop / ".mesh" / "data").rglob("*.parquet"))
    write_rule(shop, "attack", attack.format(mesh=shop, data=data))
    with opened(shop) as mesh:
        listed = mesh.rules()
    assert [problem.is_error for problem in listed.problems] == [True]
    assert all(not line.violations for line in listed.lines)
    assert not (shop / "stolen.csv").exists()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_parquet('{data}')",
        "SELECT * FROM read_blob('{mesh}/.mesh/state.db')",
        "SELECT * FROM read_text('{mesh}/mesh.yaml')",
    ],
)
def test_even_past_the_gate_the_session_is_locked(shop: Path, sql: str) -> None:
    """The engine itself refuses: its access is limited to the files of metadata before any rule runs."""
    data = next((shop / ".mesh" / "data").rglob("*.parquet"))
    with opened(shop) as mesh:
        metadata = Metadata(mesh.wiring)
        metadata.refresh()
        text = sql.format(data=data, mesh=shop)
        with session(mesh.wiring, metadata, ["columns"]) as found, pytest.raises(MeshwrightError):
            found.session.rows(text, trusted=True)


def test_an_environment_has_metadata_of_its_own(shop: Path) -> None:
    with (shop / "mesh.yaml").open("a") as file:
        file.write("environments:\n  trial: {state: .mesh-trial}\n")
    fresh(shop)
    wiring = Wiring(shop, "trial")
    metadata = Metadata(wiring)
    metadata.refresh()
    wiring.close()
    assert metadata.lived.digests == {}
    assert fresh(shop).lived.digests.keys() == {"sales", "insight"}
