"""Honest statements: everything that an analyst writes runs, and gives what plain DuckDB gives."""

from collections.abc import Iterator

import duckdb
import pyarrow as pa
import pytest

from meshwright.adapters.duckdb.pool import DuckDBQueryPool
from meshwright.adapters.duckdb.views import define
from meshwright.spi.query_pool import Limits, View
from tests.governed import ANALYST, Ground, statements
from tests.tpch import tpch_views

HONEST = statements("legitimate")
LIMITS = Limits(seconds=30, memory=512 * 2**20, threads=1)
# Another answer each time, or in an order that nothing in the text settles.
_UNSETTLED = (
    "sample",
    "random",
    "today",
    "a summary",
    "summarize",
    "approximate",
    "modes",
    "texts",
)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return Ground(tmp_path_factory.mktemp("honest"))


@pytest.fixture(scope="module")
def views(ground: Ground) -> dict[str, View]:
    made = [ground.flights, ground.profiles, ground.visits, *tpch_views(ground.folder / "tpch")]
    return {view.name: view for view in made}


@pytest.fixture(scope="module")
def pool() -> Iterator[DuckDBQueryPool]:
    made = DuckDBQueryPool()
    yield made
    made.close()


@pytest.fixture(scope="module")
def plain(views: dict[str, View]) -> Iterator[duckdb.DuckDBPyConnection]:
    """Plain DuckDB over the same views, made without a pool."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for view in views.values():
            made = define(view, None)
            connection.execute(f"ATTACH IF NOT EXISTS ':memory:' AS {made.space[0]}")
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {'.'.join(made.space)}")
            connection.execute(made.sql)
        yield connection


def test_the_corpus_is_as_large_as_it_is_said_to_be() -> None:
    assert len(HONEST) >= 180
    assert sum(name.startswith("tpch") for name in HONEST) == 22


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_statement_runs(
    name: str,
    pool: DuckDBQueryPool,
    views: dict[str, View],
    plain: duckdb.DuckDBPyConnection,
) -> None:
    sql = HONEST[name]
    gated = pool.gate(sql)
    running = pool.run(ANALYST, gated, [views[table] for table in gated.tables], LIMITS)
    got = pa.table(running)
    running.close()
    assert running.rows == got.num_rows
    assert [column.name for column in running.columns] == got.column_names
    if "visits" in sql or any(word in name or word in sql.lower() for word in _UNSETTLED):
        return
    expected = plain.sql(sql).to_arrow_table()
    assert got.schema == expected.schema
    assert sorted(map(repr, got.to_pylist())) == sorted(map(repr, expected.to_pylist()))
