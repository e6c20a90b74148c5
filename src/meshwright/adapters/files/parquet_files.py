"""Read Parquet files: columns by name over all files, declared types cast with misfits set aside."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from meshwright.adapters.files.columns import require_declared, require_same
from meshwright.adapters.files.declared import spelled_types
from meshwright.adapters.files.locked import Locked, file_list, identifier, reading
from meshwright.adapters.files.rejects import Rejects
from meshwright.model.table import Column
from meshwright.spi.engine import ArrowStream
from meshwright.spi.source import RejectedRow

File = tuple[str, Path]


def parquet_columns(files: Sequence[File], declared: Mapping[str, str]) -> tuple[Column, ...]:
    """Return the columns that the files hold, with declared types in their place."""
    locked = Locked(path for _, path in files)
    try:
        declared = spelled_types(locked.connection, declared)
        found = _held(locked, files)
    finally:
        locked.close()
    require_declared(declared, found)
    return tuple(Column(name, kind) for name, kind in (found | dict(declared)).items())


def _held(locked: Locked, files: Sequence[File]) -> dict[str, str]:
    with reading(files[0][0]):
        rows = locked.connection.execute(f"DESCRIBE FROM {_call(files)}").fetchall()
    return {str(row[0]): str(row[1]) for row in rows}


def _call(files: Sequence[File], more: str = "") -> str:
    paths = file_list(path for _, path in files)
    return f"read_parquet({paths}, union_by_name = true, hive_partitioning = false{more})"


class ParquetReading:
    """One pass over Parquet files with fixed columns."""

    def __init__(
        self,
        files: Sequence[File],
        columns: Sequence[Column],
        declared: Mapping[str, str],
        is_known: bool,
    ) -> None:
        self._files = files
        self._columns = columns
        self._rejects = Rejects()
        self._locked = Locked(path for _, path in files)
        try:
            self._held = _held(self._locked, files)
            if not is_known:
                require_same(self._held, columns, declared)
        except BaseException:
            self._locked.close()
            raise

    def stream(self) -> ArrowStream:
        """Return the good rows."""
        connection = self._locked.connection
        with reading(self._files[0][0]):
            if all(self._held.get(c.name, c.type) == c.type for c in self._columns):
                listed = ", ".join(self._plain(column) for column in self._columns)
                return connection.sql(f"SELECT {listed} FROM {_call(self._files)}")
            return self._checked()

    def _checked(self) -> ArrowStream:
        # Needs pyarrow, which nobody who asks for columns only should wait for.
        from meshwright.adapters.files.checked import ITEM, LINE, RAW, cast_value, checked_rows

        names = {str(path): item for item, path in self._files}
        listed = ", ".join(
            identifier(c.name)
            if c.name in self._held
            else f"NULL::{c.type} AS {identifier(c.name)}"
            for c in self._columns
        )
        raw = (
            f"SELECT {listed}, filename AS {ITEM}, file_row_number + 1 AS {LINE}, NULL::VARCHAR AS {RAW} "
            f"FROM {_call(self._files, ', filename = true, file_row_number = true')}"
        )
        casts = [
            cast_value(identifier(c.name), c.type, self._held.get(c.name, c.type))
            for c in self._columns
        ]
        reader: ArrowStream = checked_rows(
            self._locked.connection, raw, self._columns, casts, self._rejects, names
        )
        return reader

    def _plain(self, column: Column) -> str:
        name = identifier(column.name)
        return name if column.name in self._held else f"NULL::{column.type} AS {name}"

    def rejected(self) -> Sequence[RejectedRow]:
        """Return the first rows whose values are not of the declared types."""
        return self._rejects.rows

    def rejected_count(self) -> int:
        """Return how many rows were rejected."""
        return self._rejects.count

    def close(self) -> None:
        """Close the engine and remove its scratch folder."""
        self._locked.close()
