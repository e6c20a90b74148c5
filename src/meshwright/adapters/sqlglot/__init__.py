"""Reading DuckDB's SQL: tokens by ourselves, trees by sqlglot."""

from meshwright.adapters.sqlglot.reader import SqlglotReader

__all__ = ["SqlglotReader"]
