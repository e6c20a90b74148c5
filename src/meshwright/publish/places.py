"""Where everything of a product lies on disk, and how builds are named.

A product stays where its first version was written, whatever it or its domain is called later: the state
store remembers each port's location. Names of staged files carry the build, so that whose they are can be
told from the name alone.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

from meshwright.model.address import Address
from meshwright.spi.state_store import Reader

MASKED = ".masked"  # beside a port's files: editions of them with masks computed, erasable
BUILD = re.compile(r"\d{8}T\d{9}_[0-9a-f]{8}")
_STAGED = re.compile(rf"(?:tmp_)?({BUILD.pattern})(?:-[^/]*)?\.parquet(?:\.[^/]*)?\Z")


@dataclass(frozen=True, slots=True)
class Storage:
    """The folders of one product. `data` is the mesh's data folder, `folder` the product's own."""

    data: Path
    folder: Path

    def port(self, port: str) -> Path:
        """Return the folder of a port's table; its data files are staged there too."""
        return self.folder / port

    def location(self, port: str) -> str:
        """Return what the state store keeps of a port's folder: relative to the data folder if within."""
        folder = self.port(port)
        return (
            str(folder.relative_to(self.data)) if folder.is_relative_to(self.data) else str(folder)
        )

    def staged(self, port: str, build: str) -> Path:
        """Return the file that a build stages a port's rows in (before any split into intervals)."""
        return self.port(port) / f"{build}.parquet"

    def input(self, name: str) -> Path:
        """Return the folder of an input port's landed files."""
        return self.folder / ".inputs" / name

    @property
    def builds(self) -> Path:
        """Return the folder of all builds' side files."""
        return self.folder / ".builds"

    def build(self, build: str) -> Path:
        """Return the folder of a build's erasable side files: rejects, examples, quarantine, statistics."""
        return self.builds / build


def new_build_id(now: datetime) -> str:
    """Return a build id: the time to the millisecond, so that ids sort, and a random part."""
    moment = now.astimezone(UTC)
    return f"{moment:%Y%m%dT%H%M%S}{moment.microsecond // 1000:03d}_{token_hex(4)}"


def build_of(file_name: str) -> str:
    """Return the build that staged a file, told by its name; '' when no build did."""
    match = _STAGED.match(file_name)
    return match[1] if match else ""


def folder_of(data: Path, location: str) -> Path:
    """Return the folder that a port's recorded location means."""
    return data / location  # an absolute location replaces `data`


def find_storage(reader: Reader, data: Path, domain_storage: Path, product: Address) -> Storage:
    """Return where a product is: where its ports are recorded, or else a folder of its own."""
    name = str(product)
    known = reader.rows("SELECT location FROM ports WHERE product = ? LIMIT 1", (name,))
    if known:
        return Storage(data, folder_of(data, str(known[0][0])).parent)
    folder, number = domain_storage / product.product, 2
    while _is_taken(reader, Storage(data, folder), name):
        folder, number = domain_storage / f"{product.product}.{number}", number + 1
    return Storage(data, folder)


def _is_taken(reader: Reader, storage: Storage, product: str) -> bool:
    """Say whether another product, once of this name, has its tables there."""
    start = storage.location("")
    rows = reader.rows(
        "SELECT 1 FROM ports WHERE product <> ? AND location >= ? AND location < ? LIMIT 1",
        (product, f"{start}/", f"{start}0"),  # `0` is the character after `/`
    )
    return bool(rows)
