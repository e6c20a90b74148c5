"""SqlglotReader is a `SqlReader`; its tokens are the executor's own."""

import subprocess
import sys

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meshwright.adapters.sqlglot import SqlglotReader
from meshwright.adapters.sqlglot.lexer import BROKEN, tokens
from meshwright.adapters.sqlglot.text import bind
from meshwright.spi.sql_reader import SqlReader
from meshwright.testing.sql_reader import SqlReaderConformance


class TestSqlglotReader(SqlReaderConformance):
    @pytest.fixture
    def reader(self) -> SqlReader:
        return SqlglotReader()


def test_binding_never_imports_sqlglot() -> None:
    """A build of an unchanged product must not pay for sqlglot."""
    code = (
        "import sys; from meshwright.adapters.sqlglot import SqlglotReader as R;"
        "assert R().bind('select $a', {'a': '1'}) == 'select 1';"
        "assert 'sqlglot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


_PIECES = st.sampled_from(
    [
        "'", "''", '"', '""', "--", "\n", "/*", "*/", "$$", "$t$", "$a", "a", "E'", "\\", "\\'",
        " ", "1", "1.5", "(", ")", "-", "=", "b$c", "é", ";", "::", "|", ".",
    ]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(_PIECES, max_size=12))
def test_a_bound_text_runs_as_the_executor_reads_it(pieces: list[str]) -> None:
    """Whatever DuckDB takes for a string or a comment is never touched by binding."""
    sql = "select '" + "".join(pieces)
    if any(t.kind == BROKEN for t in tokens(sql)):
        return
    connection = duckdb.connect()
    try:
        wanted = connection.execute(sql, {"a": 7} if "$a" in bound_names(sql) else None).fetchall()
    except (duckdb.Error, RuntimeError, ValueError):
        return
    assert connection.execute(bind(sql, {"a": "7"})).fetchall() == wanted


def bound_names(sql: str) -> set[str]:
    return {t.text for t in tokens(sql) if t.kind == "parameter"}


def test_digest_is_stable_between_releases() -> None:
    """A changed digest rebuilds every product of every mesh: change it knowingly."""
    assert (
        SqlglotReader().read("select a, 1 as B from t").digest == "d86bd761534bbb3967134e51fbe69e84"
    )
