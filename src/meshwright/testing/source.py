"""What every source must do.

Subclass `SourceConformance`, give `make_rows`, `make_source` and what a change is, and let pytest collect it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from meshwright.errors import DescriptorError, UnreachableError
from meshwright.model.product import SourceSpec
from meshwright.model.table import Column
from meshwright.spi.source import RejectedRow, Source, SourceItem

Row = tuple[object, ...]
NAMES = ("id", "code", "price", "day")
ROWS: tuple[Row, ...] = (
    (1, "00501", 1.5, date(2024, 1, 1)),
    (2, 'it\'s; "q"', None, date(2024, 2, 29)),
    (3, None, 2.25, None),
)
COLUMNS = (
    Column("id", "BIGINT"),
    Column("code", "VARCHAR"),
    Column("price", "DOUBLE"),
    Column("day", "DATE"),
)


@dataclass(frozen=True, slots=True)
class Taken:
    """All that one pass gave."""

    rows: list[Row]
    rejected: Sequence[RejectedRow]
    count: int


def take(source: Source, items: Sequence[SourceItem], columns: Sequence[Column]) -> Taken:
    """Read the items to the end."""
    pyarrow = pytest.importorskip("pyarrow")
    reading = source.read(items, columns)
    try:
        table = pyarrow.RecordBatchReader.from_stream(reading.stream()).read_all()
        assert table.schema.names == [column.name for column in columns]
        rows = [tuple(row.values()) for row in table.to_pylist()]
        return Taken(rows, reading.rejected(), reading.rejected_count())
    finally:
        reading.close()


class SourceConformance:
    """Subclass this once for an adapter or a format. `many` is enough rows for several batches."""

    many = 45_000

    def make_source(self, spec: SourceSpec) -> Source:
        """Open the source that a spec describes."""
        raise NotImplementedError

    def make_rows(self, folder: Path, rows: Sequence[Row]) -> SourceSpec:
        """Put rows with the columns `NAMES` into a silo in `folder`, in place of what is there."""
        raise NotImplementedError

    def test_rows_and_types_are_found(self, tmp_path: Path) -> None:
        """Types are inferred or declared in the silo; NULLs, quotes and leading zeros survive."""
        source = self.make_source(self.make_rows(tmp_path, ROWS))
        items = source.items()
        columns = source.columns(items)
        assert columns == COLUMNS
        taken = take(source, items, columns)
        assert sorted(taken.rows, key=str) == sorted(ROWS, key=str)
        assert (taken.count, list(taken.rejected)) == (0, [])

    def test_another_process_reads_the_same(self, tmp_path: Path) -> None:
        """Fixed columns need no inference: a source opened anew reads with them."""
        spec = self.make_rows(tmp_path, ROWS)
        source = self.make_source(spec)
        columns = source.columns(source.items())
        again = self.make_source(spec)
        assert sorted(take(again, again.items(), columns).rows, key=str) == sorted(ROWS, key=str)

    def test_declared_types_win(self, tmp_path: Path) -> None:
        """A declared type is taken; the others are still found."""
        spec = self.make_rows(tmp_path, ROWS)
        declared = SourceSpec(
            spec.kind, spec.base, spec.paths, spec.format, spec.options, {"id": "VARCHAR"}
        )
        source = self.make_source(declared)
        items = source.items()
        columns = source.columns(items)
        assert columns[0] == Column("id", "VARCHAR")
        assert columns[1:] == COLUMNS[1:]
        assert sorted(str(row[0]) for row in take(source, items, columns).rows) == ["1", "2", "3"]

    def test_what_does_not_fit_is_set_aside(self, tmp_path: Path) -> None:
        """A row whose value is not of the declared type is counted, with its place; none is changed."""
        rows = (*ROWS, (4, "x", 1.0, None), (5, "y", 0.25, None))
        spec = self.make_rows(tmp_path, rows)
        declared = SourceSpec(
            spec.kind, spec.base, spec.paths, spec.format, spec.options, {"price": "INTEGER"}
        )
        source = self.make_source(declared)
        items = source.items()
        taken = take(source, items, source.columns(items))
        assert sorted((row[0], row[2]) for row in taken.rows) == [(2, None), (4, 1)]
        assert taken.count == 3
        assert {row.column for row in taken.rejected} == {"price"}
        assert all(row.item == items[0].name and row.line > 0 for row in taken.rejected)
        assert all(row.error and row.text for row in taken.rejected)

    def test_a_change_changes_the_digest(self, tmp_path: Path) -> None:
        """Other rows are another digest; the same rows read again are the same."""
        source = self.make_source(self.make_rows(tmp_path, ROWS))
        (item,) = source.items()
        digest = source.digest(item)
        assert source.items() == (item,)
        assert source.digest(item) == digest
        changed = self.make_source(self.make_rows(tmp_path, ROWS[:2]))
        (after,) = changed.items()
        assert changed.digest(after) != digest

    def test_a_watched_place_changes_with_the_rows(self, tmp_path: Path) -> None:
        """Whoever watches need not list or read: other rows give a watched path another time or size."""

        def places(source: Source) -> list[tuple[str, int, int]]:
            found = [Path(path) for path in source.watched()]
            return [
                (str(path), path.stat().st_mtime_ns, path.stat().st_size)
                for path in found
                if path.exists()
            ]

        spec = self.make_rows(tmp_path, ROWS)
        before = places(self.make_source(spec))
        assert places(self.make_source(spec)) == before
        changed = self.make_source(self.make_rows(tmp_path, ROWS[:1]))
        assert not changed.watched() or places(changed) != before

    def test_no_rows_are_a_table(self, tmp_path: Path) -> None:
        """An empty silo with known columns gives no rows and no error."""
        spec = self.make_rows(tmp_path, ())
        declared = {column.name: column.type for column in COLUMNS}
        source = self.make_source(
            SourceSpec(spec.kind, spec.base, spec.paths, spec.format, spec.options, declared)
        )
        items = source.items()
        columns = source.columns(items)
        assert set(columns) == set(COLUMNS)
        assert take(source, items, columns).rows == []

    def test_many_rows_come_in_batches(self, tmp_path: Path) -> None:
        """Nothing is lost or doubled at the edges of batches; bad rows among them are all counted."""
        rows = [(i, f"c{i}", 0.5 if i % 1000 == 7 else float(i), None) for i in range(self.many)]
        spec = self.make_rows(tmp_path, rows)
        source = self.make_source(
            SourceSpec(
                spec.kind, spec.base, spec.paths, spec.format, spec.options, {"price": "BIGINT"}
            )
        )
        items = source.items()
        taken = take(source, items, source.columns(items))
        bad = self.many // 1000
        assert taken.count == bad
        assert len(taken.rows) == self.many - bad
        assert len({row[0] for row in taken.rows}) == self.many - bad

    def test_opening_reads_nothing(self, tmp_path: Path) -> None:
        """A silo that is not there is no error until it is asked for."""
        spec = self.make_rows(tmp_path, ROWS)
        gone = SourceSpec(spec.kind, tmp_path / "gone", spec.paths, spec.format, spec.options)
        source = self.make_source(gone)
        with pytest.raises(UnreachableError) as found:
            source.items()
        assert found.value.code == "source-not-found"

    def test_unknown_options_are_named(self, tmp_path: Path) -> None:
        """An option that the source does not know is an error of the descriptor."""
        spec = self.make_rows(tmp_path, ROWS)
        with pytest.raises(DescriptorError) as found:
            self.make_source(
                SourceSpec(spec.kind, spec.base, spec.paths, spec.format, {"colour": "red"})
            )
        assert found.value.code == "source-option-unknown"
        assert "`colour`" in found.value.message
