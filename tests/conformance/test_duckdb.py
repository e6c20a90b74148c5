"""`DuckDBEngine` passes the suite of engines; what is new in a DuckDB is looked at before it is allowed."""

import duckdb
import pytest

from meshwright.adapters.duckdb import DuckDBEngine
from meshwright.adapters.duckdb.gate import FORBIDDEN_FUNCTIONS, TABLE_FUNCTIONS
from meshwright.spi.engine import Engine, Reach
from meshwright.testing.engine import EngineConformance


class TestDuckDBEngine(EngineConformance):
    """The common suite."""

    def make_engine(self) -> Engine:
        return DuckDBEngine()


def test_every_function_with_effects_is_known() -> None:
    """A scalar function that DuckDB calls volatile is either forbidden, or random or an error on purpose."""
    rows = duckdb.sql(
        "SELECT DISTINCT function_name FROM duckdb_functions() WHERE has_side_effects"
    ).fetchall()
    harmless = {"random", "gen_random_uuid", "uuid", "uuidv4", "uuidv7", "error"}
    assert {name for (name,) in rows} - FORBIDDEN_FUNCTIONS == harmless


def test_allowed_table_functions_touch_nothing() -> None:
    """The list of table functions is short, and each is there."""
    rows = duckdb.sql(
        "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type = 'table'"
    ).fetchall()
    assert {name for (name,) in rows} >= TABLE_FUNCTIONS
    assert len(TABLE_FUNCTIONS) <= 7


@pytest.mark.parametrize(("sql", "hint"), [("PIVOT t ON a USING sum(b)", "IN ('x', 'y')")])
def test_a_pivot_without_values_is_refused_with_the_way_to_write_it(sql: str, hint: str) -> None:
    """Its columns would depend on the rows; DuckDB runs it as several statements."""
    session = DuckDBEngine().open(Reach())
    session.define("t", "SELECT 'x' AS a, 1 AS b")
    with pytest.raises(Exception, match="one SELECT") as found:
        session.rows(sql)
    assert hint in getattr(found.value, "hint", "")
    assert session.rows("PIVOT t ON a IN ('x', 'y') USING sum(b)") == [(1, None)]
    session.close()
