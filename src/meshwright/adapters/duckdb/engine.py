"""DuckDB, embedded: opens locked sessions and lands streams."""

from collections.abc import Mapping
from pathlib import Path
from threading import Lock

from meshwright.adapters.duckdb import gate
from meshwright.adapters.duckdb.lockdown import Lockdown
from meshwright.adapters.duckdb.naming import literal
from meshwright.adapters.duckdb.session import DuckDBSession
from meshwright.model.table import Column, DataFile
from meshwright.spi.engine import ArrowStream, Reach, Session


class DuckDBEngine:
    """What `spi.engine.Engine` says, on DuckDB."""

    name = "duckdb"
    capabilities = frozenset({"statistics", "intervals", "cancel"})

    def __init__(self) -> None:
        self._lock = Lock()
        self._parser: Lockdown | None = None

    def open(self, reach: Reach) -> Session:
        """Open a session that can touch what `reach` says and nothing else."""
        return DuckDBSession(reach)

    def land(
        self, stream: ArrowStream, path: Path, types: Mapping[str, str] | None = None
    ) -> tuple[DataFile, tuple[Column, ...]]:
        """Write a stream of external rows to one new Parquet file, cast to `types` where given."""
        from meshwright.adapters.duckdb.landing import land_stream  # needs pyarrow: 60 ms

        return land_stream(stream, path, types or {})

    def reads(self, sql: str) -> frozenset[str]:
        """Return the tables that one SELECT names, by DuckDB's own parser."""
        with self._lock:
            if self._parser is None:
                self._parser = Lockdown(Reach(threads=1))
            cursor = self._parser.connection.cursor()
        try:
            return frozenset(".".join(parts) for parts in gate.passed(cursor, sql).tables)
        finally:
            cursor.close()

    def quote(self, value: object) -> str:
        """Return a Python value as a SQL literal."""
        return literal(value)
