"""The `SqlReader` of DuckDB's dialect. Making one and binding parameters never imports sqlglot."""

from collections.abc import Mapping, Sequence
from logging import ERROR, getLogger

from meshwright.adapters.sqlglot.text import bind
from meshwright.model.lineage import SelectLineage
from meshwright.spi.sql_reader import SqlFacts


class SqlglotReader:
    """Reads SELECTs with sqlglot; safe to use from several threads."""

    dialect = "duckdb"

    def read(self, sql: str) -> SqlFacts:
        """Read one SELECT; raise `ModelError` whose place is `line:column`."""
        from meshwright.adapters.sqlglot.facts import facts_of  # 0.2 s: only when something changed

        getLogger("sqlglot").setLevel(ERROR)  # what it warns of is told as an error of ours
        return facts_of(sql)

    def trace(self, sql: str, tables: Mapping[str, Sequence[str] | None]) -> SelectLineage:
        """Say what each output column is made of."""
        from meshwright.adapters.sqlglot.lineage import lineage_of

        getLogger("sqlglot").setLevel(ERROR)
        return lineage_of(sql, tables)

    def bind(self, sql: str, literals: Mapping[str, str]) -> str:
        """Replace each `$name` by the SQL literal given for it."""
        return bind(sql, literals)
