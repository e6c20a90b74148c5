"""Which reader reads which format."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from meshwright.adapters.files.csv_files import CsvReading, csv_columns
from meshwright.adapters.files.options import FileOptions
from meshwright.model.table import Column
from meshwright.spi.source import Reading

File = tuple[str, Path]


def columns_of(
    files: Sequence[File], options: FileOptions, declared: Mapping[str, str]
) -> tuple[Column, ...]:
    """Return declared or inferred columns over all files."""
    return csv_columns(files, options, declared)


def read_as(
    files: Sequence[File], options: FileOptions, columns: Sequence[Column], declared: Sequence[str]
) -> Reading:
    """Read files as these columns."""
    return CsvReading(files, options, columns, declared)
