"""Scan: judged as a build is, whatever holds the rows; nothing stays behind, nothing classified leaves."""

import datetime
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import duckdb
import pytest
import yaml
from deltalake import DeltaTable, write_deltalake
from pyarrow import array, float64, null, table, timestamp
from pyarrow.parquet import write_table

import meshwright
from meshwright.app.scan import ScanOrder, scan
from meshwright.app.scanning.scanned import Scanned
from meshwright.errors import MeshwrightError
from tests.meshes import write_mesh

NOW = datetime.datetime(2026, 3, 3, tzinfo=datetime.UTC)
ROWS = """
select i as id, case when i % 10 = 0 then null else 'city' || i % 3 end as city, i - 2.5 as amount,
  timestamp '2026-03-01' + interval (i) minute as at, 'p' || i || '@x.org' as mail from range(100) t(i)
"""


def parquet(path: Path, sql: str = ROWS) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    duckdb.connect().execute(
        f"copy ({sql}) to '{str(path).replace(chr(39), chr(39) * 2)}' (format parquet)"
    )
    return path


def contract(path: Path, *columns: dict[str, Any], name: str = "orders", **more: Any) -> str:
    described = {"name": name, "properties": list(columns), **more}
    return contract_of(path, described)


def contract_of(path: Path, *objects: dict[str, Any], **more: Any) -> str:
    document = {
        "apiVersion": "v3.2.0", "kind": "DataContract", "id": "c-1", "version": "1.0.0",
        "status": "active", "schema": list(objects), **more,
    }  # fmt: skip
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    return str(path)


def scanned(source: object, *checks: str, **asked: Any) -> Scanned:
    return scan(ScanOrder(str(source), checks=checks, **asked), now=NOW)


def statuses(found: Scanned) -> dict[str, str]:
    return {outcome.id: outcome.status for outcome in found.outcomes}


def leftovers() -> set[Path]:
    return set(Path(gettempdir()).glob("mesh-scan-*"))


@pytest.mark.parametrize(
    ("check", "passed"),
    [
        ("id unique", True), ("city unique", False), ("(id, city) unique", True),
        ("id not null", True), ("city not null", False),
        ("id >= 0", True), ("id > 0", False), ("id < 100", True), ("amount between -2.5 and 96.5", True),
        ("id between 1 and 99", False), ("id != 100", True), ("id != 99", False), ("id = 1", False),
        ("at >= 2026-03-01", True), ("at > 2026-03-01", False), ("at < '2026-03-01 00:30:00'", False),
        ("mail matches ^.+@.+$", True), ("mail matches ^a", False),
        ("city in (city0, city1, city2)", True), ("city in (city0)", False),
        ("city not in (city9)", True), ("city not in (city0)", False),
        ("length(mail) between 8 and 9", True), ("length(mail) < 9", False), ("length(mail) = 8", False),
        ("rows = 100", True), ("rows between 101 and 200", False),
        ("nulls(city) <= 10", True), ("nulls(city) < 10", False),
        ("null_share(city) <= 10%", True), ("null_share(city) < 10%", False),
        ("duplicates(id) = 0", True), ("duplicate_share(city) < 50%", False),
        ("duplicates(id, city) = 0", True),
        ("distinct(city) = 3", True), ("distinct(city) > 3", False),
        ("min(amount) >= -2.5", True), ("max(id) < 99", False), ("mean(id) = 49.5", True),
        ("sum(id) = 4950", True),
        ("freshness(at) < 2d", True), ("freshness(at) < 46h", False),
        ("ID unique", True),
    ],
)  # fmt: skip
def test_every_form_of_an_inline_check_is_judged(tmp_path: Path, check: str, passed: bool) -> None:
    found = scanned(parquet(tmp_path / "orders.parquet"), check, profile="none")
    assert found.passed is passed, found.outcomes
    assert {outcome.status for outcome in found.outcomes} <= {"passed", "failed"}
    warned = scanned(tmp_path / "orders.parquet", f"warning: {check}", profile="none")
    assert warned.passed
    assert bool(warned.failed) is not passed


@pytest.mark.parametrize(
    ("check", "code", "hint"),
    [
        ("mial unique", "column-unknown", "did you mean `mail`?"),
        ("min(mail) > 3", "check-unfit", ""),
        ("freshness(id) < 3d", "check-unfit", ""),
        ("warning: id > often", "check-unfit", ""),
        ("mail matches (", "check-invalid", "^.+@.+$"),
        ("mail matches a{2000}", "check-invalid", "ECMA-262"),
        ("warning: mail matches a{2000}", "check-invalid", "ECMA-262"),
    ],
)
def test_a_check_that_cannot_be_about_the_columns_is_refused(
    tmp_path: Path, check: str, code: str, hint: str
) -> None:
    with pytest.raises(MeshwrightError) as refused:
        scanned(parquet(tmp_path / "orders.parquet"), check)
    assert (refused.value.code, refused.value.exit_code) == (code, 2)
    assert hint in refused.value.hint


def test_two_limits_on_one_column_are_two_checks(tmp_path: Path) -> None:
    found = scanned(
        parquet(tmp_path / "o.parquet"), "id >= 0", "id >= 50", "id in (1)", "id in (2)"
    )
    assert statuses(found) == {
        "id.minimum": "passed", "id.enum": "failed", "id.minimum.2": "failed", "id.enum.2": "failed",
    }  # fmt: skip


def test_without_contract_and_checks_there_is_a_profile(tmp_path: Path) -> None:
    found = scanned(parquet(tmp_path / "orders.parquet"))
    assert found.passed
    assert found.outcomes == ()
    city = next(c for c in found.profile.columns if c.column == "city")
    assert (found.rows, city.nulls, dict(city.top)["city1"]) == (100, 10, 30)


def _csv(folder: Path) -> tuple[str, dict[str, str]]:
    duckdb.connect().execute(f"copy ({ROWS}) to '{folder}/orders.csv'")
    return f"{folder}/orders.csv", {}


def _ndjson(folder: Path) -> tuple[str, dict[str, str]]:
    duckdb.connect().execute(f"copy ({ROWS}) to '{folder}/orders.ndjson' (format json)")
    return f"{folder}/orders.ndjson", {}


def _glob(folder: Path) -> tuple[str, dict[str, str]]:
    parquet(folder / "orders-1.parquet", f"select * from ({ROWS}) where id < 40")
    parquet(folder / "orders-2.parquet", f"select * from ({ROWS}) where id >= 40")
    return f"{folder}/orders-*.parquet", {}


def _sqlite(folder: Path) -> tuple[str, dict[str, str]]:
    database = sqlite3.connect(folder / "shop.db")
    database.execute(
        "create table orders (id integer, city text, amount real, at timestamp, mail text)"
    )
    rows = [(*row[:2], float(row[2]), str(row[3]), row[4]) for row in duckdb.sql(ROWS).fetchall()]
    database.executemany("insert into orders values (?, ?, ?, ?, ?)", rows)
    database.execute("create table others (x)")
    database.commit()
    return f"{folder}/shop.db", {"table": "orders"}


def _delta(folder: Path) -> tuple[str, dict[str, str]]:
    rows = duckdb.sql(ROWS).to_arrow_table()
    write_deltalake(folder / "orders", rows.slice(0, 60), partition_by=["city"])
    write_deltalake(folder / "orders", rows.slice(50), mode="append")
    DeltaTable(folder / "orders").delete("id >= 50")
    write_deltalake(folder / "orders", rows.slice(50), mode="append")
    return f"{folder}/orders", {}


@pytest.mark.parametrize("make", [_csv, _ndjson, _glob, _sqlite, _delta])
def test_the_same_rows_get_the_same_verdict_wherever_they_lie(
    tmp_path: Path, make: Callable[[Path], tuple[str, dict[str, str]]]
) -> None:
    source, asked = make(tmp_path)
    file = contract(
        tmp_path / "c.yaml",
        {"name": "id", "logicalType": "integer", "primaryKey": True},
        {"name": "city", "logicalType": "string", "required": True},
        {"name": "amount", "logicalType": "number", "logicalTypeOptions": {"minimum": 0}},
        {"name": "at", "logicalType": "timestamp"},
        {"name": "mail", "logicalType": "string"},
    )
    before = leftovers()
    found = scanned(source, contract=file, **asked)
    failed = {outcome.id: outcome.failed_rows for outcome in found.failed}
    assert failed == {"city.required": 10, "amount.minimum": 3}
    assert found.rows == 100
    assert leftovers() == before


def test_parquet_is_read_where_it_lies_and_by_its_exact_path(tmp_path: Path) -> None:
    """A folder called like a partition adds no column; a pattern in a name is no pattern."""
    path = parquet(tmp_path / "year=2024" / "it's [1]*.parquet", "select 1 as n")
    parquet(tmp_path / "year=2024" / "it's 1.parquet", "select 2 as n")
    found = scanned(path, "n = 1")
    assert found.passed
    assert [column.column for column in found.profile.columns] == ["n"]


def test_a_delta_table_is_its_newest_version_with_its_partitions_values(tmp_path: Path) -> None:
    folder = tmp_path / "t"
    values = {"a": [1, 2, 3], "p": ["01", "x y/ü'", None], "q": [NOW.date(), None, NOW.date()]}
    write_deltalake(folder, table(values), partition_by=["p", "q"])
    write_deltalake(folder, table({"a": [4], "p": ["01"], "q": [None], "b": [1.5]}), mode="append",
                    schema_mode="merge")  # fmt: skip
    DeltaTable(folder).delete("a = 2")
    found = scanned(folder, "p in ('01')", "nulls(b) = 2", "nulls(q) = 1", "distinct(a) = 3")
    assert found.passed, found.failed
    assert {c.column: c.type for c in found.profile.columns} == {
        "a": "BIGINT", "p": "VARCHAR", "q": "DATE", "b": "DOUBLE",
    }  # fmt: skip
    assert found.version == 2
    DeltaTable(folder).delete()
    assert scanned(folder, "rows = 0").passed


def test_a_delta_table_that_files_alone_do_not_tell_is_refused(tmp_path: Path) -> None:
    write_deltalake(tmp_path / "t", table({"a": [1]}), configuration={"delta.appendOnly": "false"})
    log = tmp_path / "t" / "_delta_log" / "00000000000000000000.json"
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    for line in lines:
        if "metaData" in line:
            line["metaData"]["configuration"]["delta.columnMapping.mode"] = "name"
    log.write_text("\n".join(json.dumps(line) for line in lines))
    with pytest.raises(MeshwrightError) as refused:
        scanned(tmp_path / "t")
    assert refused.value.code == "table-feature-unsupported"


def test_nothing_of_a_classified_column_is_shown(tmp_path: Path) -> None:
    """Not in the profile, not among examples, not as a measured value, in no format."""
    path = parquet(
        tmp_path / "people.parquet", "select 7000 + i as ssn, i as id from range(20) t(i)"
    )
    file = contract(
        tmp_path / "c.yaml",
        {"name": "ssn", "logicalType": "integer", "classification": "restricted",
         "logicalTypeOptions": {"minimum": 9000}},
        {"name": "id"},
    )  # fmt: skip
    found = scanned(path, "max(ssn) < 5", "ssn < 0", "id < 0", contract=file)
    from meshwright.app.scanning.junit import junit_text
    from meshwright.app.scanning.oors import oors_document

    told = json.dumps(found.to_dict()) + junit_text(found) + json.dumps(oors_document(found))
    assert not any(str(7000 + i) in told for i in range(20))
    assert found.classified == {"ssn"}
    assert len(found.failed) == 4


def test_every_item_of_a_contract_is_judged_or_named_as_not_enforced(tmp_path: Path) -> None:
    file = contract_of(
        tmp_path / "c.yaml",
        {
            "name": "orders",
            "properties": [
                {"name": "id", "unique": True,
                 "relationships": [{"to": "people.id"}, {"to": "orders.id"}]},
                {"name": "city"}, {"name": "amount"}, {"name": "at"}, {"name": "mail"},
            ],
            "quality": [{"type": "text", "description": "looks nice"}],
        },
        {"name": "people", "properties": [{"name": "id"}]},
        slaProperties=[{"property": "latency", "value": 4, "unit": "d"}],
    )  # fmt: skip
    found = scanned(parquet(tmp_path / "orders.parquet"), contract=file)
    assert found.passed
    by_name = {o.id: o.reason for o in found.not_enforced}
    assert set(by_name) == {"id.relationship", "quality.text", "sla.latency"}
    assert "not part of this scan" in by_name["id.relationship"]
    assert ("relationship", "passed") in {(o.kind, o.status) for o in found.outcomes}


def test_undeclared_and_missing_columns_fail(tmp_path: Path) -> None:
    path = parquet(tmp_path / "t.parquet", "select 1 as a, 2 as extra")
    file = contract(tmp_path / "c.yaml", {"name": "a"}, {"name": "gone", "required": True})
    found = scanned(path, "extra > 0", contract=file)
    assert statuses(found) == {
        "a.present": "passed", "gone.present": "failed", "gone.required": "errored",
        "extra.undeclared": "failed", "extra.exclusiveMinimum": "passed",
    }  # fmt: skip
    assert "extra" in found.classified


def test_the_object_is_the_one_named_like_the_source_or_asked_for(tmp_path: Path) -> None:
    path = parquet(tmp_path / "b.parquet", "select 1 as x")
    file = contract_of(
        tmp_path / "c.yaml",
        {"name": "a", "properties": [{"name": "y"}]},
        {"name": "b", "properties": [{"name": "x"}]},
    )
    assert scanned(path, contract=file).passed
    assert not scanned(path, contract=file, object="a").passed
    for source, asked, code in (("b", "bb", "object-unknown"), ("c", "", "object-missing")):
        other = parquet(tmp_path / f"{source}.parquet", "select 1 as x")
        with pytest.raises(MeshwrightError) as refused:
            scanned(other, contract=file, object=asked)
        assert refused.value.code == code
        assert "b" in refused.value.hint


def test_a_broken_contract_is_refused_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    file = contract(path, {"name": "a", "requird": True})
    with pytest.raises(MeshwrightError) as refused:
        scanned(parquet(tmp_path / "t.parquet", "select 1 as a"), contract=file)
    assert refused.value.exit_code == 2
    assert refused.value.place.startswith(f"{file}:")


def test_text_without_types_is_read_as_the_contract_says(tmp_path: Path) -> None:
    """Digits of a code stay text; one bad date among good ones is one bad row, not a wrong type."""
    path = tmp_path / "t.csv"
    path.write_text("zip,day\n00501,2026-01-01\n99999,soon\n12345,2026-01-02\n")
    file = contract(
        tmp_path / "c.yaml",
        {"name": "zip", "logicalType": "string"},
        {"name": "day", "logicalType": "date"},
        name="t",
    )
    found = scanned(path, contract=file)
    assert [(o.id, o.failed_rows, o.total_rows) for o in found.failed] == [("parsed", 1, 3)]
    assert found.examples["parsed"].rows == ((str(path), 3, "day"),) or (
        found.examples["parsed"].rows[0][1:] == (3, "day")
    )
    assert "soon" not in json.dumps(found.to_dict())


@pytest.mark.parametrize(
    ("name", "content", "code", "exit_code"),
    [
        ("empty.csv", b"", "source-empty", None),
        ("broken.parquet", b"PAR1 and then nothing", "source-malformed", 1),
        ("empty.parquet", b"", "source-malformed", 1),
        ("what.xyz", b"?", "source-format-unknown", 2),
        ("binary.csv", b"\x7fELF\x02\x01\0\0\0,\0\n\0\x80", "source-malformed", 1),
        ("none.db", b"", "table-missing", 2),
    ],
)
def test_what_cannot_be_read_is_one_clear_error(
    tmp_path: Path, name: str, content: bytes, code: str, exit_code: int | None
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    before = leftovers()
    with pytest.raises(MeshwrightError) as refused:
        scanned(path)
    assert refused.value.code == code
    assert exit_code in (None, refused.value.exit_code)
    assert leftovers() == before


def test_strange_values_and_sizes_are_profiled(tmp_path: Path) -> None:
    write_table(
        table({
            "t": array([1, 2, None], timestamp("ns")),
            "nothing": array([None] * 3, null()),
            "x": array([float("nan"), float("inf"), None], float64()),
            'odd ".name': array([1, 1, 1]),
        }),
        tmp_path / "odd.parquet",
    )  # fmt: skip
    found = scanned(tmp_path / "odd.parquet", '"odd "".name" = 1', "x < 3", "freshness(t) > 1d")
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["rows"] == 3
    assert statuses(found)["x.exclusiveMaximum"] == "failed"
    assert {c.column: c.nulls for c in found.profile.columns} == {
        "t": 1, "nothing": 3, "x": 1, 'odd ".name': 0,
    }  # fmt: skip
    parquet(tmp_path / "none.parquet", "select 1 as a where false")
    assert scanned(tmp_path / "none.parquet", "a unique", "rows = 0").passed


def test_nanoseconds_are_a_timestamp_to_a_contract(tmp_path: Path) -> None:
    write_table(table({"t": array([1], timestamp("ns"))}), tmp_path / "t.parquet")
    file = contract(tmp_path / "c.yaml", {"name": "t", "logicalType": "timestamp"}, name="t")
    assert scanned(tmp_path / "t.parquet", contract=file).passed


def test_a_published_port_is_scanned_by_its_own_contract_and_that_is_recorded(
    built_shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(built_shop)
    found = meshwright.scan("sales.orders.orders", checks=["rows = 3"])
    assert found.passed
    assert {"primaryKey", "customer.required", "amount.minimum"} <= set(statuses(found))
    with meshwright.open(built_shop) as mesh:
        last = mesh.ledger_entries(["QueryRan"])[-1]
    assert last["fact"]["purpose"] == "scan"
    assert last["fact"]["read"] == ["sales.orders.orders@1"]
    with pytest.raises(MeshwrightError) as refused:
        meshwright.scan("sales.orders.ordesr")
    assert "sales.orders.orders" in refused.value.hint


def test_hundreds_of_columns_are_profiled_in_several_queries(tmp_path: Path) -> None:
    """The same numbers, however many queries they come from."""
    listed = ", ".join(f"(i * {n + 1}) % 7 as c{n}" for n in range(300))
    found = scanned(parquet(tmp_path / "wide.parquet", f"select {listed} from range(21) t(i)"))
    assert len(found.profile.columns) == 300
    assert {(c.distinct, c.minimum, c.maximum, len(c.histogram)) for c in found.profile.columns
            if (int(c.column[1:]) + 1) % 7} == {(7, 0, 6, 20)}  # fmt: skip
    assert found.profile.sampled_rows == 21
    assert all(sum(n for _, n in c.top) == 21 for c in found.profile.columns)
    assert sum("mesh sample" in sql for sql in found.verdict.scans) > 1


def test_what_a_port_classifies_stays_hidden_under_another_contract(tmp_path: Path) -> None:
    """Also where only a part of a column is classified."""
    private = {"name": "who", "logicalType": "object",
               "properties": [{"name": "ssn", "logicalType": "integer", "classification": "restricted"},
                              {"name": "age", "logicalType": "integer"}]}  # fmt: skip
    folder = write_mesh(
        tmp_path / "mesh",
        {"hr": {"people": {
            "inputs": {"raw": "id,ssn\n1,713107\n2,713108\n"},
            "ports": {"people": "select id, {'ssn': ssn, 'age': 3} as who from raw"},
            "contracts": {"people": {"columns": [{"name": "id", "logicalType": "integer"}, private]}},
        }}},
    )  # fmt: skip
    open_file = contract(tmp_path / "open.yaml", {"name": "id"}, {"name": "who"}, name="people")
    with meshwright.open(folder) as mesh:
        assert [result.status for result in mesh.run()] == ["published"]
        order = ScanOrder("hr.people.people", contract=open_file, checks=("id > 5",))
        found = scan(order, mesh.wiring)
    assert found.classified == {"who"}
    assert "71310" not in json.dumps(found.to_dict(), default=str)
