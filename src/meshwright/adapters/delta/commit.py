"""Write the difference between what a log says and what it must say, as one commit."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from deltalake import DeltaTable, Schema
from deltalake.exceptions import DeltaError
from deltalake.transaction import (
    AddAction,
    CommitProperties,
    RemoveAction,
    Transaction,
    create_table_with_add_actions,
)

from meshwright.adapters.delta.log import Action, encoded, write_commit
from meshwright.adapters.delta.schema import has_naive_timestamps, schema_of
from meshwright.adapters.delta.statistics import statistics_of
from meshwright.adapters.delta.table import APP, RaceLostError, errors, list_files
from meshwright.errors import UnreachableError
from meshwright.model.table import Column, DataFile
from meshwright.spi.table_store import TableState

_FEATURE = "timestampNtz"


@dataclass(frozen=True, slots=True)
class Change:
    """What one commit has to do."""

    added: tuple[DataFile, ...]
    described: tuple[
        DataFile, ...
    ]  # present, to be described again without the bounds of hidden columns
    removed: Mapping[str, int]  # path -> bytes
    is_plain: bool  # files only: schema, protocol and description stay

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to do."""
        return self.is_plain and not (self.added or self.described or self.removed)


def difference(table: DeltaTable, state: TableState) -> Change:
    """Compare what the log says with what it must say."""
    wanted = {file.path: file for file in state.files}
    listing = list_files(table, state.hidden)
    present = listing.sizes
    metadata = table.metadata()
    said = json.loads(table.schema().to_json())
    is_plain = (
        _plain_schema(said) == schema_of(state.columns)
        and (metadata.description or "") == state.description
        and not metadata.partition_columns
        and _holds_types(table, state.columns)
    )
    added = tuple(file for path, file in wanted.items() if path not in present)
    described = tuple(wanted[path] for path in sorted(listing.bounded & wanted.keys()))
    removed = {path: size for path, size in present.items() if path not in wanted}
    return Change(added, described, removed, is_plain)


def _plain_schema(schema: Mapping[str, object]) -> dict[str, object]:
    """Return a schema without its metadata, to compare."""

    def plain(part: object) -> object:
        if isinstance(part, dict):
            return {k: {} if k == "metadata" else plain(v) for k, v in part.items()}
        return [plain(inner) for inner in part] if isinstance(part, list) else part

    found = plain(dict(schema))
    return found if isinstance(found, dict) else {}


def _holds_types(table: DeltaTable, columns: Sequence[Column]) -> bool:
    features = table.protocol().writer_features or []
    return _FEATURE in features or not has_naive_timestamps(columns)


def create(folder: Path, state: TableState) -> None:
    """Make the table, as its first commit."""
    actions = [_add(folder, file, state) for file in state.files]
    folder.mkdir(parents=True, exist_ok=True)
    with errors(folder):
        try:
            create_table_with_add_actions(
                str(folder),
                Schema.from_json(json.dumps(schema_of(state.columns))),
                actions,
                description=state.description or None,
                commit_properties=_properties(state),
            )
        except DeltaError as error:
            if "already exists" in str(error):
                raise RaceLostError(str(error)) from error
            raise


def commit_files(folder: Path, table: DeltaTable, state: TableState, change: Change) -> None:
    """Commit a change of files only, by the library."""
    now = _milliseconds(time.time())
    adds = _adds(folder, state, change)
    removes = [
        RemoveAction(path, True, now, size=size, partition_values={})
        for path, size in change.removed.items()
    ]
    with errors(folder):
        table.create_write_transaction(
            [*adds, *removes], "append", table.schema(), commit_properties=_properties(state)
        )


def commit_all(folder: Path, table: DeltaTable, state: TableState, change: Change) -> None:
    """Commit a change of schema, description or protocol together with its files."""
    now = _milliseconds(time.time())
    adds = _adds(folder, state, change)
    actions: list[Action] = [
        {"commitInfo": {"timestamp": now, "operation": "REPLACE TABLE", **_note(state)}},
        {"metaData": _metadata(table, state)},
    ]
    if not _holds_types(table, state.columns):
        actions.append({"protocol": _raised_protocol(table)})
    actions += [{"add": _add_as_json(add)} for add in adds]
    actions += [{"remove": _remove_as_json(p, s, now)} for p, s in change.removed.items()]
    actions.append({"txn": {"appId": APP, "version": state.sequence}})
    with errors(folder):
        try:
            write_commit(folder, table.version() + 1, actions)
        except FileExistsError as error:
            raise RaceLostError(str(error)) from error


def _metadata(table: DeltaTable, state: TableState) -> dict[str, object]:
    old = table.metadata()
    return {
        "id": str(old.id),
        "name": old.name or None,
        "description": state.description or None,
        "format": {"provider": "parquet", "options": {}},
        "schemaString": json.dumps(schema_of(state.columns), separators=(",", ":")),
        "partitionColumns": [],
        "createdTime": old.created_time,
        "configuration": dict(old.configuration),
    }


def _raised_protocol(table: DeltaTable) -> dict[str, object]:
    old = table.protocol()
    return {
        "minReaderVersion": 3,
        "minWriterVersion": 7,
        "readerFeatures": sorted({*(old.reader_features or ()), _FEATURE}),
        "writerFeatures": sorted({*(old.writer_features or _legacy_features(old)), _FEATURE}),
    }


def _legacy_features(old: object) -> tuple[str, ...]:
    """Return what a version 2 writer had to support before features had names."""
    level = getattr(old, "min_writer_version", 1)
    return ("appendOnly", "invariants") if level >= 2 else ()


def _adds(folder: Path, state: TableState, change: Change) -> list[AddAction]:
    again = [_add(folder, file, state) for file in change.described]
    return [
        *(_add(folder, file, state) for file in change.added),
        *(replace(action, data_change=False) for action in again),
    ]


def _add(folder: Path, file: DataFile, state: TableState) -> AddAction:
    try:
        found = (folder / file.path).stat()
    except OSError as error:
        raise UnreachableError(
            "data-file-missing",
            f"the data file `{folder / file.path}` is gone",
            hint="restore it, or build the product again with `--force`",
        ) from error
    return AddAction(
        path=file.path,
        size=found.st_size,
        partition_values={},
        modification_time=_milliseconds(found.st_mtime),
        data_change=True,
        stats=statistics_of(file, state.columns, state.hidden),
    )


def _add_as_json(add: AddAction) -> dict[str, object]:
    return {
        "path": encoded(add.path),
        "partitionValues": {},
        "size": add.size,
        "modificationTime": add.modification_time,
        "dataChange": add.data_change,
        "stats": add.stats,
    }


def _remove_as_json(path: str, size: int, now: int) -> dict[str, object]:
    return {
        "path": encoded(path),
        "dataChange": True,
        "deletionTimestamp": now,
        "extendedFileMetadata": True,
        "partitionValues": {},
        "size": size,
    }


def _properties(state: TableState) -> CommitProperties:
    return CommitProperties(
        custom_metadata=_note(state),
        max_commit_retries=0,
        app_transactions=[Transaction(APP, state.sequence)],
    )


def _note(state: TableState) -> dict[str, str]:
    return {f"{APP}.{key}": value for key, value in (state.note or {}).items()}


def _milliseconds(seconds: float) -> int:
    return int(seconds * 1000)
