"""`mesh scan` as it is typed: files and tables, four formats, exit codes, valid JUnit whatever the names."""

import json
import os
import signal
import sqlite3
import time
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import duckdb
import pytest
import yaml
from junitparser import Error, Failure, JUnitXml, Skipped

from tests.e2e.shell import mesh, process, start

FLIGHTS = """select i as id, case when i % 4 = 0 then null else i % 60 end as dep_delay,
  'N' || i % 7 as tailnum from range(200) t(i)"""
CONTRACT: dict[str, Any] = {
    "apiVersion": "v3.2.0", "kind": "DataContract", "id": "flights-1", "version": "1.0.0",
    "status": "active",
    "schema": [
        {
            "name": "flights",
            "properties": [
                {"name": "id", "logicalType": "integer", "primaryKey": True},
                {"name": "dep_delay", "logicalType": "integer", "required": True},
                {"name": "tailnum", "logicalType": "string", "classification": "restricted"},
            ],
            "quality": [
                {"type": "text", "description": "looks right"},
                {"metric": "rowCount", "mustBeGreaterThan": 1000, "severity": "warning"},
            ],
        },
        {
            "name": "planes",
            "properties": [
                {"name": "tailnum", "logicalType": "string", "primaryKey": True},
                {"name": "year", "logicalType": "integer", "logicalTypeOptions": {"minimum": 1950}},
            ],
        },
    ],
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A Parquet file, a SQLite database and a contract of both; no mesh."""
    duckdb.connect().execute(f"copy ({FLIGHTS}) to '{tmp_path}/flights.parquet' (format parquet)")
    database = sqlite3.connect(tmp_path / "fleet.db")
    database.execute("create table planes (tailnum text, year integer)")
    rows = [("N1", 1980), ("N2", 1920), ("N3", 1999), ("N3", 2001)]
    database.executemany("insert into planes values (?, ?)", rows)
    database.execute("create table pilots (name text)")
    database.commit()
    (tmp_path / "notes.txt").write_text("nothing\n")
    (tmp_path / "flights.odcs.yaml").write_text(yaml.safe_dump(CONTRACT, sort_keys=False))
    return tmp_path


def results(text: str) -> dict[str, list[type]]:
    """Return what a JUnit parser sees of each test case."""
    suites = JUnitXml.fromstring(text.encode())
    return {
        case.name.partition(":")[0]: [type(result) for result in case.result]
        for suite in suites
        for case in suite
    }


def test_a_parquet_file_by_a_contract_as_junit(folder: Path) -> None:
    asked = ("scan", "flights.parquet", "--contract", "flights.odcs.yaml", "--format", "junit")
    ended = process(folder, *asked)
    assert ended.code == 1
    found = results(ended.out)
    assert found["primaryKey"] == []
    assert found["dep_delay.required"] == [Failure]
    assert found["quality.text"] == [Skipped]
    assert found["quality.rowCount"] == []
    suite = next(iter(JUnitXml.fromstring(ended.out.encode())))
    assert (suite.failures, suite.errors, suite.skipped) == (1, 0, 1)
    assert "50 of 200 rows fail" in ended.out
    assert "warning: it is 200" in ended.out
    assert not [path.name for path in folder.iterdir() if path.name.startswith(".")]


def test_a_sqlite_table_by_the_same_contract_as_junit(folder: Path) -> None:
    asked = ("--contract", "flights.odcs.yaml", "--format", "junit", "-o", "report.xml")
    for source in (("fleet.db", "--table", "planes"), ("sqlite:///fleet.db?table=planes",)):
        ended = mesh(folder, "scan", *source, *asked)
        assert (ended.code, ended.out) == (1, "")
        assert "FAILED" in ended.err
        found = results((folder / "report.xml").read_text())
        assert found["primaryKey"] == [Failure]
        assert found["year.minimum"] == [Failure]
        assert found["year.logicalType"] == []


def test_what_passes_ends_with_zero(folder: Path) -> None:
    ended = mesh(folder, "scan", "flights.parquet", "--check", "id unique", "--check", "rows > 9")
    assert ended.code == 0
    assert ended.out.splitlines()[-1] == "PASSED  flights.parquet: 200 rows, 2 checks passed"


def test_the_table_reads_at_eighty_columns(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The profile first, then what failed with examples, what is not enforced, the verdict last."""
    monkeypatch.setenv("COLUMNS", "80")
    ended = mesh(
        folder, "scan", "flights.parquet", "--contract", "flights.odcs.yaml",
        "--check", "dep_delay <= 30", "--check", "warning: rows > 1e6",
    )  # fmt: skip
    lines = ended.out.splitlines()
    assert max(map(len, lines[:-1])) <= 80
    assert lines[0].split() == ["column", "type", "nulls", "distinct", "values", "shape"]
    assert lines[3].split() == ["tailnum", "VARCHAR", "0", "~7", "classified"]
    assert "✘ dep_delay.required  no null; 50 of 200 rows fail" in lines
    assert "NOT ENFORCED" in lines
    assert "! quality.rowCount  rows: more than 1000 (warning); it is 200" in lines
    assert lines[-1] == (
        "FAILED  flights.parquet: 200 rows, 7 checks passed, 2 failed, 2 warnings, 1 not enforced"
    )
    assert "N3" not in ended.out


def test_json_is_one_document(folder: Path) -> None:
    asked = ("scan", "flights.parquet", "--contract", "flights.odcs.yaml")
    ended = mesh(folder, *asked, "--json")
    assert ended.json["passed"] is False
    assert ended.json["counts"]["failed"] == 2
    check = next(c for c in ended.json["checks"] if c["id"] == "dep_delay.required")
    assert (check["failed_rows"], check["total_rows"]) == (50, 200)
    assert check["examples"][0] == {"id": 0, "dep_delay": None}
    columns = {c["column"]: c for c in ended.json["profile"]["columns"]}
    assert columns["tailnum"]["classified"] is True
    assert columns["tailnum"]["top"] == []
    again = mesh(folder, *asked, "--format", "json").json
    assert {**again, "at": 0, "seconds": 0} == {**ended.json, "at": 0, "seconds": 0}


def test_oors_carries_results_and_no_data(folder: Path) -> None:
    asked = ("scan", "flights.parquet", "--contract", "flights.odcs.yaml", "--format", "oors")
    document = mesh(folder, *asked).json
    assert document["apiVersion"] == "v0.8.1"
    assert document["kind"] == "ObservabilityResults"
    assert document["status"] == "fail"
    assert document["contract"] == {
        "contractId": "flights-1", "standard": "ODCS", "version": "1.0.0",
    }  # fmt: skip
    found = {result["id"]: result for result in document["results"]}
    assert {result["status"] for result in found.values()} == {"pass", "fail", "warn", "skip"}
    required = found["dep_delay.required"]
    assert required["dimension"] == "completeness"
    assert required["target"] == {
        "resourceType": "column", "resourceIdentifier": "flights.dep_delay",
    }  # fmt: skip
    assert required["measure"] == {
        "metric": "required", "value": 50, "threshold": {"mustBe": 0}, "unit": "rows",
        "rowCount": 200, "failedRowCount": 50,
    }  # fmt: skip
    assert found["quality.rowCount"]["measure"]["threshold"] == {"mustBeGreaterThan": 1000}
    only = mesh(folder, "scan", "flights.parquet", "--format", "oors").json["results"]
    assert [(r["id"], r["measure"]["value"]) for r in only] == [("rows", 200)]


def test_junit_holds_any_name_and_value(tmp_path: Path) -> None:
    """Control characters, markup and surrogates of a file's names cannot break the XML."""
    names = ["a\x00b", "<x>&\"'", "\x1b[31mred", "ü\ufffe"]
    listed = ", ".join('1 as "' + name.replace('"', '""') + '"' for name in names[1:])
    duckdb.connect().execute(
        f"copy (select {listed}, 'bad\x01]]>' as t) to '{tmp_path}/x.parquet' (format parquet)"
    )
    checks = [f'"{name.replace(chr(34), chr(34) * 2)}" > 5' for name in names[1:]]
    asked = [part for check in [*checks, "t in (good)"] for part in ("--check", check)]
    ended = mesh(tmp_path, "scan", "x.parquet", *asked, "--format", "junit")
    found = results(ended.out)
    assert ended.code == 1
    assert sum(kinds == [Failure] for kinds in found.values()) == 4
    assert "\\x1b[31mred" in ended.out
    assert "bad\\x01]]&gt;" in ended.out


def test_a_check_that_breaks_is_an_error_of_junit(folder: Path) -> None:
    ended = mesh(folder, "scan", "flights.parquet", "--check", "tailnum >= 3", "--format", "junit")
    assert ended.code == 1
    assert results(ended.out)["tailnum.minimum"] == [Error]


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("flights.parqet",), 3, "did you mean `flights.parquet`?"),
        (("nowhere/*.csv",), 3, "paths start where the command runs"),
        (("sqlite:///nowhere.db?table=t",), 3, "there is no database"),
        (("notes.txt",), 2, "rename it: .csv"),
        (("fleet.db",), 2, "there are: pilots, planes"),
        (("fleet.db", "--table", "plains"), 2, "did you mean `planes`?"),
        (("flights.parquet", "--check", "idd unique"), 2, "did you mean `id`?"),
        (("flights.parquet", "--check", "id uniqe"), 2, "id unique"),
        (("flights.parquet", "--contract", "none.yaml"), 2, "there is no file `none.yaml`"),
        (("flights.parquet", "--contract", "flights.odcs.yaml", "--object", "x"), 2, "flights"),
        (("postgres://x/y",), 2, "sqlite:///path.db?table=NAME"),
        (("sales.orders.orders",), 2, "not inside a mesh"),
        (("flights.parquet", "--format", "xml"), 2, "junit"),
        (("flights.parquet", "-o", "no/such/folder.json"), 2, "cannot write"),
        ((".",), 2, '"./*.parquet"'),
    ],
)
def test_a_wrong_call_says_what_is_there(
    folder: Path, arguments: tuple[str, ...], code: int, told: str
) -> None:
    ended = mesh(folder, "scan", *arguments)
    assert (ended.code, ended.out) == (code, "")
    assert told in ended.err


def test_a_published_address_is_scanned_from_anywhere_in_the_mesh(built_by_command: Path) -> None:
    ended = mesh(built_by_command / "domains", "scan", "sales.orders.orders", "--format", "json")
    assert (ended.code, ended.json["version"], ended.json["rows"]) == (0, 1, 3)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_leaves_nothing_behind(tmp_path: Path, number: signal.Signals) -> None:
    """Ctrl-C (or a scheduler's limit) stops what runs and removes what was landed."""
    with (tmp_path / "big.csv").open("w") as file:
        file.write("a,b\n")
        file.writelines(f"{i},{'x' * (i % 50)}{i}\n" for i in range(1_500_000))
    before = set(Path(gettempdir()).glob("mesh-scan-*"))
    running = start(tmp_path, "scan", "big.csv", "--check", "b matches ^(x+x+)+y$")
    deadline = time.monotonic() + 60
    while not set(Path(gettempdir()).glob("mesh-scan-*")) - before:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    time.sleep(1.0)
    os.kill(running.pid, number)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 130, err
    assert b"Traceback" not in err
    assert set(Path(gettempdir()).glob("mesh-scan-*")) == before


def test_what_takes_long_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing in the first second; then the stage that runs, and each that follows."""
    from meshwright.cli.waiting import told_if_slow

    with told_if_slow(patience=0.2) as tell:
        tell("quick")
        tell("slow")
        time.sleep(0.4)
        tell("next")
    assert capsys.readouterr().err.splitlines() == ["slow …", "next …"]
    with told_if_slow(patience=5) as tell:
        tell("quick")
    assert json.dumps(capsys.readouterr().err) == '""'
