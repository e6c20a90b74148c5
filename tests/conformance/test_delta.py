"""`DeltaTableStore` passes the suite of table stores, and is a good Delta citizen besides."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from deltalake import DeltaTable

from meshwright.adapters.delta import DeltaTableStore
from meshwright.adapters.delta.statistics import statistics_of
from meshwright.errors import MeshwrightError
from meshwright.model.table import Column, ColumnStatistics, DataFile
from meshwright.spi.table_store import TableState, TableStore
from meshwright.testing.table_store import (
    OutsideRow,
    TableStoreConformance,
    state_of,
    write_file,
)

ONE = "select 1 as n"


class TestDeltaTableStore(TableStoreConformance):
    """The common suite."""

    def open_store(self) -> TableStore:
        return DeltaTableStore()

    def read_outside(self, folder: Path) -> list[OutsideRow]:
        return DeltaTable(str(folder)).to_pyarrow_table().to_pylist()

    def lose_log(self, folder: Path) -> None:
        shutil.rmtree(folder / "_delta_log")


def statistics_in_log(folder: Path) -> list[dict[str, object]]:
    found = []
    for path in sorted((folder / "_delta_log").glob("*.json")):
        for line in path.read_text().splitlines():
            action = json.loads(line)
            if "add" in action:
                found.append(json.loads(action["add"]["stats"]))
    return found


def follow_one(folder: Path, sql: str, hidden: frozenset[str] = frozenset()) -> dict[str, object]:
    file = write_file(folder, "a.parquet", sql)
    DeltaTableStore().follow(folder, replace(state_of(1, sql, file), hidden=hidden))
    return statistics_in_log(folder)[0]


def test_one_commit_for_each_state(tmp_path: Path) -> None:
    """Files, schema, protocol and transaction of a state are one commit, so no reader sees a part of it."""
    store = DeltaTableStore()
    a = write_file(tmp_path, "a.parquet", ONE)
    b = write_file(tmp_path, "b.parquet", "select 2 as n, now()::timestamp as at")
    store.follow(tmp_path, state_of(1, ONE, a))
    store.follow(tmp_path, state_of(2, "select 2 as n, now()::timestamp as at", a, b))
    store.follow(tmp_path, state_of(3, ONE, a))
    assert DeltaTable(str(tmp_path)).version() == 2
    seen = [len(DeltaTable(str(tmp_path), version=v).to_pyarrow_table()) for v in range(3)]
    assert seen == [1, 2, 1]


def test_no_path_is_added_and_removed_in_one_commit(tmp_path: Path) -> None:
    """The protocol forbids it; a kept file is not named at all when the schema changes."""
    store = DeltaTableStore()
    a = write_file(tmp_path, "a.parquet", ONE)
    store.follow(tmp_path, state_of(1, ONE, a))
    store.follow(tmp_path, state_of(2, "select 1 as n, 2 as m", a))
    second = (tmp_path / "_delta_log" / f"{1:020d}.json").read_text()
    assert "a.parquet" not in second


def test_the_table_keeps_its_identity_and_its_settings(tmp_path: Path) -> None:
    """A change of schema keeps the table's id and what an outside tool configured."""
    store = DeltaTableStore()
    store.follow(tmp_path, state_of(1, ONE, write_file(tmp_path, "a.parquet", ONE)))
    table = DeltaTable(str(tmp_path))
    table.alter.set_table_properties({"delta.logRetentionDuration": "interval 7 days"})
    store.follow(tmp_path, state_of(2, "select 1 as n, 2 as m"))
    after = DeltaTable(str(tmp_path))
    assert after.metadata().id == table.metadata().id
    assert after.metadata().configuration["delta.logRetentionDuration"] == "interval 7 days"


def test_description_and_note_are_recorded(tmp_path: Path) -> None:
    """The table says what it is, and each commit which version it shows."""
    state = state_of(1, ONE, write_file(tmp_path, "a.parquet", ONE))
    described = replace(state, description="é flights", note={"version": "7"})
    DeltaTableStore().follow(tmp_path, described)
    table = DeltaTable(str(tmp_path))
    assert table.metadata().description == "é flights"
    assert table.history()[0]["meshwright.version"] == "7"
    again = replace(described, sequence=2, description="other")
    assert DeltaTableStore().follow(tmp_path, again) is True
    assert DeltaTable(str(tmp_path)).metadata().description == "other"


def test_files_are_described_truly(tmp_path: Path) -> None:
    """Size, time and row count in the log are those of the file."""
    state = state_of(1, ONE, write_file(tmp_path, "a.parquet", ONE))
    DeltaTableStore().follow(tmp_path, state)
    found = (tmp_path / "a.parquet").stat()
    line = next(
        json.loads(line)["add"]
        for line in (tmp_path / "_delta_log" / f"{0:020d}.json").read_text().splitlines()
        if "add" in line
    )
    assert (line["size"], line["modificationTime"]) == (found.st_size, int(found.st_mtime * 1000))


def test_statistics_are_in_deltas_types(tmp_path: Path) -> None:
    """Bounds are JSON as the Delta protocol types them, exact to the last digit."""
    big = "12345678901234567890123456789012345678"
    values = {
        "big": f"{big}::decimal(38,0)",
        "dec": "-1.50::decimal(5,2)",
        "t": "'é'",
        "date": "date '2020-02-29'",
        "naive": "timestamp '2020-01-01 10:00:00.123456'",
        "instant": "timestamptz '2020-01-01 10:00:00.5+02'",
        "zero": "0.0::double",
        "flag": "true",
        "raw": "''::blob",
        "list": "[1]",
        "struct": "{'a': 1}",
        "nothing": "null::integer",
    }
    sql = "select " + ", ".join(f'{value} as "{name}"' for name, value in values.items())
    found = follow_one(tmp_path, sql)
    low, high, nulls = found["minValues"], found["maxValues"], found["nullCount"]
    assert isinstance(low, dict)
    assert isinstance(high, dict)
    assert isinstance(nulls, dict)
    assert found["numRecords"] == 1
    assert low["big"] == int(big)
    assert (low["dec"], low["t"], low["date"]) == (-1.5, "é", "2020-02-29")
    assert low["naive"] == "2020-01-01T10:00:00.123456"
    assert low["instant"] == "2020-01-01T08:00:00.500000Z"
    assert (str(low["zero"]), str(high["zero"])) == ("-0.0", "0.0")
    assert not {"flag", "raw", "list", "struct", "nothing"} & set(low)
    assert (nulls["nothing"], nulls["t"]) == (1, 0)


def test_pruning_by_statistics_loses_no_row(tmp_path: Path) -> None:
    """An outside reader that skips files by the log's statistics gets every row that matches."""
    store = DeltaTableStore()
    cells = {
        "a.parquet": "1.5, 'nan', 'x', timestamp '2020-01-01'",
        "b.parquet": "9.99, 5.0, repeat('z', 400), timestamp '2021-01-01 10:00:00.000001'",
        "c.parquet": "null, -0.0, '', timestamp 'infinity'",
    }
    typed = (
        "select p::decimal(10,2) as p, f::double as f, t, moment from (values ({})) v(p,f,t,moment)"
    )
    files = [write_file(tmp_path, name, typed.format(row)) for name, row in cells.items()]
    store.follow(tmp_path, state_of(1, typed.format(cells["a.parquet"]), *files))
    table = DeltaTable(str(tmp_path))
    for predicate in ("p = 9.99", "f = 0.0", "f > 1", "t > 'y'", "moment > timestamp '2021-01-01'"):
        rows = DeltaTableQuery(table).count(predicate)
        with duckdb.connect() as connection:
            listed = [str(tmp_path / file.path) for file in files]
            want = connection.execute(
                f"select count(*) from read_parquet({listed}) where {predicate}"
            ).fetchone()
        assert (predicate, rows) == (predicate, want[0] if want else None)


class DeltaTableQuery:
    """Counts by delta-rs' own engine, which prunes files by the log's statistics."""

    def __init__(self, table: DeltaTable) -> None:
        self.table = table

    def count(self, predicate: str) -> int:
        return sum(batch.num_rows for batch in self.table.scan(predicate=predicate))


def test_hidden_columns_have_no_literals_in_the_log(tmp_path: Path) -> None:
    """Of a classified column only the null count is anywhere in the log."""
    follow_one(tmp_path, "select 'secret@x.org' as mail, 1 as n", hidden=frozenset({"mail"}))
    text = "".join(p.read_text() for p in (tmp_path / "_delta_log").glob("*.json"))
    assert "secret" not in text
    assert statistics_in_log(tmp_path)[0]["nullCount"] == {"mail": 0, "n": 0}


def test_a_column_that_becomes_classified_loses_its_bounds(tmp_path: Path) -> None:
    """The next state describes kept files again, and no file twice."""
    store, sql = DeltaTableStore(), "select 'secret' as mail, 1 as n"
    file = write_file(tmp_path, "a.parquet", sql)
    store.follow(tmp_path, state_of(1, sql, file))
    assert (
        store.follow(tmp_path, replace(state_of(2, sql, file), hidden=frozenset({"mail"}))) is True
    )
    table = DeltaTable(str(tmp_path))
    actions = table.get_add_actions(flatten=True)
    assert actions.column("min.n").to_pylist() == [1]
    assert actions.column("min.mail").to_pylist() == [None]
    assert store.files(tmp_path) == ("a.parquet",)
    assert len(table.to_pyarrow_table()) == 1


def test_inexact_bounds_are_left_out(tmp_path: Path) -> None:
    """A truncated bound is not shown as a value."""
    file = write_file(tmp_path, "a.parquet", "select 'abc' as t")
    cut = DataFile(file.path, 1, file.bytes, {"t": ColumnStatistics(0, "ab", "ab", False)})
    DeltaTableStore().follow(tmp_path, TableState(1, (Column("t", "VARCHAR"),), (cut,)))
    assert statistics_in_log(tmp_path)[0]["minValues"] == {}


def test_an_outside_change_is_undone(tmp_path: Path) -> None:
    """Whoever compacted or deleted, the next follow shows what was published."""
    store = DeltaTableStore()
    files = [write_file(tmp_path, f"{i}.parquet", f"select {i} as n") for i in range(3)]
    state = state_of(1, ONE, *files)
    store.follow(tmp_path, state)
    DeltaTable(str(tmp_path)).optimize.compact()
    assert set(store.files(tmp_path)) != {f.path for f in files}
    assert store.follow(tmp_path, state) is True
    assert set(store.files(tmp_path)) == {f.path for f in files}
    DeltaTable(str(tmp_path)).delete("n = 1")
    assert store.follow(tmp_path, state) is True
    assert sorted(r["n"] for r in DeltaTable(str(tmp_path)).to_pyarrow_table().to_pylist()) == [
        0,
        1,
        2,
    ]


def test_a_log_with_checkpoints_is_followed(tmp_path: Path) -> None:
    """A checkpoint and a cleaned log change nothing."""
    store = DeltaTableStore()
    files = [write_file(tmp_path, f"{i}.parquet", f"select {i} as n") for i in range(2)]
    for sequence in range(1, 7):
        store.follow(tmp_path, state_of(sequence, ONE, files[sequence % 2]))
    DeltaTable(str(tmp_path)).create_checkpoint()
    DeltaTable(str(tmp_path)).cleanup_metadata()
    assert store.sequence(tmp_path) == 6
    store.follow(tmp_path, state_of(7, "select 1 as n, 2 as m", *files))
    assert len(store.files(tmp_path)) == 2


def test_a_broken_log_is_one_clear_error(tmp_path: Path) -> None:
    """A log that is no log names itself and the way out."""
    log = tmp_path / "_delta_log"
    log.mkdir()
    (log / f"{0:020d}.json").write_text("{nonsense")
    with pytest.raises(MeshwrightError) as error:
        DeltaTableStore().follow(tmp_path, state_of(1, ONE))
    assert error.value.code == "table-log-broken"
    assert "\n" not in error.value.message


def test_what_a_killed_writer_left_in_the_log_is_ignored(tmp_path: Path) -> None:
    """A commit that was never linked, and an empty last commit after a loss of power, change nothing."""
    store = DeltaTableStore()
    a, b = (write_file(tmp_path, f"{i}.parquet", f"select {i} as n") for i in (1, 2))
    store.follow(tmp_path, state_of(1, ONE, a))
    (tmp_path / "_delta_log" / f".{1:020d}.abcd.tmp").write_text("{half")
    (tmp_path / "_delta_log" / f"{1:020d}.json").write_text("")
    assert store.follow(tmp_path, state_of(2, ONE, b)) is True
    assert store.files(tmp_path) == ("2.parquet",)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("TIMESTAMP", "0044-03-15 (BC) 10:00:00"), ("TIMESTAMP", "infinity"), ("DATE", "infinity"),
        ("TIMESTAMP", "12026-01-01 00:00:00"), ("TIMESTAMP", "2020-01-01 10:00:00+02"),
        ("TIMESTAMP WITH TIME ZONE", "2020-01-01 10:00:00"), ("DOUBLE", "inf"), ("DOUBLE", "x"),
        ("TIMESTAMP WITH TIME ZONE", "0001-01-01 00:00:00+02"), ("INTEGER", "1; drop"),
        ("DECIMAL(3,1)", "NaN"), ("VARCHAR", "x" * 300), ("BOOLEAN", "1"), ("BLOB", "a"),
    ],
)  # fmt: skip
def test_a_bound_that_is_not_sure_is_left_out(kind: str, text: str) -> None:
    """What Delta cannot type, or a reader could misread, is no bound."""
    known = {"c": ColumnStatistics(0, text, text, True, False)}
    found = json.loads(statistics_of(DataFile("f", 1, 1, known), (Column("c", kind),), frozenset()))
    assert found == {"numRecords": 1, "minValues": {}, "maxValues": {}, "nullCount": {"c": 0}}
