"""Write the rows of a SELECT to Parquet: whole under their final name, or not at all.

Files are written under a hidden name in the folder where they stay, and renamed when they are complete.
"""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import duckdb

from meshwright.adapters.duckdb.faults import translated
from meshwright.adapters.duckdb.naming import identifier, path_list, text
from meshwright.adapters.duckdb.statistics import data_file
from meshwright.errors import DataError, InternalError, UnreachableError, did_you_mean
from meshwright.model.table import Column, DataFile

_FORMAT = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880, RETURN_STATS"
_INTERVALS = {
    "hour": "%Y-%m-%dT%H:00:00",
    "day": "%Y-%m-%d",
    "week": "%Y-%m-%d",
    "month": "%Y-%m-%d",
}
_PARTITION = "__interval"
_NO_INTERVAL = "__HIVE_DEFAULT_PARTITION__"


def stage_whole(cursor: duckdb.DuckDBPyConnection, sql: str, path: Path) -> DataFile:
    """Write one file."""
    hidden = _hidden(path)
    try:
        row = _copy(cursor, sql, hidden)
        _settle([(hidden, path)])
    finally:
        hidden.unlink(missing_ok=True)
    return data_file(row, path)


def stage_intervals(
    cursor: duckdb.DuckDBPyConnection,
    sql: str,
    path: Path,
    columns: Sequence[Column],
    interval: tuple[str, str],
) -> tuple[DataFile, ...]:
    """Write one file for each interval that has rows: `<stem>-<start>.parquet`."""
    column, unit = interval
    _require_dated(columns, column, unit)
    folder = _hidden(path)
    try:
        rows = _copy_by_interval(cursor, sql, folder, column, unit)
        parts = [_part(cursor, folder, group, path) for group in _grouped(rows)]
        _settle([(part.hidden, part.path) for part in parts])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return tuple(data_file(part.row, part.path, part.start) for part in parts)


@dataclass(frozen=True, slots=True)
class _Part:
    start: str
    row: tuple[object, ...]
    hidden: Path
    path: Path


def _hidden(path: Path) -> Path:
    if path.exists():
        raise InternalError("stage-exists", f"`{path.name}` was staged already")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnreachableError(
            "storage-unreachable", f"cannot make `{path.parent}`: {error}"
        ) from error
    return path.parent / f".{path.stem}-{uuid4().hex[:8]}.tmp"


def _copy(cursor: duckdb.DuckDBPyConnection, sql: str, target: Path) -> tuple[object, ...]:
    statement = f"COPY (\n{sql}\n) TO {text(str(target))} ({_FORMAT})"
    rows = _run_copy(cursor, statement, 1)
    return rows[0]


def _copy_by_interval(
    cursor: duckdb.DuckDBPyConnection, sql: str, folder: Path, column: str, unit: str
) -> list[tuple[object, ...]]:
    start = f"strftime(date_trunc({text(unit)}, {identifier(column)}), {text(_INTERVALS[unit])})"
    return _run_copy(
        cursor,
        f"COPY (SELECT *, {start} AS {_PARTITION} FROM (\n{sql}\n)) TO {text(str(folder))} "
        f"({_FORMAT}, PARTITION_BY ({_PARTITION}))",
        1,
    )


def _run_copy(
    cursor: duckdb.DuckDBPyConnection, statement: str, lines_before: int
) -> list[tuple[object, ...]]:
    with translated(lines_before):
        statements = cursor.extract_statements(statement)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.COPY:
            raise InternalError("engine-statement", "a COPY would have run as something else")
        return cursor.execute(statements[0]).fetchall()


def _require_dated(columns: Sequence[Column], column: str, unit: str) -> None:
    found = {c.name: c.type for c in columns}
    if unit not in _INTERVALS:
        raise DataError(
            "interval-unknown", f"`{unit}` is not an interval", hint=did_you_mean(unit, _INTERVALS)
        )
    if column not in found:
        raise DataError(
            "interval-column-missing",
            f"the rows have no column `{column}` that says their interval",
            hint=did_you_mean(column, found),
        )
    if not found[column].startswith(("DATE", "TIMESTAMP")):
        raise DataError(
            "interval-column-type",
            f"`{column}` is {found[column]}: an interval needs a DATE or a TIMESTAMP",
        )


def _grouped(rows: Sequence[tuple[object, ...]]) -> list[tuple[str, list[tuple[object, ...]]]]:
    """Return what was written by interval start, oldest first."""
    groups: dict[str, list[tuple[object, ...]]] = {}
    for row in rows:
        keys = row[5] if isinstance(row[5], dict) else {}
        groups.setdefault(str(keys.get(_PARTITION)), []).append(row)
    for start, written in groups.items():
        if start == _NO_INTERVAL or not start[:1].isdigit():
            count = sum(int(str(row[1])) for row in written)
            raise DataError(
                "interval-missing",
                f"{count} rows are in no interval: their interval column is NULL or infinite",
                hint="leave these rows out in the model, or give them a date",
            )
    return sorted(groups.items())


def _part(
    cursor: duckdb.DuckDBPyConnection,
    folder: Path,
    group: tuple[str, list[tuple[object, ...]]],
    path: Path,
) -> _Part:
    start, rows = group
    row, hidden = rows[0], Path(str(rows[0][0]))
    if len(rows) > 1:
        hidden = folder / f"{start.replace(':', '')}.merged"
        files = path_list(Path(str(r[0])) for r in rows)
        row = _copy(
            cursor, f"SELECT * FROM read_parquet({files}, hive_partitioning = false)", hidden
        )
    return _Part(
        start, row, hidden, path.with_name(f"{path.stem}-{start.replace(':', '')}.parquet")
    )


def _settle(moves: Sequence[tuple[Path, Path]]) -> None:
    """Give complete files their names; take all names back when one cannot be given."""
    done: list[Path] = []
    try:
        for hidden, path in moves:
            if path.exists():
                raise InternalError("stage-exists", f"`{path.name}` was staged already")
            os.rename(hidden, path)
            done.append(path)
    except BaseException:
        for path in done:
            path.unlink(missing_ok=True)
        raise
