"""SqlglotReader is a `SqlReader`; its tokens are the executor's own."""

import subprocess
import sys

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meshwright.adapters.sqlglot import SqlglotReader
from meshwright.adapters.sqlglot.lexer import BROKEN, PARAMETER, tokens
from meshwright.adapters.sqlglot.text import bind, digest_of
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


_EXECUTOR = duckdb.connect()
_NASTY = st.lists(
    st.sampled_from(
        ["'", '"', "--", "/*", "*/", "$$", "$t$", "$a", "\\", "\n", ";", "x", " ", "é"]
    ),
    max_size=6,
).map("".join)
_VALUES = st.one_of(
    _NASTY.map(lambda text: "'" + text.replace("'", "''") + "'"),
    _NASTY.map(lambda text: "E'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"),
    _NASTY.filter(lambda text: "$" not in text).map(lambda text: f"$${text}$$"),
    _NASTY.filter(lambda text: "$t$" not in text).map(lambda text: f"$t${text} $t$"),
    _NASTY.map(lambda text: '1 as "' + text.replace('"', '""') + 'q"'),
    st.sampled_from(["$a", "-$a", "$a::int", "1.5e-3", "1 as b$a", "[$a,$a][1]", "2-$a", "@$a"]),
)
_GAPS = st.one_of(
    st.sampled_from(["", " ", "\n"]),
    _NASTY.map(lambda text: "--" + text.replace("\n", "") + "\n"),
    _NASTY.map(lambda text: "/*" + text.replace("/*", "").replace("*/", "") + " /* $a */ */"),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(_GAPS, _VALUES, _GAPS), min_size=1, max_size=4))
def test_what_is_bound_here_runs_as_what_the_executor_binds(
    pieces: list[tuple[str, str, str]],
) -> None:
    """Whatever the executor takes for a string, a name or a comment is never touched by binding."""
    sql = "select " + ",".join("".join(piece) for piece in pieces)
    assert all(token.kind != BROKEN for token in tokens(sql))
    names = {token.text[1:] for token in tokens(sql) if token.kind == PARAMETER}
    assert names <= {"a"}
    wanted = _EXECUTOR.execute(sql, dict.fromkeys(names, 7) or None).fetchall()
    assert _EXECUTOR.execute(bind(sql, {"a": "7"})).fetchall() == wanted


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(_GAPS, _VALUES, _GAPS), min_size=1, max_size=3), _GAPS)
def test_gaps_never_change_the_digest(pieces: list[tuple[str, str, str]], gap: str) -> None:
    """White space and comments between tokens are no part of what a text means."""
    plain = " , ".join(value for _, value, _ in pieces)
    spaced = f"{gap} , {gap}".join(f"{before} {value} {after}" for before, value, after in pieces)
    assert digest_of(tokens(f"select {spaced} ;{gap}")) == digest_of(tokens(f"select {plain}"))


def test_digest_is_stable_between_releases() -> None:
    """A changed digest rebuilds every product of every mesh: change it knowingly."""
    assert (
        SqlglotReader().read("select a, 1 as B from t").digest == "d86bd761534bbb3967134e51fbe69e84"
    )
