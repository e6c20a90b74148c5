"""DuckDB as an engine: in memory, locked to a reach, asked for one SELECT at a time."""

from meshwright.adapters.duckdb.engine import DuckDBEngine

__all__ = ["DuckDBEngine"]
