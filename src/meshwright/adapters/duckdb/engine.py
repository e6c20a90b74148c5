"""DuckDB, embedded: opens locked sessions and lands streams."""

from collections.abc import Mapping
from pathlib import Path

from meshwright.adapters.duckdb.naming import literal
from meshwright.adapters.duckdb.session import DuckDBSession
from meshwright.model.table import Column, DataFile
from meshwright.spi.engine import ArrowStream, Grant, Session


class DuckDBEngine:
    """What `spi.engine.Engine` says, on DuckDB."""

    name = "duckdb"
    capabilities = frozenset({"statistics", "intervals", "cancel"})

    def open(self, grant: Grant) -> Session:
        """Open a session that can touch what `grant` says and nothing else."""
        return DuckDBSession(grant)

    def land(
        self, stream: ArrowStream, path: Path, types: Mapping[str, str] | None = None
    ) -> tuple[DataFile, tuple[Column, ...]]:
        """Write a stream of external rows to one new Parquet file, cast to `types` where given."""
        from meshwright.adapters.duckdb.landing import land_stream  # needs pyarrow: 60 ms

        return land_stream(stream, path, types or {})

    def quote(self, value: object) -> str:
        """Return a Python value as a SQL literal."""
        return literal(value)
