"""Land a stream of external rows as one Parquet file."""

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from meshwright.adapters.duckdb.faults import translated
from meshwright.adapters.duckdb.lockdown import Lockdown
from meshwright.adapters.duckdb.naming import identifier, type_text
from meshwright.adapters.duckdb.staging import stage_whole
from meshwright.errors import DataError, did_you_mean
from meshwright.model.table import Column, DataFile
from meshwright.spi.engine import ArrowStream, Reach

_NAME = "landing_rows"


def land_stream(
    stream: ArrowStream, path: Path, types: Mapping[str, str]
) -> tuple[DataFile, tuple[Column, ...]]:
    """Write the stream in a locked engine of its own that can write only where `path` is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lockdown = Lockdown(Reach(write=(path.parent,)))
    try:
        connection = lockdown.connection
        with translated():
            connection.register(_NAME, pa.RecordBatchReader.from_stream(stream))
            described = connection.execute(f"DESCRIBE {_NAME}").fetchall()
        columns = [Column(str(row[0]), str(row[1])) for row in described]
        sql = f"SELECT {_selected(columns, types)} FROM {_NAME}"
        with translated():
            described = connection.execute(f"DESCRIBE {sql}").fetchall()
        landed = tuple(Column(str(row[0]), str(row[1])) for row in described)
        return stage_whole(connection, sql, path), landed
    finally:
        lockdown.close()


def _selected(columns: list[Column], types: Mapping[str, str]) -> str:
    names = [column.name for column in columns]
    for name in types:
        if name not in names:
            raise DataError(
                "column-missing",
                f"the rows have no column `{name}`",
                hint=did_you_mean(name, names),
            )
    return ", ".join(
        f"CAST({identifier(name)} AS {type_text(types[name])}) AS {identifier(name)}"
        if name in types
        else identifier(name)
        for name in names
    )
