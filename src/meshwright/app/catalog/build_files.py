"""Files beside a build: which of them somebody may take away, and one of these.

What must stay true: only what is listed is given, a regular file reached through no link, to whoever may see
the rows of the product. A file asks no policy, so that rows are given to whoever owns the mesh's files alone,
and what an audit saw of values to whom the policies show the whole port, where its columns are those that are
served. No name of what somebody may not know of stands in what they are given, and none is told by how a file
is called.
"""

import json
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from meshwright.app.catalog.knowing import Knowing
from meshwright.app.catalog.sight import WHOLE, sight_of
from meshwright.app.catalog.veil import Veil
from meshwright.app.catalog.veils import veil_of
from meshwright.app.finishing import storage_of
from meshwright.app.identity.verbs import may_see_rows
from meshwright.app.wiring import Wiring
from meshwright.errors import UsageError
from meshwright.model.address import Address
from meshwright.spi.state_store import Reader

MOST_LISTED = 100
MOST_TEXT = 1024 * 1024  # bytes of a text whose words are gone through, for which all others wait
_ROWS, _VALUES, _LINES = ".parquet", ".json", ".ndjson"
_TEXTS = (_VALUES, _LINES, ".txt")
_TRACE = "traceback"  # tells of the server, not of the product


@dataclass(frozen=True, slots=True)
class BuildFile:
    """A file beside a build; it may be deleted at any time."""

    name: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Listing:
    """The files beside a build that somebody may take away. `others`: how many more lie there."""

    files: tuple[BuildFile, ...] = ()
    others: int = 0


@dataclass(frozen=True, slots=True)
class Ports:
    """The product's own ports that a build audited, and of these those whose columns are served now.

    Of the others no policy can be asked: it speaks of the columns that are served.
    """

    audited: frozenset[str]
    served: frozenset[str]


@dataclass(frozen=True, slots=True)
class Taker:
    """Who takes files away, and of which ports: `rows` that were put aside, `values` that an audit saw."""

    knowing: Knowing
    rows: frozenset[str] = frozenset()
    values: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Found:
    """A file that somebody may take away, not opened yet. `veils`: for its values and for its keys.

    There are none where it is given as it lies there.
    """

    home: Path
    file: BuildFile
    veils: tuple[Veil, Veil] | None = None


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file that was asked for, open: whoever takes it closes it. `bytes`: how much of it is given."""

    name: str
    bytes: int
    file: BinaryIO


def taker_of(wiring: Wiring, knowing: Knowing, product: Address, ports: Ports) -> Taker:
    """Return what somebody may take away of a build with such ports."""
    who = knowing.principal
    if who.owns_mesh:
        return Taker(knowing, ports.audited, ports.audited)
    sights = {port: sight_of(wiring, who, replace(product, port=port)) for port in ports.served}
    whole = {port for port, one in sights.items() if one.state == WHOLE and not one.needs_purpose}
    return Taker(knowing, values=frozenset(whole))


def list_files(home: Path, taker: Taker, veil: Veil) -> Listing:
    """Return what lies beside a build; `veil` is one within its product."""
    found, others = [], 0
    for one in _lying(home):
        if _is_given(one, taker) and veil.text(one.name) == one.name:
            found.append(one)
        else:
            others += 1
    found.sort(key=lambda one: one.name)
    return Listing(tuple(found[:MOST_LISTED]), others + len(found[MOST_LISTED:]))


def _lying(home: Path) -> Iterator[BuildFile]:
    for folder, folders, names in os.walk(home):  # follows no link to a folder
        folders.sort()
        for name in names:
            path = Path(folder) / name
            try:
                about = path.lstat()
            except OSError:
                continue  # deleted meanwhile
            if stat.S_ISREG(about.st_mode):
                yield BuildFile(path.relative_to(home).as_posix(), about.st_size)


def _is_given(file: BuildFile, taker: Taker) -> bool:
    """Say whether somebody may take a file away.

    The other rows beside a build are what the product was shown of ports of others.
    """
    name, dot, end = file.name.rpartition(".")
    if f"{dot}{end}" == _ROWS:
        return name in taker.rows
    if f"{dot}{end}" not in _TEXTS:
        return False
    if taker.knowing.principal.owns_mesh:
        return True
    if f"{dot}{end}" == _VALUES:
        port = name.removeprefix("statistics/").removesuffix(".audit")
        return port in taker.values and _is_short(file, taker)
    return name.rpartition("/")[2] != _TRACE and _is_short(file, taker)


def _is_short(file: BuildFile, taker: Taker) -> bool:
    return not taker.knowing.hidden or file.bytes <= MOST_TEXT


def ports_of(reader: Reader, build: str) -> Ports:
    """Return the ports of a build."""
    audited = reader.rows("SELECT DISTINCT port FROM checks WHERE build = ?", [build])
    made, now = _columns(reader, build, "b.version"), _columns(reader, build, "p.served")
    pending = reader.rows("SELECT pending FROM builds WHERE build = ?", [build])
    for port, said in json.loads(str(pending[0][0])).get("ports", {}).items():
        made[port] = said["columns"]
    served = {port for port, columns in made.items() if columns == now.get(port)}
    return Ports(frozenset(str(port) for (port,) in audited), frozenset(served))


def _columns(reader: Reader, build: str, version: str) -> dict[str, Any]:
    rows = reader.rows(
        "SELECT vp.port, vp.columns FROM builds b JOIN products p ON p.product = b.product"
        f" JOIN version_ports vp ON vp.product = b.product AND vp.version = {version}"
        " WHERE b.build = ?",
        [build],
    )
    return {str(port): json.loads(str(columns)) for port, columns in rows}


def find_file(wiring: Wiring, knowing: Knowing, build: str, name: str) -> Found:
    """Find a file beside a build; raise `UsageError` (`file-unknown`) where there is none for them."""
    with wiring.store.read() as reader:
        rows = reader.rows("SELECT product FROM builds WHERE build = ?", [build])
        product = Address.parse(str(rows[0][0])) if rows else None
        if product is None or not knowing.of(product) or not may_see_rows(wiring, product):
            raise _unknown()
        ports = ports_of(reader, build)
        storage = storage_of(wiring, reader, product)
    if storage is None:
        raise _unknown()
    home, veil = storage.build(build), veil_of(wiring, knowing)
    own, taker = veil.within(str(product)), taker_of(wiring, knowing, product, ports)
    for one in list_files(home, taker, own).files:
        if one.name == name:
            return Found(home, one, (own, veil) if knowing.hidden else None)
    raise _unknown()


def open_file(found: Found) -> OpenFile:
    """Open a file that was found; raise `UsageError` (`file-unknown`) where it is there no more."""
    try:
        opened = _opened(found.home, found.file.name)
    except OSError as error:
        raise _unknown() from error
    return opened if found.veils is None else _told(opened, *found.veils)


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


def _told(found: OpenFile, values: Veil, keys: Veil) -> OpenFile:
    """Return a text without the names of what is hidden."""
    with found.file as file:
        if found.bytes > MOST_TEXT:
            raise _unknown()
        text = file.read(found.bytes).decode("utf-8", "replace")
    told = _veiled(found.name, text, values, keys).encode()
    return OpenFile(found.name, len(told), BytesIO(told))


def _veiled(name: str, text: str, values: Veil, keys: Veil) -> str:
    """Return a text under a veil; of JSON the form stays, so that it can be read."""
    if name.endswith(".txt"):
        return values.text(text)
    if name.endswith(_LINES):
        told = [_veiled_json(line, values, keys) for line in text.split("\n")]
        return "".join(f"{line}\n" for line in told if line)
    whole = _veiled_json(text, values, keys)
    if not whole:
        raise _unknown()
    return whole


def _veiled_json(text: str, values: Veil, keys: Veil) -> str:
    """Return JSON under a veil; '' for what is none, as a line that is half written."""
    try:
        return json.dumps(_said(json.loads(text), values, keys))
    except (ValueError, RecursionError):
        return ""


def _said(said: Any, values: Veil, keys: Veil) -> Any:
    """Return what JSON says; an input may be called like a key, which tells nothing of it."""
    if isinstance(said, str):
        return values.text(said)
    if isinstance(said, list):
        return [_said(one, values, keys) for one in said]
    if isinstance(said, dict):
        return {keys.text(key): _said(one, values, keys) for key, one in said.items()}
    return said


def _unknown() -> UsageError:
    return UsageError("file-unknown", "there is no such file beside the build")
