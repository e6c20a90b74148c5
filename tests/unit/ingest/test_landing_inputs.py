"""An input is read when it changed, whole, and only then; whatever goes wrong, the last landing stays."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from meshwright.adapters.duckdb import DuckDBEngine
from meshwright.adapters.files import FileSource
from meshwright.errors import DataError, UnreachableError
from meshwright.ingest import Landing, land_input, stamp_input
from meshwright.model.product import InputPort, SourceSpec, Tolerance
from meshwright.model.table import Column
from meshwright.spi.engine import ArrowStream, Reach
from meshwright.spi.source import Reading, Source, SourceItem

NONE = Tolerance()


class Watched:
    """A real source that remembers what was asked of it, and can do something in between."""

    def __init__(self, spec: SourceSpec, before_read: Callable[[], None] = lambda: None) -> None:
        self._source: Source = FileSource(spec)
        self._before_read = before_read
        self.digested: list[str] = []
        self.read_items: list[str] = []

    def watched(self) -> tuple[str, ...]:
        return self._source.watched()

    def items(self) -> tuple[SourceItem, ...]:
        return self._source.items()

    def digest(self, item: SourceItem) -> str:
        self.digested.append(item.name)
        return self._source.digest(item)

    def columns(self, items: Sequence[SourceItem]) -> tuple[Column, ...]:
        return self._source.columns(items)

    def read(self, items: Sequence[SourceItem], columns: Sequence[Column]) -> Reading:
        reading = self._source.read(items, columns)
        self.read_items = [item.name for item in items]
        self._before_read()
        return reading


class Input:
    """An input of CSV files and the folder that it lands in."""

    def __init__(self, folder: Path) -> None:
        self.silo = folder / "silo"
        self.folder = folder / "landed" / "flights"
        self.silo.mkdir()
        self.watched: Watched

    def put(self, name: str, text: str) -> None:
        (self.silo / name).write_text(text)

    def land(
        self,
        tolerance: Tolerance = NONE,
        columns: Mapping[str, str] | None = None,
        before_read: Callable[[], None] = lambda: None,
    ) -> Landing:
        spec = SourceSpec("files", self.silo, ("*.csv",), columns=columns or {})
        self.watched = Watched(spec, before_read)
        return land_input(
            self.watched, DuckDBEngine(), self.folder, InputPort("flights", None, spec, tolerance)
        )

    def stamp(self) -> str:
        spec = SourceSpec("files", self.silo, ("*.csv",))
        self.watched = Watched(spec)
        return stamp_input(self.watched, self.folder, spec)

    def rows(self, landing: Landing) -> list[tuple[object, ...]]:
        session = DuckDBEngine().open(Reach(read=landing.files))
        session.scan("landed", landing.files)
        found = session.rows("SELECT * FROM landed ORDER BY ALL")
        session.close()
        return found

    def parquet(self) -> set[str]:
        return {path.name for path in self.folder.glob("*.parquet")}


@pytest.fixture
def flights(tmp_path: Path) -> Input:
    made = Input(tmp_path)
    made.put("1.csv", "a,b\n1,x\n2,y\n")
    made.put("2.csv", "a,b\n3,z\n")
    return made


def test_the_first_landing_reads_everything(flights: Input) -> None:
    """Rows, types, counts and a stamp."""
    landing = flights.land()
    assert flights.rows(landing) == [(1, "x"), (2, "y"), (3, "z")]
    assert landing.columns == (Column("a", "BIGINT"), Column("b", "VARCHAR"))
    assert (landing.rows, landing.rejected, landing.was_read) == (3, 0, True)
    assert flights.stamp() == landing.stamp


def test_an_unchanged_input_is_not_read_again(flights: Input) -> None:
    """Not even for a digest."""
    first = flights.land()
    again = flights.land()
    assert (again.was_read, again.files, again.stamp) == (False, first.files, first.stamp)
    assert (flights.watched.digested, flights.watched.read_items) == ([], [])


def test_a_touched_file_is_digested_once_and_not_read(flights: Input) -> None:
    """The same bytes under a new time of change are the same input."""
    first = flights.land()
    os.utime(flights.silo / "1.csv")
    assert flights.land().stamp == first.stamp
    assert flights.watched.digested == ["1.csv"]
    flights.land()
    assert flights.watched.digested == []


def test_an_added_file_is_landed_alone(flights: Input) -> None:
    """What is landed stays as it is; the new rows are beside it."""
    first = flights.land()
    flights.put("3.csv", "b,a\nw,4\n")
    second = flights.land()
    assert flights.watched.read_items == ["3.csv"]
    assert second.files[:1] == first.files
    assert len(second.files) == 2
    assert flights.rows(second)[-1] == (4, "w")
    assert second.stamp != first.stamp


@pytest.mark.parametrize("text", ["a,b\n007,w\n", "a,b\nx,w\n", "a,b,c\n4,w,1\n"])
def test_an_added_file_of_another_shape_lands_everything_anew(flights: Input, text: str) -> None:
    """The result is the same as if all files had been there from the start."""
    flights.land()
    flights.put("3.csv", text)
    landing = flights.land()
    assert flights.watched.read_items == ["1.csv", "2.csv", "3.csv"]
    assert landing.rows == 4
    fresh = Input.__new__(Input)
    fresh.silo, fresh.folder = flights.silo, flights.folder.with_name("fresh")
    assert fresh.land().columns == landing.columns
    assert fresh.land().stamp == landing.stamp


def test_a_changed_or_removed_file_lands_everything_anew(flights: Input) -> None:
    """No row of the old file stays."""
    flights.land()
    flights.put("1.csv", "a,b\n9,x\n")
    assert flights.rows(flights.land()) == [(3, "z"), (9, "x")]
    (flights.silo / "2.csv").unlink()
    assert flights.rows(flights.land()) == [(9, "x")]


def test_another_description_lands_everything_anew(flights: Input) -> None:
    """Declared types are part of what the input is."""
    first = flights.land()
    second = flights.land(columns={"a": "VARCHAR"})
    assert second.columns[0] == Column("a", "VARCHAR")
    assert second.stamp != first.stamp


def test_files_of_the_last_landing_stay_until_the_next(flights: Input) -> None:
    """A build that reads them meanwhile is not cut off; then they go."""
    first = flights.land()
    flights.put("1.csv", "a,b\n8,x\n")
    second = flights.land()
    assert flights.rows(first) == [(1, "x"), (2, "y"), (3, "z")]
    flights.put("1.csv", "a,b\n9,x\n")
    third = flights.land()
    assert flights.parquet() == {path.name for path in (*second.files, *third.files)}


def test_rejected_rows_beyond_the_tolerance_fail_and_name_the_first(flights: Input) -> None:
    """Counts, place and reason are in the error; nothing of it is landed."""
    flights.put("3.csv", "a,b\n4,w,q\n5,v\nx\n")
    with pytest.raises(DataError) as found:
        flights.land(Tolerance(rows=1))
    assert found.value.code == "input-rejected-rows"
    assert found.value.place == "3.csv:2"
    assert "2 of 6 rows of input `flights`" in found.value.message
    assert flights.parquet() == set()
    refused = (flights.folder / "refused.ndjson").read_text().splitlines()
    assert [json.loads(line)["line"] for line in refused] == [2, 4]


@pytest.mark.parametrize("tolerance", [Tolerance(rows=2), Tolerance(share=0.4)])
def test_rejected_rows_within_the_tolerance_are_kept_aside(
    flights: Input, tolerance: Tolerance
) -> None:
    """The good rows are landed; the bad ones are written down, over several landings."""
    flights.put("3.csv", "a,b\n4,w,q\n5,v\n")
    landing = flights.land(tolerance)
    assert (landing.rows, landing.rejected) == (4, 1)
    flights.put("4.csv", "a,b\n6\n7,u\n")
    landing = flights.land(tolerance)
    assert flights.watched.read_items == ["4.csv"]
    assert (landing.rows, landing.rejected) == (5, 2)
    aside = (flights.folder / "rejects.ndjson").read_text().splitlines()
    assert [(json.loads(line)["item"], json.loads(line)["line"]) for line in aside] == [
        ("3.csv", 2),
        ("4.csv", 2),
    ]


def test_a_lowered_tolerance_holds_for_what_is_landed(flights: Input) -> None:
    """Reuse asks again."""
    flights.put("3.csv", "a,b\n4,w,q\n5,v\n")
    flights.land(Tolerance(rows=1))
    with pytest.raises(DataError, match="1 of 5 rows"):
        flights.land(Tolerance())
    assert not flights.land(Tolerance(rows=1)).was_read


def test_a_refused_landing_keeps_the_last(flights: Input) -> None:
    """The manifest and its files are untouched, so the input is whole again once it is mended."""
    first = flights.land()
    flights.put("3.csv", "a,b\n4\n")
    with pytest.raises(DataError):
        flights.land()
    (flights.silo / "3.csv").unlink()
    again = flights.land()
    assert (again.was_read, again.files) == (False, first.files)


def test_a_source_that_changes_while_it_is_read_is_refused(flights: Input) -> None:
    """The stamp would lie about the rows."""
    with pytest.raises(UnreachableError) as found:
        flights.land(before_read=lambda: flights.put("1.csv", "a,b\n7,x\n8,y\n9,z\n"))
    assert found.value.code == "source-changed"
    assert found.value.retryable
    assert flights.parquet() == set()
    assert flights.land().rows == 4


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "landing.json").write_text("{"),
        lambda folder: (folder / "landing.json").write_text("[]"),
        lambda folder: (folder / "landing.json").write_text('{"spec": 1}'),
        lambda folder: (folder / "landing.json").unlink(),
        lambda folder: next(folder.glob("*.parquet")).unlink(),
        lambda folder: next(folder.glob("*.parquet")).write_bytes(b"PAR1"),
    ],
)
def test_a_damaged_landing_is_none(flights: Input, damage: Callable[[Path], object]) -> None:
    """It is read again instead of believed."""
    flights.land()
    damage(flights.folder)
    landing = flights.land()
    assert landing.was_read
    assert flights.rows(landing) == [(1, "x"), (2, "y"), (3, "z")]
    assert flights.parquet() == {path.name for path in landing.files}


def test_leftovers_of_a_dead_process_are_swept(flights: Input) -> None:
    """Half-written files never count, and go with the next landing."""
    flights.land()
    (flights.folder / "dead.parquet").write_bytes(b"PAR1 half")
    (flights.folder / ".dead-1234.tmp").write_bytes(b"half")
    assert not flights.land().was_read
    flights.put("3.csv", "a,b\n4,w\n")
    landing = flights.land()
    assert flights.parquet() == {path.name for path in landing.files}
    assert not list(flights.folder.glob(".*.tmp"))


_LAND = """
import sys
from pathlib import Path
from meshwright.adapters.duckdb import DuckDBEngine
from meshwright.adapters.files import FileSource
from meshwright.ingest import land_input
from meshwright.model.product import InputPort, SourceSpec
spec = SourceSpec("files", Path(sys.argv[1]), ("*.csv",))
landing = land_input(FileSource(spec), DuckDBEngine(), Path(sys.argv[2]), InputPort("flights", None, spec))
print(landing.was_read, landing.rows)
"""


def test_two_processes_land_one_input_once(flights: Input) -> None:
    """One reads, the others wait and take what it landed."""
    command = [sys.executable, "-c", _LAND, str(flights.silo), str(flights.folder)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    told = sorted(process.communicate()[0].strip() for process in processes)
    assert told == ["False 3", "False 3", "True 3"]
    assert len(flights.parquet()) == 1


class _Dying(DuckDBEngine):
    """An engine whose process dies after the file is written, before anyone is told."""

    def land(self, stream: ArrowStream, path: Path, types: Mapping[str, str] | None = None):  # type: ignore[no-untyped-def]
        super().land(stream, path, types)
        raise KeyboardInterrupt


def test_an_interrupted_landing_is_no_landing(flights: Input) -> None:
    """The next one reads again."""
    spec = SourceSpec("files", flights.silo, ("*.csv",))
    with pytest.raises(KeyboardInterrupt):
        land_input(FileSource(spec), _Dying(), flights.folder, InputPort("flights", None, spec))
    assert flights.parquet() == set()
    assert flights.land().was_read
