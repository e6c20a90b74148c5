"""A query pool on DuckDB."""

from collections.abc import Sequence
from pathlib import Path

from meshwright.adapters.duckdb import gate
from meshwright.adapters.duckdb.lockdown import Lockdown
from meshwright.adapters.duckdb.session import DuckDBSession
from meshwright.model.table import Column
from meshwright.spi.engine import Reach
from meshwright.spi.query_pool import Gated, Limits, Running, View


class _Running:
    def __init__(self, session: DuckDBSession, sql: str) -> None:
        import pyarrow

        self._session = session
        self.columns = session.columns(sql)
        self._table = pyarrow.table(session.stream(sql))

    @property
    def rows(self) -> int | None:
        return int(self._table.num_rows)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)

    def cancel(self) -> None:
        self._session.cancel()

    def close(self) -> None:
        self._session.close()


class DuckDBQueryPool:
    """What `spi.query_pool.QueryPool` says, on DuckDB."""

    def __init__(self) -> None:
        self._parser = Lockdown(Reach(threads=1))

    def gate(self, sql: str) -> Gated:
        """Judge a text."""
        passed = gate.passed(self._parser.connection.cursor(), sql)
        return Gated(passed.sql, frozenset(".".join(parts) for parts in passed.tables))

    def check_filter(self, condition: str, columns: Sequence[Column]) -> None:
        """Judge a row filter."""

    def describe(self, who: str, gated: Gated, views: Sequence[View]) -> tuple[Column, ...]:
        """Return the columns of a query."""
        session = self._session(views)
        try:
            return session.columns(gated.sql)
        finally:
            session.close()

    def run(
        self,
        who: str,
        gated: Gated,
        views: Sequence[View],
        limits: Limits,
        parameters: Sequence[object] = (),
    ) -> Running:
        """Run a query."""
        return _Running(self._session(views), gated.sql)

    def make_masked(self, view: View, folder: Path) -> tuple[Path, ...]:
        """Write masked files."""
        raise NotImplementedError

    def close(self) -> None:
        """End it."""
        self._parser.close()

    def _session(self, views: Sequence[View]) -> DuckDBSession:
        session = DuckDBSession(Reach(read=tuple(file for view in views for file in view.files)))
        for view in views:
            if view.files:
                session.scan(view.name, view.files)
        return session
