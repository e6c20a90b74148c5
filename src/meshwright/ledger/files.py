"""Which files a version is: rows of `port_files`, each true for a range of versions.

A row serves every version from `first_version` to `last_version` (NULL: and on). The open rows of a port are
the files of its product's latest version. A version closes and opens only the rows in which it differs from
the latest one, so that recording it costs what changed. A file may come back in a second row.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from meshwright.ledger.canonical import canonical
from meshwright.model.json_value import Json
from meshwright.spi.state_store import Reader, Row, Writer

_OF_PORT = "FROM port_files WHERE product = ? AND port = ?"
_SERVING = "first_version <= ? AND (last_version IS NULL OR last_version >= ?)"
_INSERT = (
    "INSERT INTO port_files (product, port, path, first_version, last_version, rows, bytes,"
    " interval, statistics) VALUES (?, ?, ?, ?, NULL, ?, ?, ?, ?)"
)
_CLOSE = (
    "UPDATE port_files SET last_version = ?"
    " WHERE product = ? AND port = ? AND path = ? AND last_version IS NULL"
)
_CHUNK = 200


@dataclass(frozen=True, slots=True)
class FileChange:
    """What a version does to the files of one port, relative to the version `base`."""

    product: str
    port: str
    version: int
    base: int | None
    added: Mapping[str, Row]  # path -> rows, bytes, interval, statistics
    removed: frozenset[str]


def file_change(
    product: str, port: str, version: int, base: int | None, said: Mapping[str, Json]
) -> FileChange:
    """Read the part of a `VersionPublished` that says which files a port gained and lost."""
    added = {str(file["path"]): _described(file) for file in _mappings(said.get("added"))}
    removed = frozenset(str(path) for path in _list(said.get("removed")))
    return FileChange(product, port, version, base, added, removed)


def apply(writer: Writer, change: FileChange, latest: int) -> bool:
    """Close and open rows so that the open ones are the new version; say whether any did."""
    if change.base is not None and change.base == latest:
        closing = _open_among(writer, change, change.removed - change.added.keys())
        present = _open_among(writer, change, change.added.keys())
        opening = {path: row for path, row in change.added.items() if path not in present}
    else:
        target = _files_at(writer, change) if change.base is not None else {}
        target = {path: row for path, row in target.items() if path not in change.removed}
        target |= change.added
        present = _open(writer, change.product, change.port)
        closing = present - target.keys()
        opening = {path: row for path, row in target.items() if path not in present}
    at = change.version - 1
    writer.run_many(_CLOSE, [(at, change.product, change.port, path) for path in sorted(closing)])
    writer.run_many(
        _INSERT,
        [
            (change.product, change.port, path, change.version, *row)
            for path, row in sorted(opening.items())
        ],
    )
    return bool(closing or opening)


def close_port(writer: Writer, product: str, port: str, version: int) -> None:
    """End the files of a port that `version` no longer has."""
    writer.run(
        "UPDATE port_files SET last_version = ?"
        " WHERE product = ? AND port = ? AND last_version IS NULL",
        (version - 1, product, port),
    )


def differ(reader: Reader, product: str, port: str, one: int, other: int) -> bool:
    """Say whether two versions of a port are different files; costs what changed between them."""
    low, high = sorted((one, other))
    only_low = reader.rows(
        f"SELECT path {_OF_PORT} AND last_version >= ? AND last_version < ? AND first_version <= ?",
        (product, port, low, high, low),
    )
    only_high = reader.rows(
        f"SELECT path {_OF_PORT} AND first_version > ? AND first_version <= ?"
        " AND (last_version IS NULL OR last_version >= ?)",
        (product, port, low, high, high),
    )
    return set(only_low) != set(only_high)


def forget(writer: Writer, product: str, version: int, ports: Iterable[str]) -> None:
    """Remove the rows that served a vacuumed version and serve no kept one.

    Those are the rows that begin after the kept version before it and end before the kept one after it.
    """
    kept = "FROM versions WHERE product = ? AND vacuumed = 0 AND version"
    before = writer.rows(f"SELECT max(version) {kept} < ?", (product, version))[0][0]
    after = writer.rows(f"SELECT min(version) {kept} > ?", (product, version))[0][0]
    ends = "(last_version >= ? OR last_version IS NULL)"
    if after is not None:
        ends = "last_version >= ? AND last_version < ?"
    bounds = (before or 0, version, version, *(() if after is None else (after,)))
    writer.run_many(
        f"DELETE {_OF_PORT} AND first_version > ? AND first_version <= ? AND {ends}",
        [(product, port, *bounds) for port in ports],
    )


def _files_at(reader: Reader, change: FileChange) -> dict[str, Row]:
    rows = reader.rows(
        f"SELECT path, rows, bytes, interval, statistics {_OF_PORT} AND {_SERVING}",
        (change.product, change.port, change.base, change.base),
    )
    return {str(row[0]): row[1:] for row in rows}


def _open(reader: Reader, product: str, port: str) -> set[str]:
    rows = reader.rows(f"SELECT path {_OF_PORT} AND last_version IS NULL", (product, port))
    return {str(row[0]) for row in rows}


def _open_among(reader: Reader, change: FileChange, paths: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for chunk in _chunks(sorted(paths)):
        rows = reader.rows(
            f"SELECT path {_OF_PORT} AND last_version IS NULL"
            f" AND path IN ({', '.join('?' * len(chunk))})",
            (change.product, change.port, *chunk),
        )
        found.update(str(row[0]) for row in rows)
    return found


def _chunks(paths: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(paths), _CHUNK):
        yield paths[start : start + _CHUNK]


def _described(file: Mapping[str, Json]) -> Row:
    rows, size = file.get("rows"), file.get("bytes")
    return (
        int(str(rows or 0)),
        int(str(size or 0)),
        str(file.get("interval") or ""),
        canonical(file.get("statistics") or {}),
    )


def _list(value: Json) -> Sequence[Json]:
    return value if isinstance(value, list | tuple) else ()


def _mappings(value: Json) -> Iterator[Mapping[str, Json]]:
    for item in _list(value):
        if isinstance(item, Mapping):
            yield item
