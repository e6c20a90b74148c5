"""What was landed of an input, and the manifest that says so.

What must stay true: the manifest is replaced in one step, after the files that it names are on disk; a file
that it does not name does not count. A manifest that cannot be read, or whose files are not as it says, is
none.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from meshwright.model.table import Column
from meshwright.spi.source import RejectedRow

MANIFEST = "landing.json"
REJECTS = "rejects.ndjson"  # rows that were rejected within the tolerance
REFUSED = "refused.ndjson"  # rows for which the last attempt was refused


@dataclass(frozen=True, slots=True)
class Landing:
    """An input as Parquet. `stamp` is the identity of what it holds; `was_read`: this call read it."""

    files: tuple[Path, ...]
    columns: tuple[Column, ...]
    stamp: str
    rows: int
    rejected: int
    was_read: bool


@dataclass(frozen=True, slots=True)
class LandedItem:
    """A part of the source as it was when it was read."""

    stamp: str
    digest: str


@dataclass(frozen=True, slots=True)
class LandedFile:
    """One Parquet file of the landing."""

    name: str
    bytes: int
    rows: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the folder of an input holds. `superseded` files stay for builds that still read them."""

    spec: str
    columns: tuple[Column, ...]
    items: Mapping[str, LandedItem]
    files: tuple[LandedFile, ...]
    rejected: int = 0
    first_rejected: RejectedRow | None = None
    superseded: tuple[str, ...] = field(default=())

    @property
    def rows(self) -> int:
        """Return how many good rows were landed."""
        return sum(file.rows for file in self.files)

    def landing(self, folder: Path, stamp: str, *, was_read: bool) -> Landing:
        """Return the value that callers get."""
        files = tuple(folder / file.name for file in self.files)
        return Landing(files, self.columns, stamp, self.rows, self.rejected, was_read)


def load_manifest(folder: Path) -> Manifest | None:
    """Return what was landed; None where nothing whole was."""
    try:
        manifest = _parse(json.loads((folder / MANIFEST).read_text("utf-8")))
        if all((folder / file.name).stat().st_size == file.bytes for file in manifest.files):
            return manifest
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return None


def save_manifest(folder: Path, manifest: Manifest) -> None:
    """Put the manifest in place of the last one, once its files are on disk."""
    for file in manifest.files:
        _sync(folder / file.name)
    replace_text(folder / MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False))


def save_rejects(path: Path, rows: Sequence[RejectedRow], *, added: bool = False) -> None:
    """Keep rejected rows aside; `added` keeps those that are there as well."""
    lines = [json.dumps(asdict(row), ensure_ascii=False) for row in rows]
    if added and path.exists():
        lines = path.read_text("utf-8").splitlines() + lines
    if lines:
        replace_text(path, "\n".join(lines) + "\n")
    else:
        path.unlink(missing_ok=True)


def replace_text(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old text or the new, whole."""
    hidden = path.with_name(f".{path.name}-{uuid4().hex[:8]}.tmp")
    try:
        with hidden.open("w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(hidden, path)
    finally:
        hidden.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _parse(document: dict[str, Any]) -> Manifest:
    first = document["first_rejected"]
    return Manifest(
        spec=str(document["spec"]),
        columns=tuple(Column(**column) for column in document["columns"]),
        items={name: LandedItem(**item) for name, item in document["items"].items()},
        files=tuple(LandedFile(**file) for file in document["files"]),
        rejected=int(document["rejected"]),
        first_rejected=RejectedRow(**first) if first else None,
        superseded=tuple(document["superseded"]),
    )
