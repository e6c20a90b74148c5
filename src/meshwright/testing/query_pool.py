"""What every query pool does, whatever runs its queries.

Subclass `QueryPoolConformance`, give `make_pool` and `write_rows`, and let pytest collect it.
"""

import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow
import pytest

from meshwright.errors import ExhaustedError, MeshwrightError, ModelError
from meshwright.model.access import MASKS, Mask
from meshwright.model.table import Column
from meshwright.spi.query_pool import Limits, QueryPool, View

COLUMNS = (
    Column("id", "BIGINT"),
    Column("name", "VARCHAR"),
    Column("born", "DATE"),
    Column("amount", "DOUBLE"),
    Column("tags", "VARCHAR[]"),
)
ROWS: list[tuple[object, ...]] = [
    (1, "Ada Lovelace 1", date(1815, 12, 10), 12.5, ["x"]),
    (2, "Grace Hopper 22", date(1906, 12, 9), 37.0, ["y", "z"]),
    (3, None, None, None, None),
    (4, "Bo", date(1999, 1, 31), -4.0, []),
]
PORT = "people.staff.list"
KEYS = {kind: bytes([n]) * 32 for n, kind in enumerate(MASKS)}
ADA, BOB = "person:ada", "person:bob"
LIMITS = Limits(seconds=20, memory=512 * 1024**2, threads=1)
ENDLESS = "SELECT count(*) FROM range(10000000000) a(i), range(1000) b(j) WHERE a.i * b.j % 7 = 3"
LONG = "SELECT i, i * 2 AS j FROM range(20000000) t(i)"


class QueryPoolConformance:
    """Subclass this once for an adapter."""

    @classmethod
    def make_pool(cls, **options: int | float) -> QueryPool:
        """Return a pool; options are `at_once`, `processes`, `waiting`, `idle_seconds`."""
        raise NotImplementedError

    @classmethod
    def write_rows(cls, path: Path) -> None:
        """Write ROWS under COLUMNS to a Parquet file."""
        raise NotImplementedError

    @pytest.fixture(scope="class")
    @classmethod
    def pool(cls) -> Iterator[QueryPool]:
        pool = cls.make_pool()
        yield pool
        pool.close()

    @pytest.fixture(scope="class")
    @classmethod
    def view(cls, tmp_path_factory: pytest.TempPathFactory) -> View:
        path = tmp_path_factory.mktemp("pool") / "rows.parquet"
        cls.write_rows(path)
        return View(PORT, (path,), COLUMNS)

    def rows(
        self,
        pool: QueryPool,
        sql: str,
        *views: View,
        who: str = ADA,
        values: tuple[object, ...] = (),
    ) -> list[tuple[Any, ...]]:
        """Run a query to its end."""
        running = pool.run(who, pool.gate(sql), views, LIMITS, values)
        try:
            table = pyarrow.table(running)
            assert running.rows == table.num_rows
            return [tuple(row.values()) for row in table.to_pylist()]
        finally:
            running.close()

    def masked(self, pool: QueryPool, view: View, column: str, mask: Mask) -> list[Any]:
        """Return what a column shows under a mask."""
        seen = View(view.name, view.files, view.columns, {column: mask}, keys=KEYS)
        return [row[0] for row in self.rows(pool, f"SELECT {column} FROM {PORT}", seen)]

    # The gate

    def test_it_lists_the_functions_that_pass_its_gate(self, pool: QueryPool) -> None:
        """Names that can be written as they are, in order; none that reads a file."""
        functions = pool.functions()
        assert list(functions) == sorted(functions)
        assert {"count", "lower", "date_trunc"} <= set(functions)
        assert not {"read_csv", "read_text", "getenv"} & set(functions)
        assert pool.gate("SELECT lower('A')")

    def test_the_gate_tells_what_a_text_names(self, pool: QueryPool) -> None:
        gated = pool.gate('SELECT id, Name FROM a.b.C JOIN "d"."e"."f@3" USING (id) WHERE x = ?')
        assert gated.tables == {"a.b.c", "d.e.f@3"}
        assert gated.columns == frozenset({"id", "name", "x"})
        assert gated.parameters == 1

    @pytest.mark.parametrize(
        "sql",
        [
            "SELECT * FROM a.b.c",
            "SELECT COLUMNS('i.*') FROM a.b.c",
            "SELECT c FROM a.b.c",
            "SELECT t.to_json() FROM a.b.c t",
            "SELECT #2 FROM a.b.c",
            "SELECT b FROM a.b.c AS t(a, b)",
            "SELECT id FROM a.b.c NATURAL JOIN d.e.f",
            "FROM a.b.c",
            "DESCRIBE a.b.c",
            "PIVOT a.b.c ON id IN (1) USING count(*)",
        ],
    )
    def test_columns_are_unknown_where_a_text_does_not_name_them(
        self, pool: QueryPool, sql: str
    ) -> None:
        assert pool.gate(sql).columns is None

    @pytest.mark.parametrize(
        "sql", ["", "DROP VIEW x", "SELECT 1; SELECT 2", "SELECT current_setting('x')", "SELECT ("]
    )
    def test_the_gate_refuses_all_but_one_harmless_select(self, pool: QueryPool, sql: str) -> None:
        with pytest.raises(ModelError) as caught:
            pool.gate(sql)
        assert caught.value.code
        assert "\n" not in caught.value.message

    @pytest.mark.parametrize(
        "condition", ["id > 1", "name LIKE 'A%' OR born IS NULL", "id IN (1, 2)"]
    )
    def test_a_row_filter_is_a_condition_over_columns(
        self, pool: QueryPool, condition: str
    ) -> None:
        pool.check_filter(condition, COLUMNS)

    @pytest.mark.parametrize(
        "condition",
        [
            "id", "nobody = 1", "id > 1) OR (true", "id > (SELECT 1)", "count(*) > 1", "true --\n, 1",
            "id > ?", "random() < 0.5", "1; SELECT 1", "true FROM x", "/*", "",
        ],
    )  # fmt: skip
    def test_what_is_no_condition_is_no_row_filter(self, pool: QueryPool, condition: str) -> None:
        with pytest.raises(ModelError):
            pool.check_filter(condition, COLUMNS)

    # Rows

    def test_rows_come_back_with_their_types(self, pool: QueryPool, view: View) -> None:
        assert self.rows(pool, f"SELECT * FROM {PORT}", view) == ROWS
        gated = pool.gate(f"SELECT * FROM {PORT}")
        running = pool.run(ADA, gated, [view], LIMITS)
        running.close()
        assert running.columns == COLUMNS
        assert pool.describe(ADA, gated, [view]) == COLUMNS

    def test_a_view_that_was_not_given_is_unknown(self, pool: QueryPool, view: View) -> None:
        with pytest.raises(ModelError) as caught:
            self.rows(pool, "SELECT * FROM other.one.here", view)
        assert caught.value.code == "sql-unknown-table"

    def test_values_are_bound_and_never_read_as_text(self, pool: QueryPool, view: View) -> None:
        sql = f"SELECT id FROM {PORT} WHERE name = ? OR born > $2"
        values = ("' OR true --", date(1990, 1, 1))
        assert self.rows(pool, sql.replace("?", "$1"), view, values=values) == [(4,)]

    def test_as_many_values_as_parameters(self, pool: QueryPool, view: View) -> None:
        for values in ((), (1, 2)):
            with pytest.raises(MeshwrightError) as caught:
                self.rows(pool, f"SELECT id FROM {PORT} WHERE id = ?", view, values=values)
            assert caught.value.code == "query-parameters"

    def test_columns_are_told_without_the_values_of_parameters(
        self, pool: QueryPool, view: View
    ) -> None:
        gated = pool.gate(f"SELECT id, amount FROM {PORT} WHERE id = ?")
        assert pool.describe(ADA, gated, [view]) == (COLUMNS[0], COLUMNS[3])

    def test_a_long_result_streams(self, pool: QueryPool) -> None:
        running = pool.run(ADA, pool.gate(LONG), [], LIMITS)
        assert running.rows is None
        reader = pyarrow.RecordBatchReader.from_stream(running)
        total = sum(batch.num_rows for batch in reader)
        assert running.rows == total == 20_000_000
        running.close()

    def test_what_goes_wrong_in_a_stream_is_told_as_what_it_is(self, pool: QueryPool) -> None:
        late = "CASE WHEN i < 9000000 THEN i ELSE CAST('a' || i AS BIGINT) END"
        sql = f"SELECT {late} FROM range(10000000) t(i)"
        running = pool.run(ADA, pool.gate(sql), [], LIMITS)
        with pytest.raises((pyarrow.ArrowException, OSError)):
            pyarrow.table(running)
        assert running.failure is not None
        assert running.failure.code == "sql-conversion"
        assert "\n" not in running.failure.message
        running.close()

    def test_a_stream_that_is_left_gives_its_turn_back(self, pool: QueryPool) -> None:
        for _ in range(6):
            running = pool.run(ADA, pool.gate(LONG), [], LIMITS)
            running.close()
        assert self.rows(pool, "SELECT 1") == [(1,)]

    # What is hidden

    def test_filters_see_original_values_and_masks_come_after(
        self, pool: QueryPool, view: View
    ) -> None:
        mask = {"name": Mask("replace-with-null")}
        seen = View(PORT, view.files, COLUMNS, mask, ("name LIKE 'Ada%'", "id < 3"))
        assert self.rows(pool, f"SELECT id, name FROM {PORT}", seen) == [(1, None)]
        assert self.rows(pool, f"SELECT id FROM {PORT}", seen) == [(1,)]
        assert self.rows(pool, f"SELECT id FROM {PORT} WHERE name LIKE 'Ada%'", seen) == []

    def test_one_principal_s_views_are_not_another_s(self, pool: QueryPool, view: View) -> None:
        few = View(PORT, view.files, COLUMNS, filters=("id = 1",))
        sql = f"SELECT count(*) FROM {PORT}"
        assert self.rows(pool, sql, view) == [(4,)]
        assert self.rows(pool, sql, few, who=BOB) == [(1,)]
        assert self.rows(pool, sql, few) == [(1,)]
        assert self.rows(pool, sql, view, who=BOB) == [(4,)]

    @pytest.mark.parametrize("kind", MASKS)
    @pytest.mark.parametrize("column", [column.name for column in COLUMNS])
    def test_every_mask_keeps_nulls_and_types_and_hides_values(
        self, pool: QueryPool, view: View, kind: str, column: str
    ) -> None:
        value = {"mask-to-fixed-value": 7, "round-to": 100}.get(kind)
        seen = View(PORT, view.files, COLUMNS, {column: Mask(kind, value)}, keys=KEYS)
        gated = pool.gate(f"SELECT {column} FROM {PORT}")
        (described,) = pool.describe(ADA, gated, [seen])
        assert described.type == {c.name: c.type for c in COLUMNS}[column]
        shown = [row[0] for row in self.rows(pool, gated.sql, seen)]
        original = [row[[c.name for c in COLUMNS].index(column)] for row in ROWS]
        assert column == "id" or shown[2] is None
        for was, now in zip(original, shown, strict=True):
            assert now is None or now != was

    def test_tokens_join_under_one_key_and_under_no_other(
        self, pool: QueryPool, view: View
    ) -> None:
        for column in ("name", "id"):
            mask = {column: Mask("token-domain")}
            one = View("a.b.one", view.files, COLUMNS, mask, keys={"token-domain": b"1" * 32})
            same = View("a.b.same", view.files, COLUMNS, mask, keys={"token-domain": b"1" * 32})
            other = View("a.b.other", view.files, COLUMNS, mask, keys={"token-domain": b"2" * 32})
            joined = f"SELECT count({column}) FROM a.b.one JOIN a.b.{{}} USING ({column})"
            n = sum(row[column == "name"] is not None for row in ROWS)
            assert self.rows(pool, joined.format("same"), one, same) == [(n,)]
            assert self.rows(pool, joined.format("other"), one, other) == [(0,)]

    def test_a_keyed_mask_without_its_key_shows_nothing(self, pool: QueryPool, view: View) -> None:
        for kind in ("token-domain", "token-purpose", "sha-256-global", "sha-256-query-local"):
            seen = View(PORT, view.files, COLUMNS, {"name": Mask(kind)})
            assert self.rows(pool, f"SELECT DISTINCT name FROM {PORT}", seen) == [(None,)]

    def test_display_masks_keep_the_form(self, pool: QueryPool, view: View) -> None:
        assert self.masked(pool, view, "name", Mask("mask-alphanum"))[0] == "xxx xxxxxxxx n"
        assert self.masked(pool, view, "name", Mask("show-last-4"))[1] == "xxxxx xxxxxr 22"
        assert self.masked(pool, view, "name", Mask("show-first-4"))[0] == "Ada xxxxxxxx n"
        assert self.masked(pool, view, "name", Mask("show-first-4"))[3] == "xx"

    def test_values_are_made_general(self, pool: QueryPool, view: View) -> None:
        years = [date(1815, 1, 1), date(1906, 1, 1), None, date(1999, 1, 1)]
        assert self.masked(pool, view, "born", Mask("truncate-to-year")) == years
        assert self.masked(pool, view, "born", Mask("truncate-to-month"))[0] == date(1815, 12, 1)
        assert self.masked(pool, view, "amount", Mask("round-to", 10)) == [10, 40, None, 0]
        fixed = self.masked(pool, view, "name", Mask("mask-to-fixed-value", "hidden"))
        assert fixed == ["hidden", "hidden", None, "hidden"]

    def test_masked_files_show_what_the_view_would(
        self, pool: QueryPool, view: View, tmp_path: Path
    ) -> None:
        masks = {"name": Mask("token-domain"), "born": Mask("truncate-to-year")}
        seen = View(PORT, view.files, COLUMNS, masks, keys=KEYS)
        files = pool.make_masked(seen, tmp_path)
        ready = View(PORT, view.files, COLUMNS, masks, (), 0, {}, files, frozenset({"name"}))
        sql = f"SELECT * FROM {PORT}"
        assert self.rows(pool, sql, ready) == self.rows(pool, sql, seen)
        of_name = View(
            PORT,
            view.files,
            COLUMNS,
            masks,
            ("name LIKE 'Ada%'",),
            0,
            KEYS,
            files,
            frozenset({"name"}),
        )
        assert len(self.rows(pool, sql, of_name)) == 1, "a filter sees the original"

    def test_small_groups_vanish(self, pool: QueryPool, view: View) -> None:
        seen = View(PORT, view.files, COLUMNS, minimum_group=3)
        assert self.rows(pool, f"SELECT count(*), sum(amount) FROM {PORT}", seen) == [(4, 45.5)]
        assert self.rows(pool, f"SELECT name, count(*) FROM {PORT} GROUP BY name", seen) == []
        assert self.rows(pool, f"SELECT sum(amount) FROM {PORT} WHERE id < 3", seen) == []
        some = f"SELECT count(*) FROM {PORT} GROUP BY id > 0 HAVING count(*) > 1"
        with pytest.raises(MeshwrightError) as caught:
            self.rows(pool, some, seen)
        assert caught.value.code == "aggregates-only"
        with pytest.raises(MeshwrightError) as caught:
            self.rows(pool, f"SELECT * FROM {PORT}", seen)
        assert caught.value.code == "aggregates-only"

    def test_an_error_quotes_no_value_where_something_is_hidden(
        self, pool: QueryPool, view: View
    ) -> None:
        seen = View(PORT, view.files, COLUMNS, filters=("id = 1",))
        for sql in ("SELECT name::INTEGER", "SELECT strptime(name, '%Y')"):
            with pytest.raises(MeshwrightError) as caught:
                self.rows(pool, f"{sql} FROM {PORT}", seen)
            assert "Ada" not in f"{caught.value} {caught.value.hint}"

    # Limits

    @pytest.mark.parametrize(
        "sql", [ENDLESS, "SELECT levenshtein(repeat('a', 200000), repeat('b', 200000))"]
    )
    def test_time_has_a_limit(self, pool: QueryPool, sql: str) -> None:
        started = time.monotonic()
        with pytest.raises(ExhaustedError) as caught:
            pool.run(ADA, pool.gate(sql), [], Limits(seconds=0.5, memory=LIMITS.memory))
        assert caught.value.code == "query-timeout"
        assert time.monotonic() - started < 10

    def test_memory_has_a_limit(self, pool: QueryPool) -> None:
        few = Limits(memory=200 * 1024**2, seconds=20)
        for sql in (
            "SELECT length(repeat('x', 2000000000))",
            "SELECT list(i) FROM range(1e9::BIGINT) t(i)",
        ):
            with pytest.raises(ExhaustedError) as caught:
                pool.run(ADA, pool.gate(sql), [], few)
            assert caught.value.code == "query-memory"

    def test_rows_have_a_limit(self, pool: QueryPool) -> None:
        few = Limits(rows=10, seconds=20, memory=LIMITS.memory)
        running = pool.run(ADA, pool.gate("SELECT i FROM range(10) t(i)"), [], few)
        assert running.rows == 10
        running.close()
        with pytest.raises(ExhaustedError) as caught:
            pool.run(ADA, pool.gate("SELECT i FROM range(11) t(i)"), [], few)
        assert caught.value.code == "query-rows"

    def test_a_query_is_cancelled_from_another_thread(self, pool: QueryPool) -> None:
        running = pool.run(ADA, pool.gate(LONG), [], LIMITS)
        reader = pyarrow.RecordBatchReader.from_stream(running)
        reader.read_next_batch()
        running.cancel()
        with pytest.raises((pyarrow.ArrowException, OSError)):
            reader.read_all()
        assert running.failure is not None
        assert running.failure.code == "query-interrupted"
        running.close()
        assert self.rows(pool, "SELECT 1") == [(1,)]

    def test_so_many_queries_of_one_principal_and_no_more(self) -> None:
        pool = self.make_pool(at_once=2, processes=4, waiting=0)
        try:
            held = [pool.run(ADA, pool.gate(LONG), [], LIMITS) for _ in range(2)]
            with pytest.raises(ExhaustedError) as caught:
                pool.run(ADA, pool.gate("SELECT 1"), [], LIMITS)
            assert caught.value.code == "queries-too-many"
            assert self.rows(pool, "SELECT 1", who=BOB) == [(1,)]
            for running in held:
                running.close()
            assert self.rows(pool, "SELECT 1") == [(1,)]
        finally:
            pool.close()

    def test_many_threads_ask_at_once(self, pool: QueryPool, view: View) -> None:
        failures: list[BaseException] = []

        def work(number: int) -> None:
            try:
                for _ in range(5):
                    rows = self.rows(
                        pool, f"SELECT count(*) FROM {PORT}", view, who=f"person:{number % 3}"
                    )
                    assert rows == [(4,)]
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(9)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures

    def test_a_closed_pool_runs_nothing(self) -> None:
        pool = self.make_pool()
        gated = pool.gate("SELECT 1")
        pool.close()
        with pytest.raises(MeshwrightError):
            pool.run(ADA, gated, [], LIMITS)
