"""Local files as a source: CSV, TSV, JSON, NDJSON, Parquet and Excel, found by path or pattern."""

from meshwright.adapters.files.source import FileSource

__all__ = ["FileSource"]
