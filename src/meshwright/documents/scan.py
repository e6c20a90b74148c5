"""Look at a product's folder by `stat` only: which files it has, and whether any has changed.

A folder's own time changes when a file comes or goes, a file's when it is written; so one `stat` for each
known file and folder tells that nothing has changed, without listing anything.
"""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass

from meshwright.documents.names import PRODUCT_FILE

_PARTS = {"contracts": (".odcs.yaml", ".odcs.yml"), "models": (".sql",), "tests": (".yaml", ".yml")}
_RACY_NS = (
    20_000_000  # a file written within this time before it was read may be written again unseen
)
MISSING = (-1, -1)


@dataclass(frozen=True, slots=True)
class Listing:
    """The files and folders of one product, relative to it, each with its time and size."""

    names: tuple[str, ...]
    stamps: tuple[int, ...]

    def stamp(self, name: str) -> tuple[int, int]:
        """Return time and size of one file."""
        index = 2 * self.names.index(name)
        return self.stamps[index], self.stamps[index + 1]


def stamps_of(folder: str, names: Sequence[str]) -> list[int]:
    """Return time and size of each name in a folder; -1 where it is not there."""
    stamps: list[int] = []
    add, stat, prefix = stamps.append, os.stat, folder + "/"
    for name in names:
        try:
            found = stat(prefix + name)
        except OSError:
            stamps += MISSING
            continue
        add(found.st_mtime_ns)
        add(found.st_size)
    return stamps


def list_product(folder: str) -> Listing:
    """List what matters of a product's folder."""
    names = [".", *_files(folder, (PRODUCT_FILE, "product.odps.yml", "build.yaml", "build.yml"))]
    for part, endings in _PARTS.items():
        path = os.path.join(folder, part)
        if os.path.isdir(path):
            names.append(part)
            names += [f"{part}/{name}" for name in _files(path, endings)]
    return Listing(tuple(names), tuple(stamps_of(folder, names)))


def is_racy(stamps: Sequence[int]) -> bool:
    """Say whether anything was written so recently that a later write could look the same."""
    return max(stamps[::2], default=0) > time.time_ns() - _RACY_NS


def _files(folder: str, endings: tuple[str, ...]) -> list[str]:
    try:
        with os.scandir(folder) as found:
            names = [entry.name for entry in found if entry.name.endswith(endings)]
    except OSError:
        return []
    return sorted(name for name in names if not name.startswith("."))


def subfolders(folder: str) -> list[str]:
    """Return the names of a folder's sub-folders; hidden ones and those that begin with `_` don't count."""
    try:
        with os.scandir(folder) as found:
            names = [entry.name for entry in found if entry.is_dir()]
    except OSError:
        return []
    return sorted(name for name in names if name[0] not in "._")
