"""Which reader reads which format; a format's libraries are imported when it is read."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from meshwright.adapters.files.interruption import interruptible
from meshwright.adapters.files.options import FileOptions
from meshwright.model.table import Column
from meshwright.spi.source import Reading

if TYPE_CHECKING:
    from meshwright.adapters.files.headers import Layout

File = tuple[str, Path]


@interruptible()
def columns_of(
    files: Sequence[File],
    options: FileOptions,
    declared: Mapping[str, str],
    layouts: "dict[Path, Layout | None]",
) -> tuple[Column, ...]:
    """Return declared or inferred columns over all files."""
    match options.format:
        case "json" | "ndjson":
            from meshwright.adapters.files.json_files import json_columns

            return json_columns(files, options, declared)
        case "parquet":
            from meshwright.adapters.files.parquet_files import parquet_columns

            return parquet_columns(files, declared)
        case "excel":
            from meshwright.adapters.files.excel_files import excel_columns

            return excel_columns(files, options, declared)
    from meshwright.adapters.files.csv_files import csv_columns

    return csv_columns(files, options, declared, layouts)


@interruptible()
def read_as(
    files: Sequence[File],
    options: FileOptions,
    columns: Sequence[Column],
    declared: Mapping[str, str],
    layouts: "dict[Path, Layout | None]",
    *,
    is_known: bool,
) -> Reading:
    """Read files as these columns; `is_known` when they were found from these very files."""
    match options.format:
        case "json" | "ndjson":
            from meshwright.adapters.files.json_files import JsonReading

            return JsonReading(files, options, columns, declared, is_known)
        case "parquet":
            from meshwright.adapters.files.parquet_files import ParquetReading

            return ParquetReading(files, columns, declared, is_known)
        case "excel":
            from meshwright.adapters.files.excel_files import ExcelReading

            return ExcelReading(files, options, columns, declared, is_known)
    from meshwright.adapters.files.csv_files import CsvReading

    return CsvReading(files, options, columns, declared, is_known, layouts)
