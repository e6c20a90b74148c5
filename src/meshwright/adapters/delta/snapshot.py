"""Read a Delta table that anybody may have written: its newest version's exact files and columns.

A table whose files do not alone say which rows it has (deletion vectors, renamed columns, a feature that is
not known here) is refused by name: its rows would be read wrongly.
"""

from collections.abc import Mapping
from json import loads
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError, TableNotFoundError

from meshwright.adapters.delta.schema import PRIMITIVES
from meshwright.errors import DataError, UnreachableError
from meshwright.model.table import Column
from meshwright.spi.table_store import TableSnapshot

_SQL = {kind: name for name, kind in PRIMITIVES.items() if name != "ENUM"}
# Reader features that change nothing about which rows lie in the files, or that are looked at below.
_HARMLESS = frozenset((
    "columnMapping", "deletionVectors", "timestampNtz", "typeWidening", "typeWidening-preview",
    "v2Checkpoint", "vacuumProtocolCheck",
))  # fmt: skip
_PARTITION = "partition."


def load_snapshot(folder: Path) -> TableSnapshot | None:
    """Return the table's newest version; None where there is no table."""
    if not (folder / "_delta_log").is_dir():
        return None
    try:
        table = DeltaTable(str(folder))
        _require_plain(table, folder)
        return _snapshot(table)
    except TableNotFoundError:
        return None
    except (DeltaError, OSError) as error:
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        raise UnreachableError(
            "table-unreadable", f"the Delta table `{folder}` cannot be read: {reason}"
        ) from error


def sql_type(kind: str | Mapping[str, Any]) -> str:
    """Return the SQL type of a type as Delta's schema writes it."""
    if isinstance(kind, str):
        return _SQL.get(kind, kind.upper())
    match kind["type"]:
        case "array":
            return f"{sql_type(kind['elementType'])}[]"
        case "map":
            return f"MAP({sql_type(kind['keyType'])}, {sql_type(kind['valueType'])})"
    fields = ", ".join(f"{_quoted(f['name'])} {sql_type(f['type'])}" for f in kind["fields"])
    return f"STRUCT({fields})"


def _snapshot(table: DeltaTable) -> TableSnapshot:
    fields = loads(table.schema().to_json())["fields"]
    columns = tuple(Column(f["name"], sql_type(f["type"])) for f in fields)
    rows = pyarrow.table(table.get_add_actions(flatten=True)).to_pylist()
    partitioned = table.metadata().partition_columns
    partitions = {
        unquote(row["path"]): {
            name: None if (value := row[_PARTITION + name]) is None else str(value)
            for name in partitioned
        }
        for row in rows
    }
    files = tuple(sorted(partitions))
    return TableSnapshot(table.version(), columns, files, partitions if partitioned else {})


def _require_plain(table: DeltaTable, folder: Path) -> None:
    features = set(table.protocol().reader_features or ()) - _HARMLESS
    mapping = table.metadata().configuration.get("delta.columnMapping.mode") or "none"
    if features:
        raise _unsupported(folder, f"its feature `{min(features)}` is not known here")
    if mapping != "none":
        raise _unsupported(folder, "its columns have other names in its files")
    if pyarrow.table(table.deletion_vectors()).num_rows:
        raise _unsupported(
            folder, "its files hold rows that are deleted", "REORG TABLE … APPLY (PURGE)"
        )


def _unsupported(folder: Path, reason: str, hint: str = "") -> DataError:
    return DataError(
        "table-feature-unsupported",
        f"the Delta table `{folder}` cannot be read file by file: {reason}",
        hint=f"rewrite it first, with `{hint}`" if hint else "export it as Parquet files",
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
