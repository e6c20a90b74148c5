"""What DuckDB's Parquet writer says about the files it wrote (`COPY … RETURN_STATS`)."""

import re
from collections.abc import Mapping
from pathlib import Path

from meshwright.model.table import ColumnStatistics, DataFile

_TOP_LEVEL = re.compile(r'"((?:[^"]|"")*)"\Z')


def data_file(row: tuple[object, ...], path: Path, interval: str = "") -> DataFile:
    """Return the written file as a value; `row` is (name, rows, bytes, footer bytes, columns, …)."""
    columns = row[4] if isinstance(row[4], Mapping) else {}
    return DataFile(
        path=path.name,
        rows=int(str(row[1])),
        bytes=int(str(row[2])),
        statistics=_of_columns(columns),
        interval=interval,
    )


def _of_columns(columns: Mapping[str, Mapping[str, str]]) -> dict[str, ColumnStatistics]:
    found = {}
    for name, said in columns.items():
        top = _TOP_LEVEL.match(name)
        if top is not None:
            found[top[1].replace('""', '"')] = _of_column(said)
    return found


def _of_column(said: Mapping[str, str]) -> ColumnStatistics:
    nulls = said.get("null_count")
    has_nan = said.get("has_nan")
    exact = said.get("min_is_exact") == "true" and said.get("max_is_exact") == "true"
    return ColumnStatistics(
        nulls=int(nulls) if nulls is not None else None,
        minimum=said.get("min"),
        maximum=said.get("max"),
        is_exact=exact,
        has_nan=None if has_nan is None else has_nan == "true",
    )
