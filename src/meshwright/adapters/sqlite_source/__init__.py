"""A SQLite database as a source: one table or one query, read only."""

from meshwright.adapters.sqlite_source.source import SQLiteSource

__all__ = ["SQLiteSource"]
