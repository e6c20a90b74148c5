"""Find and remove files that nothing names: what a crash, a race or a vacuum left behind.

Must stay true: only files that carry the name of a build are ever removed; a file that a kept version or a
pending rejected build names is not, nor one of a build that may still run. Folders are listed before the
state is read, so that whatever a new build stages meanwhile is not seen.
"""

import json
import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from meshwright.model.address import Address
from meshwright.publish.places import BUILD, Storage, build_of
from meshwright.spi.state_store import Reader, StateStore

FindStorage = Callable[[Reader, Address], Storage | None]


@dataclass(frozen=True, slots=True)
class Orphan:
    """A file, or a build's folder of side files, that nothing names."""

    path: Path
    bytes: int


def find_orphans(
    store: StateStore, product: Address, find_storage: FindStorage, *, is_held: bool
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
        running = set() if is_held else _builds(reader, product, "AND status = 'running'")
        named = named_files(reader, product)
        known = _builds(reader, product, "")
    lost = [f for f in files if (f.parent.name, f.name) not in named]
    lost = [f for f in lost if build_of(f.name) not in running]
    lost += [f for f in folders if f.name not in known]
    return [Orphan(path, _size(path)) for path in lost]


def remove(orphans: Iterable[Orphan]) -> None:
    """Remove them; what is gone already is fine."""
    for orphan in orphans:
        if orphan.path.is_dir():
            shutil.rmtree(orphan.path, ignore_errors=True)
        else:
            orphan.path.unlink(missing_ok=True)
            with suppress(OSError):
                orphan.path.parent.rmdir()  # of a port that never was published; else it is not empty


def named_files(reader: Reader, product: Address) -> set[tuple[str, str]]:
    """Return (port, path) of every file that a kept version or a pending rejected build names."""
    name = str(product)
    rows = reader.rows("SELECT DISTINCT port, path FROM port_files WHERE product = ?", (name,))
    named = {(str(port), str(path)) for port, path in rows}
    pending = reader.rows(
        "SELECT pending FROM builds WHERE product = ? AND status = 'rejected'", (name,)
    )
    for row in pending:
        for port, said in json.loads(str(row[0])).get("ports", {}).items():
            named |= {(port, file["path"]) for file in said["added"]}
    return named


def _builds(reader: Reader, product: Address, condition: str) -> set[str]:
    rows = reader.rows(f"SELECT build FROM builds WHERE product = ? {condition}", (str(product),))
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
