"""Any query of a small grammar: who may see all gets what plain DuckDB gives; who may not gets no hidden value."""


# ruff: noqa: E501, SIM905

from collections.abc import Iterator

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meshwright.adapters.duckdb.pool import DuckDBQueryPool
from meshwright.adapters.duckdb.views import define
from meshwright.errors import MeshwrightError
from meshwright.spi.query_pool import Limits, View
from tests.governed import CANARY, Ground

LIMITS = Limits(seconds=10, memory=400 * 2**20, threads=1)
PORT = "loyalty.members.profiles"
COLUMNS = st.sampled_from(["id", "email", "name", "salary", "country", "note"])
SCALARS = st.one_of(
    COLUMNS,
    st.integers(-5, 30).map(str),
    st.sampled_from(["'SE'", "'plain'", "NULL", "true", "DATE '2025-01-01'"]),
)
_ONE = "upper lower length reverse md5 hash typeof to_json abs -1* md5_number unicode try_cast_int cast_int".split()
_WORDS = {
    "-1*": "-({})",
    "try_cast_int": "TRY_CAST({} AS INTEGER)",
    "cast_int": "CAST({} AS INTEGER)",
}
_TWO = ["{} || {}", "coalesce({}, {})", "{} = {}", "{} < {}", "{} + {}", "concat({}, {})", "{} LIKE {}",
        "levenshtein({}::VARCHAR, {}::VARCHAR)", "CASE WHEN {} IS NULL THEN {} END", "[{}, {}]"]  # fmt: skip
EXPRESSIONS = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(_ONE), inner).map(
            lambda p: _WORDS.get(p[0], p[0] + "({})").format(p[1])
        ),
        st.tuples(st.sampled_from(_TWO), inner, inner).map(lambda p: p[0].format(p[1], p[2])),
    ),
    max_leaves=5,
)
AGGREGATES = st.tuples(
    st.sampled_from(
        ["count", "min", "max", "list", "string_agg", "mode", "any_value", "histogram"]
    ),
    EXPRESSIONS,
).map(lambda p: f"{p[0]}({p[1]})")
SOURCES = st.sampled_from(
    [
        PORT,
        f"(SELECT * FROM {PORT} WHERE id > 3)",
        f"{PORT} a JOIN (SELECT id AS other FROM {PORT}) b ON a.id = b.other + 2",
        f"(SELECT * FROM {PORT} UNION ALL SELECT * FROM {PORT})",
    ]
)


@st.composite
def queries(draw: st.DrawFn) -> str:
    chosen = draw(st.lists(EXPRESSIONS, min_size=1, max_size=3))
    condition = draw(st.one_of(st.just("true"), EXPRESSIONS))
    source = draw(SOURCES)
    match draw(st.sampled_from(["rows", "groups", "window", "order"])):
        case "groups":
            return f"SELECT {draw(AGGREGATES)} AS a, {chosen[0]} AS k FROM {source} WHERE {condition} GROUP BY k"
        case "window":
            return f"SELECT row_number() OVER (ORDER BY id, {chosen[0]}) AS r FROM {source} WHERE {condition}"
        case "order":
            return (
                f"SELECT {', '.join(chosen)} FROM {source} WHERE {condition} ORDER BY ALL LIMIT 5"
            )
    return f"SELECT {', '.join(chosen)} FROM {source} WHERE {condition}"


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return Ground(tmp_path_factory.mktemp("fuzz"))


@pytest.fixture(scope="module")
def pool() -> Iterator[DuckDBQueryPool]:
    made = DuckDBQueryPool()
    yield made
    made.close()


@pytest.fixture(scope="module")
def plain(ground: Ground) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("ATTACH ':memory:' AS loyalty; CREATE SCHEMA loyalty.members")
        connection.execute(define(ground.view(PORT, "profiles"), None).sql)
        yield connection


FUZZ = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@FUZZ
@given(sql=queries())
def test_who_may_see_all_gets_plain_rows(
    sql: str, pool: DuckDBQueryPool, ground: Ground, plain: duckdb.DuckDBPyConnection
) -> None:
    told = answered(pool, "person:all", ground.view(PORT, "profiles"), sql)
    try:
        expected = plain.sql(sql).to_arrow_table()
    except duckdb.Error:
        assert isinstance(told, MeshwrightError), sql
    else:
        assert isinstance(told, pa.Table), (sql, told)
        assert told.schema == expected.schema
        if "LIMIT" not in sql and not any(
            word in sql for word in ("list(", "string_agg(", "mode(", "any_")
        ):
            assert sorted(map(repr, told.to_pylist())) == sorted(map(repr, expected.to_pylist()))


@FUZZ
@given(sql=queries())
def test_no_hidden_value_ever_comes_out(sql: str, pool: DuckDBQueryPool, ground: Ground) -> None:
    told = answered(pool, "person:some", ground.profiles, sql)
    said = f"{told} {told.hint}" if isinstance(told, MeshwrightError) else repr(told.to_pylist())
    assert not CANARY.search(said)


def answered(pool: DuckDBQueryPool, who: str, view: View, sql: str) -> pa.Table | MeshwrightError:
    try:
        running = pool.run(who, pool.gate(sql), [view], LIMITS)
    except MeshwrightError as error:
        return error
    table = pa.table(running)
    running.close()
    return table
