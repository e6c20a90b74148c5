"""From an empty folder to a published product: what is drafted passes check and run without an edit."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow
import pyarrow.parquet
import pytest
import yaml

from tests.e2e.shell import mesh

ROWS = [
    {
        "id": n,
        "customer": f"c{n % 7}",
        "amount": n * 3,
        "price": n + 0.5,
        "status": ("open", "closed")[n % 2],
        "day": (date(2024, 1, 1) + timedelta(days=n)).isoformat(),
        "note": None if n % 5 else f"note {n}",
    }
    for n in range(1, 61)
]


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A mesh with one domain and nothing in it."""
    folder = tmp_path / "retail"
    assert mesh(tmp_path, "init", "retail").code == 0
    assert mesh(folder, "new", "domain", "sales", "--owner", "ana@example.com").code == 0
    return folder


def as_csv(folder: Path) -> list[str]:
    lines = [",".join(ROWS[0])]
    lines += [",".join("" if v is None else str(v) for v in row.values()) for row in ROWS]
    (folder / "orders.csv").write_text("\n".join(lines) + "\n")
    return ["orders.csv"]


def as_ndjson(folder: Path) -> list[str]:
    import json

    (folder / "orders.ndjson").write_text("\n".join(json.dumps(row) for row in ROWS) + "\n")
    return ["orders.ndjson"]


def as_parquet(folder: Path) -> list[str]:
    rows = [{**row, "day": date.fromisoformat(str(row["day"]))} for row in ROWS]
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), folder / "orders.parquet")
    return ["orders.parquet"]


def as_excel(folder: Path) -> list[str]:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(ROWS[0]))
    for row in ROWS:
        first = [*row.values()][:5]
        sheet.append([*first, date.fromisoformat(str(row["day"])), row["note"]])
    book.save(folder / "orders.xlsx")
    return ["orders.xlsx"]


def as_sqlite(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "crm.db")) as database:
        database.execute(
            "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer TEXT, amount INTEGER,"
            " price REAL, status TEXT, day DATE, note TEXT)"
        )
        marks = ", ".join(f":{name}" for name in ROWS[0])
        database.executemany(f"INSERT INTO orders VALUES ({marks})", ROWS)
        database.commit()
    return ["crm.db", "--table", "orders"]


def properties(folder: Path, product: str = "orders") -> dict[str, dict[str, Any]]:
    path = folder / f"domains/sales/{product}/contracts/{product}.odcs.yaml"
    (described,) = yaml.safe_load(path.read_text())["schema"]
    return {one["name"]: one for one in described["properties"]}


@pytest.mark.parametrize("write", [as_csv, as_ndjson, as_parquet, as_excel, as_sqlite])
def test_a_drafted_product_checks_and_runs_as_it_is(
    empty: Path, write: Callable[[Path], list[str]]
) -> None:
    source, *more = write(empty)
    ended = mesh(empty, "new", "product", "sales.orders", "--from", source, *more, "--json")
    assert ended.code == 0, ended.err
    assert ended.json["rows"] == 60
    guesses = {(guess["column"], guess["what"]) for guess in ended.json["guesses"]}
    assert {("id", "key"), ("status", "enum"), ("amount", "required")} <= guesses
    checked = mesh(empty, "check", "--strict")
    assert checked.code == 0, checked.out
    ran = mesh(empty, "run", "--json")
    assert ran.code == 0, ran.out
    assert ran.json["builds"][0]["ports"]["orders"]["rows"] == 60
    read = mesh(empty, "query", "select count(*), sum(amount) from sales.orders.orders", "--json")
    assert read.json["rows"] == [[60, sum(int(str(row["amount"])) for row in ROWS)]]
    found = properties(empty)
    assert [one["logicalType"] for one in found.values()][:5] == [
        "integer",
        "string",
        "integer",
        "number",
        "string",
    ]
    assert found["day"]["logicalType"] in ("date", "timestamp")
    assert found["id"]["primaryKey"] is True
    assert found["id"]["required"] is True
    assert "required" not in found["note"]
    assert [one["value"] for one in found["status"]["enum"]] == ["closed", "open"]
    assert "enum" not in found["customer"] or len(found["customer"]["enum"]) == 7
    text = (empty / "domains/sales/orders/contracts/orders.odcs.yaml").read_text()
    assert text.count("# guess") == len(guesses)


def test_odd_column_names_are_drafted_so_that_they_run(empty: Path) -> None:
    names = ["order", "Select", "a b", "größe", "from", "x.y", "1st", "at", "null", "it's", "c:d"]
    (empty / "odd.csv").write_text(",".join(names) + "\n" + ",".join("123456789") + ",a,b\n")
    ended = mesh(empty, "new", "product", "sales.odd", "--from", "odd.csv")
    assert ended.code == 0, ended.err
    assert mesh(empty, "check").code == 0, mesh(empty, "check").out
    assert mesh(empty, "run").code == 0, mesh(empty, "run").out
    assert mesh(empty, "query", "from sales.odd.odd", "--json").json["columns"] == names
    assert list(properties(empty, "odd")) == names


def test_a_glob_of_compressed_files_becomes_one_port(empty: Path) -> None:
    import gzip

    (empty / "drops").mkdir()
    for number in (1, 2):
        with gzip.open(empty / "drops" / f"{number}.csv.gz", "wt") as file:
            file.write(f"id;v\n{number};a\n")
    ended = mesh(empty, "new", "product", "sales.drops", "--from", "drops/*.csv.gz")
    assert ended.code == 0, ended.err
    assert mesh(empty, "run").code == 0
    (empty / "drops" / "3.csv").write_text("not this one")
    assert mesh(empty, "query", "select count(*) from sales.drops.drops", "--json").json[
        "rows"
    ] == [[2]]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--from", "nothing.csv"], "nothing.csv"),
        (["--from", "*.csv"], "*.csv"),
        (["--from", "empty.csv"], "empty.csv"),
        (["--from", "x.xyz"], "x.xyz"),
        (["--from", "crm.db"], "--table"),
        (["--from", "crm.db", "--table", "order"], "orders"),
        (["--from", "fake.parquet"], "fake.parquet"),
        (["--from", "fake.xlsx"], "fake.xlsx"),
        (["--from", "x.csv", "--port", "No Port"], "No Port"),
        (["--from", "x.csv", "--format", "yaml"], "yaml"),
        (["--from", "."], "."),
    ],
)
def test_what_cannot_be_drafted_leaves_no_file(
    empty: Path, arguments: list[str], told: str
) -> None:
    as_sqlite(empty)
    (empty / "empty.csv").write_text("")
    (empty / "x.xyz").write_text("?")
    (empty / "x.csv").write_text("id\n1\n")
    (empty / "fake.parquet").write_text("not parquet")
    (empty / "fake.xlsx").write_text("not excel")
    if arguments == ["--from", "*.csv"]:
        for file in empty.glob("*.csv"):
            file.unlink()
    ended = mesh(empty, "new", "product", "sales.thing", *arguments)
    assert ended.code in (1, 2, 3), ended.out
    assert told in ended.err
    assert not (empty / "domains/sales/thing").exists()


def test_a_csv_with_a_header_and_no_row_is_drafted_without_guesses(empty: Path) -> None:
    (empty / "later.csv").write_text("id,name\n")
    ended = mesh(empty, "new", "product", "sales.later", "--from", "later.csv", "--json")
    assert ended.code == 0, ended.err
    assert ended.json["guesses"] == []
    assert mesh(empty, "check").code == 0
    assert mesh(empty, "run").code == 0


def test_mesh_yaml_keeps_its_comments_and_lines(empty: Path) -> None:
    path = empty / "mesh.yaml"
    path.write_text(
        "# ours, since 2019\nname: retail   # the shop\ndomains:   # in order of age\n"
        "  - domains/sales   # the first\n\ntimezone: Europe/Berlin # we close at midnight\n"
    )
    assert mesh(empty, "new", "domain", "crm", "--owner", "b@example.com").code == 0
    text = path.read_text()
    for kept in ("# ours, since 2019", "name: retail   # the shop", "# the first", "# we close"):
        assert kept in text
    assert yaml.safe_load(text)["domains"] == ["domains/sales", "domains/crm"]
    assert "# in order of age" in text
    assert mesh(empty, "check").code == 0


@pytest.mark.parametrize(
    "text",
    [
        "name: retail\ndomains: [domains/sales]\n",
        "name: retail\ndomains: [domains/sales] # here\n",
        "name: retail\ndomains: []\n",
        "name: retail\ndomains:\n- domains/sales\n",
        "name: retail\n",
        "name: retail",
        "name: retail\ndomains:\n  [\n    domains/sales,\n  ]\n",
        'name: retail\ndomains: ["domains/sales"]\ntimezone: UTC\n',
        "name: retail\ndomains:\n\n  # old\n  - domains/sales\n  # new\ntimezone: UTC\n",
    ],
)
def test_a_domain_is_added_however_the_list_is_written(empty: Path, text: str) -> None:
    path = empty / "mesh.yaml"
    path.write_text(text)
    ended = mesh(empty, "new", "domain", "crm", "--owner", "b@example.com")
    assert ended.code == 0, ended.err
    document = yaml.safe_load(path.read_text())
    assert document["domains"][-1] == "domains/crm"
    assert len(document["domains"]) == (2 if "sales" in text else 1)
    assert {key: value for key, value in document.items() if key != "domains"} == {
        key: value for key, value in yaml.safe_load(text).items() if key != "domains"
    }


def test_init_touches_nothing_that_exists(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("mine\n")
    assert mesh(tmp_path, "init", ".", "--name", "my_mesh").code == 0
    assert (tmp_path / ".gitignore").read_text() == "mine\n"
    assert yaml.safe_load((tmp_path / "mesh.yaml").read_text())["name"] == "my_mesh"
    assert mesh(tmp_path, "check").code == 0
    again = mesh(tmp_path, "init")
    assert (again.code, "mesh-exists" in again.err) == (2, True)
    assert mesh(tmp_path, "run").code == 0
    assert mesh(tmp_path, "plan").code == 0
    assert mesh(tmp_path, "show").code == 0


@pytest.mark.parametrize("folder", ["My Mesh (2)", "2024", "büro", "---", "it's; rm -rf"])
def test_init_in_a_folder_of_any_name(tmp_path: Path, folder: str) -> None:
    assert mesh(tmp_path, "init", folder).code == 0 or folder.startswith("-")
    if not folder.startswith("-"):
        assert mesh(tmp_path / folder, "check").code == 0
        assert (tmp_path / folder / ".gitignore").read_text() == ".mesh/\n"


def test_init_refuses_a_wrong_name_and_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "name-invalid" in mesh(tmp_path, "init", "x", "--name", "Not A Name").err
    assert not (tmp_path / "x").exists()
    assert mesh(tmp_path, "init", "file").code == 2


def test_a_mesh_inside_a_mesh_is_allowed_and_the_nearest_counts(empty: Path) -> None:
    assert mesh(empty, "init", "inner").code == 0
    assert mesh(empty / "inner", "show", "--json").json["products"] == []


@pytest.mark.parametrize("name", ["system", "temp"])
def test_a_domain_is_not_named_as_sql_names_its_own(tmp_path: Path, name: str) -> None:
    """Its products could be published, and never queried."""
    assert mesh(tmp_path, "init").code == 0
    ended = mesh(tmp_path, "new", "domain", name, "--owner", "a@b.c")
    assert ended.code == 2
    assert "name-reserved" in ended.err
    assert mesh(tmp_path, "new", "domain", "ops", "--owner", "a@b.c").code == 0
    (tmp_path / "orders.csv").write_text("x\n1\n")
    ended = mesh(tmp_path, "new", "product", "ops.information_schema", "--from", "orders.csv")
    assert ended.code == 2
    assert "name-reserved" in ended.err
