"""Find and remove files that nothing names: what a crash, a race or a vacuum left behind.

Must stay true: only files that carry the name of a build are ever removed; a file that a kept version or a
pending rejected build names is not, nor one of a build that may still run. Folders are listed before the
state is read, so that whatever a new build stages meanwhile is not seen.
"""

import json
import shutil
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from typing import Any

from meshwright.model.address import Address
from meshwright.publish.places import BUILD, MASKED, Storage, build_of
from meshwright.publish.reading import kept_versions, latest_version
from meshwright.spi.state_store import Reader, StateStore, Value

FindStorage = Callable[[Reader, Address], Storage | None]


@dataclass(frozen=True, slots=True)
class Orphan:
    """A file, or a build's folder of side files, that nothing names."""

    path: Path
    bytes: int


@dataclass(frozen=True, slots=True)
class Retired:
    """What a vacuum gives up: these versions, and what builds that ended before `since` (ISO) left."""

    versions: frozenset[int]
    since: str


def find_orphans(
    store: StateStore,
    product: Address,
    find_storage: FindStorage,
    *,
    is_held: bool,
    retired: Retired | None = None,
) -> list[Orphan]:
    """List what nothing names in a product's folder.

    `is_held`: the caller holds the product, so that no build of it runs, whatever the state says.
    """
    with store.read() as reader:
        storage = find_storage(reader, product)
    if storage is None:
        return []
    files, folders = list(_staged(storage)), list(_side_folders(storage))
    with store.read() as reader:
        running = set() if is_held else _builds(reader, product, "status = 'running'")
        named = named_files(reader, product, retired)
        known = _kept_builds(reader, product, named, retired)
    lost = [f for f in files if (f.parent.name, f.name) not in named]
    lost = [f for f in lost if build_of(f.name) not in running]
    lost += [f for f in folders if f.name not in known]
    return [Orphan(path, _size(path)) for path in lost]


def discard(store: StateStore, storage: Storage, product: Address, build: str) -> None:
    """Remove what a build staged, unless something names it; its side files stay for inspection."""
    files = [path for path in _staged(storage) if build_of(path.name) == build]
    if files:
        with store.read() as reader:
            named = named_files(reader, product)
        remove(Orphan(f, _size(f)) for f in files if (f.parent.name, f.name) not in named)


def acceptable_build(reader: Reader, product: Address) -> str:
    """Return the rejected build that `accept` would publish now; '' when there is none."""
    rows = reader.rows(
        "SELECT build, pending FROM builds WHERE product = ? AND status = 'rejected'"
        " ORDER BY started_at DESC, build DESC LIMIT 1",
        (str(product),),
    )
    if not rows:
        return ""
    said = json.loads(str(rows[0][1]))
    return str(rows[0][0]) if said.get("version") == latest_version(reader, product) + 1 else ""


def remove(orphans: Iterable[Orphan]) -> None:
    """Remove them; what is gone already is fine."""
    for orphan in orphans:
        if orphan.path.is_dir():
            shutil.rmtree(orphan.path, ignore_errors=True)
        else:
            orphan.path.unlink(missing_ok=True)
            for edition in orphan.path.parent.glob(f"{MASKED}/*/{escape(orphan.path.name)}"):
                edition.unlink(missing_ok=True)
            with suppress(OSError):
                orphan.path.parent.rmdir()  # of a port that never was published; else it is not empty


def named_files(
    reader: Reader, product: Address, retired: Retired | None = None
) -> set[tuple[str, str]]:
    """Return (port, path) of every file that a kept version or a kept rejected build names."""
    rows = reader.rows(
        "SELECT port, path, first_version, last_version FROM port_files WHERE product = ?",
        (str(product),),
    )
    gone = retired.versions if retired else frozenset()
    kept = [v for v in kept_versions(reader, product) if v not in gone]
    named = {(str(p), str(path)) for p, path, first, last in rows if _any_in(kept, first, last)}
    for _, pending in _rejected(reader, product, retired):
        for port, said in pending.get("ports", {}).items():
            named |= {(port, file["path"]) for file in said["added"]}
    return named


def _any_in(kept: Sequence[int], first: Value, last: Value) -> bool:
    """Say whether a kept version (they are sorted) is within a row's range."""
    at = bisect_left(kept, int(str(first)))
    return at < len(kept) and (last is None or kept[at] <= int(last))


def _rejected(
    reader: Reader, product: Address, retired: Retired | None
) -> list[tuple[str, dict[str, Any]]]:
    """Return the rejected builds whose files are kept: all of them, unless a vacuum gives the old ones up."""
    rows = reader.rows(
        "SELECT build, ended_at, pending FROM builds WHERE product = ? AND status = 'rejected'",
        (str(product),),
    )
    acceptable = acceptable_build(reader, product)
    return [
        (str(build), json.loads(str(pending)))
        for build, ended, pending in rows
        if retired is None or build == acceptable or str(ended) >= retired.since
    ]


def _kept_builds(
    reader: Reader, product: Address, named: Iterable[tuple[str, str]], retired: Retired | None
) -> set[str]:
    """Return the builds whose side files stay."""
    if retired is None:
        return _builds(reader, product, "1 = 1")
    recent = _builds(reader, product, "(status = 'running' OR ended_at >= ?)", retired.since)
    return recent | {build_of(path) for _, path in named}


def _builds(reader: Reader, product: Address, condition: str, *values: Value) -> set[str]:
    rows = reader.rows(
        f"SELECT build FROM builds WHERE product = ? AND {condition}", (str(product), *values)
    )
    return {str(row[0]) for row in rows}


def _staged(storage: Storage) -> Iterable[Path]:
    for folder in _folders(storage.folder):
        if not folder.name.startswith("."):
            yield from (path for path in folder.iterdir() if build_of(path.name))


def _side_folders(storage: Storage) -> Iterable[Path]:
    return (path for path in _folders(storage.builds) if BUILD.fullmatch(path.name))


def _folders(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_dir())
    except OSError:
        return []


def _size(path: Path) -> int:
    paths = path.rglob("*") if path.is_dir() else [path]
    with suppress(OSError):
        return sum(p.stat().st_size for p in paths if p.is_file())
    return 0
