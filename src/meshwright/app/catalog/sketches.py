"""Sketches of the values of key columns, made of served files when they are first asked for.

They are a cache beside a port's files, named after the data that they are of and the key that they are made
with; erasable at any time. No classified column has one: who may know that a port is there may not learn
which persons are in it.
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from meshwright.app.access.ground import marks_of
from meshwright.app.governed.keys import mesh_key
from meshwright.app.wiring import Wiring
from meshwright.catalog.resemblance import SIZE, Sketch, family_of
from meshwright.errors import MeshwrightError
from meshwright.model.address import Address
from meshwright.model.classification import is_open
from meshwright.publish.places import folder_of
from meshwright.publish.reading import PinnedPort, pin
from meshwright.spi.engine import Reach
from meshwright.spi.state_store import Reader

FOLDER = ".sketches"
_FORM = "1"
_MOST = 12  # columns of a port
_ENDS = ("id", "key", "code", "number", "no")
Sketches = dict[str, Sketch]


def kept_sketches(wiring: Wiring, reader: Reader, port: Address) -> Sketches | None:
    """Return the sketches of a served port that were made before; None where they are to be made."""
    pinned = _pinned(reader, port)
    if pinned is None:
        return {}
    path = _path(wiring, pinned)
    try:
        said = json.loads(path.read_bytes())
        found = {name: Sketch(family, count, tuple(hashes)) for name, family, count, hashes in said}
    except (OSError, ValueError, TypeError):
        return None
    classified = _classified(wiring, reader, pinned)  # perhaps since then
    return {name: sketch for name, sketch in found.items() if name not in classified}


def make_sketches(wiring: Wiring, reader: Reader, port: Address) -> Sketches:
    """Read the key columns of a served port once, and keep their sketches."""
    pinned = _pinned(reader, port)
    if pinned is None:
        return {}
    columns = _columns(wiring, pinned, _classified(wiring, reader, pinned))
    folder = folder_of(wiring.mesh.data, pinned.location)
    files = [folder / file.path for file in pinned.files]
    try:
        found = _read(wiring, files, columns) if columns and files else {}
    except MeshwrightError:
        return {}  # its files are gone, or it took too much: another time
    _keep(_path(wiring, pinned), found)
    return found


def _pinned(reader: Reader, port: Address) -> PinnedPort | None:
    try:
        return pin(reader, port)
    except MeshwrightError:
        return None


def _classified(wiring: Wiring, reader: Reader, pinned: PinnedPort) -> frozenset[str]:
    marks = marks_of(wiring, reader, pinned)
    if not is_open(marks.level, ()):
        return frozenset(column.name for column in pinned.columns)
    return frozenset(one.name for one in marks.columns if one.is_classified)


def _columns(
    wiring: Wiring, pinned: PinnedPort, classified: frozenset[str]
) -> list[tuple[str, str]]:
    """Return the columns that may be keys, and what family their values are of."""
    keys = _keys(wiring, pinned.address)
    found = [
        (column.name, family)
        for column in pinned.columns
        if column.name not in classified
        and (family := family_of(column.type))
        and (column.name in keys or column.name.lower().rpartition("_")[2] in _ENDS)
    ]
    return found[:_MOST]


def _keys(wiring: Wiring, port: Address) -> frozenset[str]:
    """Return the columns that a contract calls a key, a reference, unique, or by a business term."""
    try:
        output = wiring.workspace.product(port).output(port.port)
    except MeshwrightError:
        return frozenset()
    described = output.contract.object_for(port.port) if output and output.contract else None
    if described is None:
        return frozenset()
    referring = frozenset(name for one in described.relationships for name in one.columns)
    return referring | {
        column.name
        for column in described.columns
        if column.key_position or column.unique or column.relationships or column.terms
    }


def _read(wiring: Wiring, files: Sequence[Path], columns: Sequence[tuple[str, str]]) -> Sketches:
    engine = wiring.engine()
    key = engine.quote(mesh_key(wiring, "sketches").hex())
    session = engine.open(Reach(read=tuple(files), threads=1, seconds=20.0))
    found: Sketches = {}
    try:
        session.scan("port", files)
        for name, family in columns:
            quoted = '"' + name.replace('"', '""') + '"'
            hashed = f"left(sha256({key} || CAST({quoted} AS VARCHAR)), 16)"
            rows = session.rows(
                f"WITH h AS (SELECT DISTINCT {hashed} AS h FROM port WHERE {quoted} IS NOT NULL)"
                f" SELECT h, (SELECT count(*) FROM h) FROM h ORDER BY h LIMIT {SIZE}",
                trusted=True,
            )
            if rows:
                hashes = tuple(str(row[0]) for row in rows)
                found[name] = Sketch(family, int(str(rows[0][1])), hashes)
    finally:
        session.close()
    return found


def _path(wiring: Wiring, pinned: PinnedPort) -> Path:
    folder = folder_of(wiring.mesh.data, pinned.location)
    mark = mesh_key(wiring, "sketches-fingerprint").hex()[:12]
    return folder / FOLDER / f"{pinned.data_version}-{mark}-{_FORM}.json"


def _keep(path: Path, found: Sketches) -> None:
    """Write sketches whole, and take away those of other data; a disk that is full costs time alone."""
    said = [[name, one.family, one.count, list(one.smallest)] for name, one in found.items()]
    with suppress(OSError):
        path.parent.mkdir(exist_ok=True)
        hidden = path.with_name(f".{path.name}-{token_hex(4)}")
        hidden.write_text(json.dumps(said))
        hidden.replace(path)
        for other in path.parent.iterdir():
            if other != path:
                other.unlink(missing_ok=True)
