"""What changed in the mesh lately: what was published, what was rejected, what was announced."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from heapq import nlargest
from typing import Any

from meshwright.app.catalog.knowing import Knowing
from meshwright.app.catalog.veil import Veil
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError
from meshwright.model.counted import counted
from meshwright.spi.state_store import Reader

SHOWN, _LOOKED_AT = 12, 40


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing that happened. `word` says what (published, rejected…), `text` more of it."""

    at: str
    word: str
    address: str
    text: str
    href: str


def read_news(wiring: Wiring, knowing: Knowing, shown: int = SHOWN) -> tuple[Piece, ...]:
    """Return the newest of all kinds, newest first, of what somebody may know of."""
    with wiring.store.read() as reader:
        found = [*_published(reader), *_unpublished(reader), *_told(reader)]
    veil = Veil(knowing)
    known = [
        replace(piece, text=veil.text(piece.text))
        for piece in found
        if _may_know(knowing, piece.address)
    ]
    return tuple(nlargest(shown, known, key=lambda piece: piece.at))


def _may_know(knowing: Knowing, address: str) -> bool:
    try:
        return knowing.of(address)
    except MeshwrightError:
        return False


def _published(reader: Reader) -> Iterator[Piece]:
    rows = reader.rows(
        "SELECT v.product, v.version, v.published_at, (SELECT sum(p.rows) FROM version_ports p"
        " WHERE p.product = v.product AND p.version = v.version) FROM versions v"
        " ORDER BY v.published_at DESC LIMIT ?",
        (_LOOKED_AT,),
    )
    for product, version, at, count in rows:
        text = f"version {version!s}, {int(str(count or 0)):,} rows"
        where = f"/products/{product!s}?view=versions#v{version!s}"
        yield Piece(str(at), "published", str(product), text, where)


def _unpublished(reader: Reader) -> Iterator[Piece]:
    """Tell of builds that published nothing; their facts hold a whole build, so only words of it are read."""
    for kind, word in (("BuildRejected", "rejected"), ("BuildFailed", "failed")):
        rows = reader.rows(
            "SELECT at, json_extract(payload, '$.product'), json_extract(payload, '$.build'),"
            " coalesce(json_array_length(payload, '$.failed_checks'), 0) FROM facts WHERE kind = ?"
            " ORDER BY seq DESC LIMIT ?",
            (kind, _LOOKED_AT),
        )
        for at, product, build, failed in rows:
            text = f"{counted(int(str(failed)), 'check')} failed" if failed else "its build failed"
            yield Piece(str(at), word, str(product), text, f"/builds/{build!s}")


def _told(reader: Reader) -> Iterator[Piece]:
    for kind, tell in _KINDS.items():
        rows = reader.rows(
            "SELECT at, payload FROM facts WHERE kind = ? ORDER BY seq DESC LIMIT ?",
            (kind, _LOOKED_AT),
        )
        for at, payload in rows:
            yield tell(str(at), json.loads(str(payload)))


def _rolled_back(at: str, said: Mapping[str, Any]) -> Piece:
    product = str(said["product"])
    text = f"version {said.get('to_version')} is served again"
    return Piece(at, "rolled back", product, text, f"/products/{product}?view=versions")


def _retired(at: str, said: Mapping[str, Any]) -> Piece:
    product = str(said["product"])
    until = said.get("until") or ""
    return Piece(
        at, "retired", product, f"it ends {until}" if until else "", f"/products/{product}"
    )


def _renamed(at: str, said: Mapping[str, Any]) -> Piece:
    product = str(said["product"])
    former = said.get("formerly") or ""
    return Piece(
        at, "renamed", product, f"it was {former}" if former else "", f"/products/{product}"
    )


def _announced(at: str, said: Mapping[str, Any]) -> Piece:
    product = str(said["product"])
    return Piece(at, "announced", product, str(said["text"])[:200], f"/products/{product}")


def _deprecated(at: str, said: Mapping[str, Any]) -> Piece:
    address = str(said["address"])
    return Piece(at, "announced", address, str(said.get("event", "")), f"/products/{address}")


_KINDS: Mapping[str, Callable[[str, Mapping[str, Any]], Piece]] = {
    "VersionRolledBack": _rolled_back,
    "ProductRetired": _retired,
    "ProductRenamed": _renamed,
    "AnnouncementMade": _announced,
    "ChangeAnnounced": _deprecated,
}
