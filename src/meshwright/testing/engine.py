"""What every engine must do.

Subclass `EngineConformance`, give `make_engine`, and let pytest collect it. A capability that an engine does
not declare is not tested.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from threading import Timer

import pytest

from meshwright.errors import DataError, ExhaustedError, MeshwrightError, ModelError
from meshwright.model.table import Column
from meshwright.spi.engine import Engine, Reach, Session

_DAYS = "SELECT i, DATE '2024-01-30' + i AS day FROM (VALUES (0), (1), (2), (2)) v(i)"


class EngineConformance:
    """Subclass this once for an adapter."""

    def make_engine(self) -> Engine:
        """Return a new engine."""
        raise NotImplementedError

    @pytest.fixture
    def engine(self) -> Engine:
        """The engine under test."""
        return self.make_engine()

    @pytest.fixture
    def session(self, engine: Engine, tmp_path: Path):  # type: ignore[no-untyped-def]
        """A session that may write to `tmp_path`."""
        session = engine.open(Reach(write=(tmp_path,)))
        yield session
        session.close()

    def test_what_is_staged_is_read_back(self, session: Session, tmp_path: Path) -> None:
        """Rows, types and NULLs survive staging and scanning."""
        sql = "SELECT 1 AS a, 'x' AS b UNION ALL SELECT NULL, NULL"
        (file,) = session.stage(sql, tmp_path / "rows.parquet")
        assert (file.path, file.rows, file.interval) == ("rows.parquet", 2, "")
        assert file.bytes == (tmp_path / "rows.parquet").stat().st_size
        session.scan("rows", [tmp_path / "rows.parquet"])
        assert session.columns("SELECT * FROM rows") == (
            Column("a", "INTEGER"),
            Column("b", "VARCHAR"),
        )
        assert session.rows("SELECT * FROM rows ORDER BY a NULLS LAST") == [(1, "x"), (None, None)]

    def test_statistics_bound_the_values(
        self, engine: Engine, session: Session, tmp_path: Path
    ) -> None:
        """Null counts and bounds are those of the rows, where the engine says it knows them."""
        if "statistics" not in engine.capabilities:
            pytest.skip("the engine declares no statistics")
        sql = 'SELECT * FROM (VALUES (1, DATE \'2024-01-01\', 1.5), (3, NULL, NULL)) v(a, "odd ""name", c)'
        (file,) = session.stage(sql, tmp_path / "rows.parquet")
        assert set(file.statistics) == {"a", 'odd "name', "c"}
        known = file.statistics["a"]
        assert (known.nulls, known.minimum, known.maximum) == (0, "1", "3")
        assert file.statistics['odd "name'].nulls == 1
        assert file.statistics['odd "name'].minimum == "2024-01-01"

    def test_an_empty_result_is_one_empty_file(self, session: Session, tmp_path: Path) -> None:
        """No rows are a table too."""
        (file,) = session.stage("SELECT 1 AS a WHERE false", tmp_path / "none.parquet")
        assert file.rows == 0
        session.scan("none", [tmp_path / "none.parquet"])
        assert session.rows("SELECT * FROM none") == []

    def test_files_are_united_by_name(self, session: Session, tmp_path: Path) -> None:
        """A column that a file lacks is NULL there; the order of columns does not matter."""
        session.stage("SELECT 1 AS a, 2 AS b", tmp_path / "one.parquet")
        session.stage("SELECT 3 AS b, 4 AS a, 5 AS c", tmp_path / "two.parquet")
        session.scan("united", [tmp_path / "one.parquet", tmp_path / "two.parquet"])
        assert session.rows("SELECT a, b, c FROM united ORDER BY a") == [(1, 2, None), (4, 3, 5)]

    def test_file_names_are_no_patterns(
        self, engine: Engine, session: Session, tmp_path: Path
    ) -> None:
        """A file is read by its exact name, whatever signs are in it."""
        for name in ("a*.parquet", "ab.parquet", "it's [1]?.parquet"):
            session.stage(f"SELECT {len(name)} AS a", tmp_path / name)
        session.scan("star", [tmp_path / "a*.parquet"])
        assert session.rows("SELECT a FROM star") == [(10,)]
        session.scan("odd", [tmp_path / "it's [1]?.parquet"])
        assert session.rows("SELECT a FROM odd") == [(17,)]
        only = engine.open(Reach(read=(tmp_path / "it's [1]?.parquet",)))
        only.scan("odd", [tmp_path / "it's [1]?.parquet"])
        assert only.rows("SELECT a FROM odd") == [(17,)]
        only.close()

    def test_names_have_one_to_three_parts(self, session: Session, tmp_path: Path) -> None:
        """`a`, `a.b` and `a.b.c` are told apart; reserved words and the same last part are fine."""
        session.stage("SELECT 1 AS a", tmp_path / "one.parquet")
        names = ("flights", "select_.order", "weather.observations.hourly", "weather.other.hourly")
        for name in names:
            session.scan(name, [tmp_path / "one.parquet"])
        session.define("memory.main.order", "SELECT 2 AS a")
        assert session.rows("SELECT a FROM weather.observations.hourly") == [(1,)]
        assert session.rows('SELECT a FROM select_."order"') == [(1,)]
        assert session.rows('SELECT a FROM memory.main."order"') == [(2,)]
        with pytest.raises(MeshwrightError):
            session.scan("a.b.c.d", [tmp_path / "one.parquet"])

    def test_a_name_can_be_given_again(self, session: Session) -> None:
        """The last definition holds, whether it is kept or not."""
        for value, keep in ((1, False), (2, True), (3, True), (4, False)):
            session.define("thing", f"SELECT {value} AS a", keep=keep)
            assert session.rows("SELECT a FROM thing") == [(value,)]

    def test_definitions_build_on_each_other(self, session: Session) -> None:
        """A kept result is computed once; others follow."""
        session.define("numbers", "SELECT random() AS r FROM range(10)", keep=True)
        session.define("total", "SELECT sum(r) AS s FROM numbers; -- all of them")
        assert session.rows("SELECT s FROM total") == session.rows("SELECT s FROM total")

    def test_intervals_are_files_of_their_own(
        self, engine: Engine, session: Session, tmp_path: Path
    ) -> None:
        """One file for each interval that has rows, named and marked by its start."""
        if "intervals" not in engine.capabilities:
            pytest.skip("the engine declares no intervals")
        path = tmp_path / "b1.parquet"
        files = session.stage(_DAYS, path, interval=("day", "month"))
        assert [(f.path, f.interval, f.rows) for f in files] == [
            ("b1-2024-01-01.parquet", "2024-01-01", 2),
            ("b1-2024-02-01.parquet", "2024-02-01", 2),
        ]
        session.scan("days", [tmp_path / file.path for file in files])
        assert session.columns("SELECT * FROM days") == session.columns(_DAYS)
        assert sorted(session.rows("SELECT i FROM days")) == [(0,), (1,), (2,), (2,)]

    @pytest.mark.parametrize(
        ("unit", "starts"),
        [
            ("hour", ["2024-03-31T01:00:00", "2024-03-31T02:00:00", "2024-04-01T00:00:00"]),
            ("day", ["2024-03-31", "2024-04-01"]),
            ("week", ["2024-03-25", "2024-04-01"]),
            ("month", ["2024-03-01", "2024-04-01"]),
        ],
    )
    def test_intervals_start_where_they_should(
        self, session: Session, tmp_path: Path, unit: str, starts: list[str]
    ) -> None:
        """Hours, days, weeks (from Monday) and months; a start is ISO and its own interval."""
        moments = ("2024-03-31 01:59:59.999999", "2024-03-31 02:00:00", "2024-04-01 00:00:00")
        sql = " UNION ALL ".join(f"SELECT TIMESTAMP '{moment}' AS t" for moment in moments)
        files = session.stage(sql, tmp_path / "b.parquet", interval=("t", unit))
        assert [file.interval for file in files] == starts
        assert all(datetime.fromisoformat(file.interval) for file in files)

    def test_a_row_in_no_interval_is_an_error(self, session: Session, tmp_path: Path) -> None:
        """NULL and infinity have no interval; a column that is no date has none either."""
        for sql in (
            "SELECT NULL::DATE AS day",
            "SELECT DATE 'infinity' AS day",
            "SELECT 1 AS day",
            "SELECT DATE '2024-01-01' AS other",
        ):
            with pytest.raises(DataError):
                session.stage(sql, tmp_path / "b.parquet", interval=("day", "day"))
        assert list(tmp_path.iterdir()) == []

    def test_no_rows_are_no_intervals(self, session: Session, tmp_path: Path) -> None:
        """Nothing is written where there is nothing."""
        assert (
            session.stage(f"{_DAYS} WHERE false", tmp_path / "b.parquet", interval=("day", "day"))
            == ()
        )
        assert list(tmp_path.iterdir()) == []

    def test_a_failed_stage_leaves_nothing(self, session: Session, tmp_path: Path) -> None:
        """An error after many rows leaves no file, whole or half."""
        sql = "SELECT CAST(CASE WHEN range = 300000 THEN 'x' ELSE '1' END AS INTEGER) AS a FROM range(300001)"
        with pytest.raises(ModelError):
            session.stage(sql, tmp_path / "half.parquet")
        with pytest.raises(ModelError):
            session.stage(
                f"SELECT a, DATE '2024-01-01' AS day FROM ({sql})",
                tmp_path / "half.parquet",
                interval=("day", "day"),
            )
        assert list(tmp_path.iterdir()) == []

    def test_a_staged_file_is_never_replaced(self, session: Session, tmp_path: Path) -> None:
        """The same name twice is our own fault, and the first file stays."""
        session.stage("SELECT 1 AS a", tmp_path / "one.parquet")
        before = (tmp_path / "one.parquet").read_bytes()
        with pytest.raises(MeshwrightError):
            session.stage("SELECT 2 AS a", tmp_path / "one.parquet")
        assert (tmp_path / "one.parquet").read_bytes() == before

    def test_rows_stream_as_arrow(self, session: Session) -> None:
        """A stream is consumed once, by anything that reads Arrow; a million rows are no matter."""
        pyarrow = pytest.importorskip("pyarrow")
        reader = pyarrow.RecordBatchReader.from_stream(
            session.stream("SELECT range AS a FROM range(1000000)")
        )
        assert sum(batch.num_rows for batch in reader) == 1_000_000

    def test_values_come_as_python(self, session: Session) -> None:
        """Numbers, texts, dates, times and decimals are what Python calls them."""
        sql = (
            "SELECT 1, 1.5::DOUBLE, 2.50::DECIMAL(5,2), 'x', true, NULL, DATE '2024-01-02', "
            "TIMESTAMP '2024-01-02 03:04:05'"
        )
        assert session.rows(sql) == [
            (
                1,
                1.5,
                Decimal("2.50"),
                "x",
                True,
                None,
                date(2024, 1, 2),
                datetime(2024, 1, 2, 3, 4, 5),
            )
        ]
        (moment,) = session.rows("SELECT TIMESTAMPTZ '2024-01-02 03:04:05+00'")[0]
        assert isinstance(moment, datetime)
        assert moment.utcoffset() is not None

    def test_quoted_values_come_back(self, engine: Engine, session: Session) -> None:
        """A literal is the value again, with no way out of its quotes."""
        values: tuple[object, ...] = (
            None, True, False, 0, -7, 10**18, 1.5, -0.0, float("inf"), "it's; -- \\ \n", "é漢", "",
            date(2024, 2, 29), datetime(2024, 1, 2, 3, 4, 5, 6), Decimal("-12.340"), Decimal("1E+3"),
        )  # fmt: skip
        for value in values:
            assert session.rows(f"SELECT {engine.quote(value)}") == [(value,)]

    @pytest.mark.parametrize(
        ("sql", "code", "hint"),
        [
            ("SELEC 1", "sql-syntax", ""),
            ("SELECT 1 +", "sql-syntax", ""),
            ("SELECT * FROM flight", "sql-unknown-table", "flights"),
            ("SELECT depdelay FROM flights", "sql-unknown-column", "dep_delay"),
            ("SELECT medan(dep_delay) FROM flights", "sql-unknown-function", ""),
            ("SELECT 'x'::INTEGER FROM flights", "sql-conversion", ""),
            ("SELECT $threshold", "sql-unbound-parameter", ""),
            ("SELECT sum(dep_delay), dep_delay FROM flights", "sql-error", ""),
            ("DROP VIEW flights", "model-not-select", "SELECT"),
            ("SELECT 1; SELECT 2", "model-not-select", "SELECT"),
        ],
    )
    def test_errors_are_one_clear_line(
        self, session: Session, sql: str, code: str, hint: str
    ) -> None:
        """Each kind of mistake has its code, and names what is near."""
        session.define("flights", "SELECT 1 AS dep_delay")
        with pytest.raises(ModelError) as found:
            session.rows(sql)
        assert found.value.code == code
        assert hint in found.value.hint
        assert "\n" not in found.value.message
        assert found.value.message[0] == found.value.message[0].lower()

    def test_an_error_names_its_line(self, session: Session, tmp_path: Path) -> None:
        """The line is that of the given text, however the text is run."""
        sql = "SELECT 1 AS a,\n  2 AS b,\n  nosuch AS c"
        for run in (
            lambda: session.rows(sql),
            lambda: session.columns(sql),
            lambda: session.define("thing", sql),
            lambda: session.stage(sql, tmp_path / "x.parquet"),
        ):
            with pytest.raises(ModelError) as found:
                run()
            assert found.value.place == "line 3"

    def test_memory_has_a_limit(self, engine: Engine) -> None:
        """What does not fit is an error of its own kind."""
        session = engine.open(Reach(memory=60_000_000))
        with pytest.raises(ExhaustedError) as found:
            session.rows("SELECT list(range) FROM range(30000000)")
        assert found.value.code == "engine-out-of-memory"
        session.close()

    def test_a_call_can_be_interrupted(self, engine: Engine, session: Session) -> None:
        """From another thread, while it runs."""
        if "cancel" not in engine.capabilities:
            pytest.skip("the engine declares no cancel")
        timer = Timer(0.1, session.cancel)
        timer.start()
        sql = (
            "SELECT count(*) FROM range(10000000) a, range(10000) b WHERE a.range * b.range % 7 = 3"
        )
        with pytest.raises(ExhaustedError) as found:
            session.rows(sql)
        timer.join()
        assert found.value.code == "query-interrupted"
        assert session.rows("SELECT 1") == [(1,)]

    def test_many_threads_use_one_session(self, session: Session, tmp_path: Path) -> None:
        """Calls of all kinds at once neither fail nor mix."""

        def work(number: int) -> int:
            name = f"domain_{number % 3}.product.thing_{number}"
            session.define(
                name, f"SELECT {number} AS a, range AS b FROM range(1000)", keep=number % 2 == 0
            )
            (file,) = session.stage(f"SELECT * FROM {name}", tmp_path / f"{number}.parquet")
            session.scan(f"staged_{number}", [tmp_path / file.path])
            (row,) = session.rows(f"SELECT max(a), count(*) FROM staged_{number}")
            assert row == (number, 1000)
            return number

        with ThreadPoolExecutor(8) as pool:
            assert sorted(pool.map(work, range(40))) == list(range(40))

    def test_sessions_know_nothing_of_each_other(self, engine: Engine) -> None:
        """A name in one session is none in another."""
        one, other = engine.open(Reach()), engine.open(Reach())
        one.define("thing", "SELECT 1 AS a")
        with pytest.raises(ModelError):
            other.rows("SELECT * FROM thing")
        one.close()
        other.close()

    def test_a_session_leaves_only_what_it_staged(self, engine: Engine, tmp_path: Path) -> None:
        """Spilled data goes with the session."""
        session = engine.open(Reach(write=(tmp_path,), memory=150_000_000, threads=1))
        session.stage(
            "SELECT range AS a, md5(range::VARCHAR) AS b FROM range(3000000) ORDER BY b",
            tmp_path / "sorted.parquet",
        )
        session.close()
        assert [path.name for path in tmp_path.iterdir()] == ["sorted.parquet"]

    def test_a_session_has_a_time_zone(self, engine: Engine, tmp_path: Path) -> None:
        """A moment without a zone is there; intervals of a column with a zone begin there."""
        session = engine.open(Reach(write=(tmp_path,), timezone="Asia/Tokyo"))
        midnight = "TIMESTAMPTZ '2024-01-01 15:00:00+00'"
        sql = f"SELECT {midnight} = TIMESTAMP '2024-01-02', CAST({midnight} AS DATE)"
        assert session.rows(sql) == [(True, date(2024, 1, 2))]
        staged = session.stage(
            f"SELECT {midnight} AS at", tmp_path / "at.parquet", interval=("at", "day")
        )
        assert [file.interval for file in staged] == ["2024-01-02"]
        session.close()

    def test_streams_are_landed(self, engine: Engine, tmp_path: Path) -> None:
        """External rows become one Parquet file, cast where a type is given."""
        pyarrow = pytest.importorskip("pyarrow")
        table = pyarrow.table({"a": [1, 2], "b": ["x", None]})
        file, columns = engine.land(table, tmp_path / "landed.parquet", {"a": "DECIMAL(5,2)"})
        assert (file.rows, file.path) == (2, "landed.parquet")
        assert columns == (Column("a", "DECIMAL(5,2)"), Column("b", "VARCHAR"))
        session = engine.open(Reach(read=(tmp_path / "landed.parquet",)))
        session.scan("landed", [tmp_path / "landed.parquet"])
        assert session.columns("SELECT * FROM landed") == columns
        assert session.rows("SELECT * FROM landed ORDER BY a") == [
            (Decimal("1.00"), "x"),
            (Decimal("2.00"), None),
        ]
        session.close()
