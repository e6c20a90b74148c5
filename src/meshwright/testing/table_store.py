"""What every table store must do, whatever its format.

Subclass `TableStoreConformance`, give `open_store`, `lose_log` and `read_outside` (a reader of the format
that knows nothing of Meshwright), and let pytest collect it. Files are written by DuckDB, as an engine would.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from meshwright.errors import MeshwrightError
from meshwright.model.table import Column, ColumnStatistics, DataFile
from meshwright.spi.table_store import TableState, TableStore

OutsideRow = dict[str, object]
STORABLE: tuple[tuple[str, object], ...] = (
    ("true", True),
    ("1::tinyint", 1),
    ("2::smallint", 2),
    ("3::integer", 3),
    ("4::bigint", 4),
    ("1.5::float", 1.5),
    ("2.5::double", 2.5),
    (
        "-12345678901234567890123456789012345678::decimal(38,0)",
        Decimal(f"-{'1234567890' * 4}"[:39]),
    ),
    ("-1.50::decimal(5,2)", Decimal("-1.50")),
    ("'é'", "é"),
    ("date '2020-02-29'", date(2020, 2, 29)),
    ("timestamp '2020-01-01 10:00:00.123456'", datetime(2020, 1, 1, 10, 0, 0, 123456)),
    ("timestamptz '2020-01-01 10:00:00.5+02'", datetime(2020, 1, 1, 8, 0, 0, 500000, UTC)),
    ("'\\x00'::blob", b"\x00"),
    ("'a'::enum('a', 'b')", "a"),
    ("[1, null]::integer[]", [1, None]),
    ("{'x y': 1, 'deep': [{'z': 'v'}]}", {"x y": 1, "deep": [{"z": "v"}]}),
    ("map {'k': 1}", [("k", 1)]),
    ("null::integer", None),
)


def write_file(folder: Path, name: str, sql: str) -> DataFile:
    """Write the rows of a SELECT as the Parquet file `name`, with the statistics that its writer knows."""
    folder.mkdir(parents=True, exist_ok=True)
    path = str(folder / name).replace("'", "''")
    with duckdb.connect() as connection:
        _, rows, size, _, columns, *_ = connection.execute(
            f"copy ({sql}) to '{path}' (format parquet, return_stats)"
        ).fetchall()[0]
    known = {
        _unquoted(key): _statistics(value) for key, value in columns.items() if '"."' not in key
    }
    return DataFile(name, rows, size, known)


def columns_of(sql: str) -> tuple[Column, ...]:
    """Return the columns that a SELECT gives, as DuckDB spells their types."""
    with duckdb.connect() as connection:
        described = connection.execute(f"describe {sql}").fetchall()
    return tuple(Column(row[0], row[1]) for row in described)


def state_of(sequence: int, sql: str, *files: DataFile) -> TableState:
    """Return the state of a table with the columns of `sql`."""
    return TableState(sequence, columns_of(sql), files)


def _unquoted(key: str) -> str:
    return key[1:-1].replace('""', '"')


def _statistics(found: dict[str, str]) -> ColumnStatistics:
    return ColumnStatistics(
        nulls=int(found["null_count"]) if "null_count" in found else None,
        minimum=found.get("min"),
        maximum=found.get("max"),
        is_exact=found.get("min_is_exact") == found.get("max_is_exact") == "true",
        has_nan=found["has_nan"] == "true" if "has_nan" in found else None,
    )


class TableStoreConformance:
    """The behaviour of a `TableStore`."""

    def open_store(self) -> TableStore:
        """Return the store to test."""
        raise NotImplementedError

    def read_outside(self, folder: Path) -> list[OutsideRow]:
        """Return all rows of the table as its own format's reader sees them."""
        raise NotImplementedError

    def sorted_outside(self, folder: Path, column: str = "n") -> list[object]:
        """Return one column of all rows, sorted."""
        return sorted((row[column] for row in self.read_outside(folder)), key=repr)

    def test_no_table_has_sequence_zero_and_no_files(self, tmp_path: Path) -> None:
        """Asking where there is nothing is no error."""
        store = self.open_store()
        assert store.sequence(tmp_path / "none") == 0
        assert store.files(tmp_path / "none") == ()
        assert store.snapshot(tmp_path / "none") is None

    def test_a_snapshot_names_the_files_and_columns_of_now(self, tmp_path: Path) -> None:
        """What is read file by file is what an outside reader sees, and no file that was replaced."""
        store, old, new = self.open_store(), "select 1 as n, 'x' as t", "select 2 as n, 'y' as t"
        store.follow(tmp_path, state_of(1, old, write_file(tmp_path, "a.parquet", old)))
        store.follow(tmp_path, state_of(2, new, write_file(tmp_path, "b.parquet", new)))
        found = store.snapshot(tmp_path)
        assert found is not None
        assert found.files == ("b.parquet",)
        assert found.columns == (Column("n", "INTEGER"), Column("t", "VARCHAR"))
        assert found.partitions == {}

    def test_the_first_state_makes_the_table(self, tmp_path: Path) -> None:
        """A table appears with exactly the rows of its files."""
        store, sql = self.open_store(), "select 1 as n, 'x' as t"
        file = write_file(tmp_path, "a.parquet", sql)
        write_file(tmp_path, "staged.parquet", sql)
        assert store.follow(tmp_path, state_of(3, sql, file)) is True
        assert self.read_outside(tmp_path) == [{"n": 1, "t": "x"}]
        assert store.files(tmp_path) == ("a.parquet",)
        assert store.sequence(tmp_path) == 3

    def test_repeating_changes_nothing(self, tmp_path: Path) -> None:
        """The same state again is answered by False."""
        store, sql = self.open_store(), "select 1 as n"
        state = state_of(1, sql, write_file(tmp_path, "a.parquet", sql))
        assert store.follow(tmp_path, state) is True
        assert store.follow(tmp_path, state) is False

    def test_the_difference_is_applied(self, tmp_path: Path) -> None:
        """Files are added and removed until the table is exactly the state."""
        store, sql = self.open_store(), "select 1 as n"
        a, b, c = (write_file(tmp_path, f"{i}.parquet", f"select {i} as n") for i in (1, 2, 3))
        store.follow(tmp_path, state_of(1, sql, a, b))
        store.follow(tmp_path, state_of(2, sql, b, c))
        assert self.sorted_outside(tmp_path) == [2, 3]
        store.follow(tmp_path, state_of(3, sql, a))
        assert self.sorted_outside(tmp_path) == [1]

    def test_a_store_never_goes_back(self, tmp_path: Path) -> None:
        """An older state than the one followed is ignored."""
        store, sql = self.open_store(), "select 1 as n"
        a, b = (write_file(tmp_path, f"{i}.parquet", f"select {i} as n") for i in (1, 2))
        store.follow(tmp_path, state_of(5, sql, b))
        assert store.follow(tmp_path, state_of(4, sql, a)) is False
        assert self.sorted_outside(tmp_path) == [2]
        assert store.sequence(tmp_path) == 5

    @pytest.mark.parametrize("files", [0, 1])
    def test_a_table_may_be_empty(self, tmp_path: Path, files: int) -> None:
        """No file, or a file without rows, is a table without rows."""
        store, sql = self.open_store(), "select 1 as n, 'x' as t where false"
        listed = [write_file(tmp_path, "a.parquet", sql)][:files]
        store.follow(tmp_path, state_of(1, sql, *listed))
        assert self.read_outside(tmp_path) == []
        store.follow(tmp_path, state_of(2, sql))
        assert self.read_outside(tmp_path) == []

    def test_columns_change_with_their_files(self, tmp_path: Path) -> None:
        """Another schema and other files come in together."""
        store, old, new = (
            self.open_store(),
            "select 1 as n",
            "select 'x' as t, now()::timestamp as at",
        )
        a, b = write_file(tmp_path, "a.parquet", old), write_file(tmp_path, "b.parquet", new)
        store.follow(tmp_path, state_of(1, old, a))
        store.follow(tmp_path, state_of(2, new, b))
        rows = self.read_outside(tmp_path)
        assert [row["t"] for row in rows] == ["x"]
        assert set(rows[0]) == {"t", "at"}
        store.follow(tmp_path, state_of(3, old, a))
        assert self.read_outside(tmp_path) == [{"n": 1}]

    def test_a_column_added_keeps_the_older_files(self, tmp_path: Path) -> None:
        """Files that lack a new column stay, and read as null there."""
        store, old, new = (
            self.open_store(),
            "select 1 as n",
            "select 2 as n, now()::timestamp as at",
        )
        a, b = write_file(tmp_path, "a.parquet", old), write_file(tmp_path, "b.parquet", new)
        store.follow(tmp_path, state_of(1, old, a))
        store.follow(tmp_path, state_of(2, new, a, b))
        rows = {row["n"]: row["at"] for row in self.read_outside(tmp_path)}
        assert rows[1] is None
        assert rows[2] is not None
        assert set(store.files(tmp_path)) == {"a.parquet", "b.parquet"}

    def test_a_column_dropped_keeps_the_older_files(self, tmp_path: Path) -> None:
        """A column that is promised no longer is not read from files that still have it."""
        store, old, new = self.open_store(), "select 1 as n, 2 as gone", "select 2 as n"
        a, b = write_file(tmp_path, "a.parquet", old), write_file(tmp_path, "b.parquet", new)
        store.follow(tmp_path, state_of(1, old, a))
        store.follow(tmp_path, state_of(2, new, a, b))
        assert sorted(self.read_outside(tmp_path), key=repr) == [{"n": 1}, {"n": 2}]

    def test_names_may_be_anything(self, tmp_path: Path) -> None:
        """Spaces, quotes, dots and any letters are fine in columns, files and folders."""
        store, folder = self.open_store(), tmp_path / "a folder é#?"
        names = ["a b", 'q"uote', "ü", "x.y", "it's", "`", "%20", "日本"]
        quoted = ['"' + name.replace('"', '""') + '"' for name in names]
        sql = "select " + ", ".join(f"{i} as {name}" for i, name in enumerate(quoted))
        file = write_file(folder, "file é %41+b.parquet", sql)
        store.follow(folder, state_of(1, sql, file))
        assert self.read_outside(folder) == [{name: i for i, name in enumerate(names)}]
        assert store.files(folder) == (file.path,)
        again = write_file(folder, "2.parquet", sql + ", 1 as more")
        store.follow(folder, state_of(2, sql + ", 1 as more", file, again))
        assert store.files(folder) == tuple(sorted([file.path, again.path]))
        store.follow(folder, state_of(3, sql))
        assert store.files(folder) == ()

    def test_values_of_every_storable_type_come_back(self, tmp_path: Path) -> None:
        """What DuckDB wrote is what an outside reader gets, nulls and extremes included."""
        store = self.open_store()
        columns = ", ".join(f"{value} as c{i}" for i, (value, _) in enumerate(STORABLE))
        nulls = ", ".join("null" for _ in STORABLE)
        sql = f"select 1 as n, {columns} union all select 2, {nulls}"
        store.follow(tmp_path, state_of(1, sql, write_file(tmp_path, "a.parquet", sql)))
        first, second = sorted(self.read_outside(tmp_path), key=lambda row: str(row["n"]))
        assert list(first.values()) == [1, *(expected for _, expected in STORABLE)]
        assert set(second.values()) == {2, None}

    def test_types_that_cannot_be_stored_are_named(self, tmp_path: Path) -> None:
        """`refused` gives the cast to write, also for a type deep inside; `follow` refuses the same."""
        store = self.open_store()
        columns = columns_of(
            "select 1::hugeint h, [{'a': uuid()}] deep, time '10:00' t, [1]::integer[1] fixed, 1 fine"
        )
        refused = store.refused(columns)
        assert set(refused) == {"h", "deep", "t", "fixed"}
        assert all(refused.values())
        with pytest.raises(MeshwrightError) as error:
            store.follow(tmp_path, TableState(1, columns, ()))
        assert error.value.code == "type-not-storable"
        assert store.sequence(tmp_path) == 0

    def test_columns_of_one_name_are_refused(self, tmp_path: Path) -> None:
        """Names that differ in case alone are one name to most readers: `follow` refuses the second."""
        store = self.open_store()
        columns = (Column("k", "INTEGER"), Column("K", "INTEGER"))
        with pytest.raises(MeshwrightError) as error:
            store.follow(tmp_path, TableState(1, columns, ()))
        assert error.value.code == "column-repeated"
        assert store.sequence(tmp_path) == 0

    def test_a_missing_file_is_one_clear_error(self, tmp_path: Path) -> None:
        """A file that is gone is named, and the table stays as it was."""
        store, sql = self.open_store(), "select 1 as n"
        file = write_file(tmp_path, "a.parquet", sql)
        store.follow(tmp_path, state_of(1, sql, file))
        with pytest.raises(MeshwrightError) as error:
            store.follow(tmp_path, state_of(2, sql, replace(file, path="gone.parquet")))
        assert error.value.code == "data-file-missing"
        assert self.sorted_outside(tmp_path) == [1]

    def test_two_at_once_agree(self, tmp_path: Path) -> None:
        """Whoever follows at the same time, the table ends at the newest state, whole."""
        store, sql = self.open_store(), "select 1 as n"
        files = [write_file(tmp_path, f"{i}.parquet", f"select {i} as n") for i in range(12)]
        states = [state_of(i + 1, sql, files[i]) for i in range(12)]
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(lambda state: store.follow(tmp_path, state), [*states, *states]))
        assert self.sorted_outside(tmp_path) == [11]
        assert store.sequence(tmp_path) == 12

    def test_two_that_change_columns_at_once_agree(self, tmp_path: Path) -> None:
        """The same holds where every state has another schema."""
        store = self.open_store()
        queries = [f"select {i} as n, {i} as c{i}" for i in range(8)]
        files = [write_file(tmp_path, f"{i}.parquet", sql) for i, sql in enumerate(queries)]
        states = [state_of(i + 1, sql, files[i]) for i, sql in enumerate(queries)]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda state: store.follow(tmp_path, state), [*states, *states]))
        assert self.read_outside(tmp_path) == [{"n": 7, "c7": 7}]

    def test_a_lost_log_is_written_anew(self, tmp_path: Path) -> None:
        """Where everything but the data files is gone, following makes the table again."""
        store, sql = self.open_store(), "select 1 as n"
        state = state_of(4, sql, write_file(tmp_path, "a.parquet", sql))
        store.follow(tmp_path, state)
        self.lose_log(tmp_path)
        assert store.sequence(tmp_path) == 0
        assert store.follow(tmp_path, state) is True
        assert self.sorted_outside(tmp_path) == [1]

    def lose_log(self, folder: Path) -> None:
        """Remove all that the store itself wrote."""
        raise NotImplementedError
