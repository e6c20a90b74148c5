"""Files beside a build: which there are, and one of them to take away.

What must stay true: only what is listed is given, a regular file reached through no link, to whoever may see
the rows of the product; nobody is given rows of another product's port so, which that port's own policies
decide on; and no name of what somebody may not know of stands in what they are given.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from meshwright.app.catalog.knowing import Knowing
from meshwright.app.catalog.veil import Veil
from meshwright.app.catalog.veils import veil_of
from meshwright.app.finishing import storage_of
from meshwright.app.identity.verbs import may_see_rows
from meshwright.app.wiring import Wiring
from meshwright.errors import UsageError
from meshwright.model.address import Address
from meshwright.spi.state_store import Reader

MOST_LISTED = 100
MOST_TEXT = 32 * 1024 * 1024  # bytes of a text whose words are gone through; a log has one at most
_TEXTS = (".json", ".ndjson", ".txt")
_ROWS = ".parquet"


@dataclass(frozen=True, slots=True)
class BuildFile:
    """A file beside a build; it may be deleted at any time."""

    name: str
    bytes: int


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file that was asked for, open: whoever takes it closes it. `bytes`: how much of it is given."""

    name: str
    bytes: int
    file: BinaryIO


def list_files(home: Path, veil: Veil) -> tuple[BuildFile, ...]:
    """Return what lies beside a build; not what is named after something that a veil hides."""
    found = []
    for folder, folders, names in os.walk(home):  # follows no link to a folder
        folders.sort()
        for name in names:
            path = Path(folder) / name
            told = path.relative_to(home).as_posix()
            try:
                about = path.lstat()
            except OSError:
                continue  # deleted meanwhile
            if stat.S_ISREG(about.st_mode) and veil.text(told) == told:
                found.append(BuildFile(told, about.st_size))
    return tuple(sorted(found, key=lambda one: one.name)[:MOST_LISTED])


def is_own(name: str, ports: frozenset[str]) -> bool:
    """Say whether a file tells of the product's own ports alone: texts do, and rows that were put aside.

    The other rows beside a build are what the product was shown of ports of others.
    """
    stem, dot, end = name.rpartition(".")
    return f"{dot}{end}" in _TEXTS or (f"{dot}{end}" == _ROWS and stem in ports)


def audited_ports(reader: Reader, build: str) -> frozenset[str]:
    """Return the ports of its own that a build audited."""
    rows = reader.rows("SELECT DISTINCT port FROM checks WHERE build = ?", [build])
    return frozenset(str(port) for (port,) in rows)


def open_file(wiring: Wiring, knowing: Knowing, build: str, name: str) -> OpenFile:
    """Open a file beside a build; raise `UsageError` (`file-unknown`) where there is none for them."""
    with wiring.store.read() as reader:
        rows = reader.rows("SELECT product FROM builds WHERE build = ?", [build])
        product = Address.parse(str(rows[0][0])) if rows else None
        if product is None or not knowing.of(product) or not may_see_rows(wiring, product):
            raise _unknown()
        ports = audited_ports(reader, build)
        storage = storage_of(wiring, reader, product)
    if storage is None or not is_own(name, ports):
        raise _unknown()
    home, veil = storage.build(build), veil_of(wiring, knowing).within(str(product))
    if name not in {one.name for one in list_files(home, veil)}:
        raise _unknown()
    try:
        found = _opened(home, name)
    except OSError as error:
        raise _unknown() from error
    return _told(found, veil) if knowing.hidden and not name.endswith(_ROWS) else found


def chunks_of(found: OpenFile, size: int = 256 * 1024) -> Iterator[bytes]:
    """Give what was there when it was opened, part by part, and close it."""
    left = found.bytes
    with found.file as file:
        while left > 0 and (chunk := file.read(min(size, left))):
            left -= len(chunk)
            yield chunk


def _opened(home: Path, name: str) -> OpenFile:
    """Open a file by one folder after the other, so that none that was put there meanwhile leads away."""
    *folders, last = name.split("/")
    here = os.open(home, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        for folder in folders:
            inner = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=here)
            os.close(here)
            here = inner
        number = os.open(last, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=here)
    finally:
        os.close(here)
    file = os.fdopen(number, "rb")
    about = os.fstat(number)
    if not stat.S_ISREG(about.st_mode):
        file.close()
        raise _unknown()
    return OpenFile(name, about.st_size, file)


def _told(found: OpenFile, veil: Veil) -> OpenFile:
    """Return a text without the names of what is hidden."""
    with found.file as file:
        if found.bytes > MOST_TEXT:
            raise _unknown()
        text = file.read(found.bytes).decode("utf-8", "replace")
    told = veil.text(text).encode()
    return OpenFile(found.name, len(told), BytesIO(told))


def _unknown() -> UsageError:
    return UsageError("file-unknown", "there is no such file beside the build")
