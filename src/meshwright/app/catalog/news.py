"""What changed in the mesh lately: what was published, what was rejected, what was announced."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from heapq import nlargest
from typing import Any

from meshwright.app.catalog.knowing import Knowing
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError

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
    found: list[tuple[int, Piece]] = []
    with wiring.store.read() as reader:
        for kind, tell in _KINDS.items():
            rows = reader.rows(
                "SELECT seq, at, payload FROM facts WHERE kind = ? ORDER BY seq DESC LIMIT ?",
                (kind, _LOOKED_AT),
            )
            for seq, at, payload in rows:
                piece = tell(str(at), json.loads(str(payload)))
                if piece is not None and _may_know(knowing, piece.address):
                    found.append((int(str(seq)), piece))
    return tuple(piece for _, piece in nlargest(shown, found, key=lambda one: one[0]))


def _may_know(knowing: Knowing, address: str) -> bool:
    try:
        return knowing.of(address)
    except MeshwrightError:
        return False


def _published(at: str, said: Mapping[str, Any]) -> Piece | None:
    product, version = str(said["product"]), said["version"]
    rows = sum(int(port.get("rows") or 0) for port in said.get("ports", {}).values())
    text = f"version {version}, {rows:,} rows"
    return Piece(at, "published", product, text, f"/products/{product}?view=versions#v{version}")


def _rejected(at: str, said: Mapping[str, Any]) -> Piece | None:
    product, failed = str(said["product"]), said.get("failed_checks") or ()
    text = f"{len(failed)} check{'s' if len(failed) != 1 else ''} failed"
    return Piece(at, "rejected", product, text, f"/builds/{said['build']}")


def _failed(at: str, said: Mapping[str, Any]) -> Piece | None:
    return Piece(at, "failed", str(said["product"]), "its build failed", f"/builds/{said['build']}")


def _rolled_back(at: str, said: Mapping[str, Any]) -> Piece | None:
    product = str(said["product"])
    text = f"version {said.get('to_version')} is served again"
    return Piece(at, "rolled back", product, text, f"/products/{product}?view=versions")


def _retired(at: str, said: Mapping[str, Any]) -> Piece | None:
    product = str(said["product"])
    until = said.get("until") or ""
    return Piece(at, "retired", product, f"it ends {until}" if until else "", f"/products/{product}")


def _renamed(at: str, said: Mapping[str, Any]) -> Piece | None:
    product = str(said["product"])
    former = said.get("formerly") or ""
    return Piece(at, "renamed", product, f"it was {former}" if former else "", f"/products/{product}")


def _announced(at: str, said: Mapping[str, Any]) -> Piece | None:
    address = str(said["address"])
    return Piece(at, "announced", address, str(said.get("event", "")), f"/products/{address}")


_KINDS: Mapping[str, Callable[[str, Mapping[str, Any]], Piece | None]] = {
    "VersionPublished": _published,
    "BuildRejected": _rejected,
    "BuildFailed": _failed,
    "VersionRolledBack": _rolled_back,
    "ProductRetired": _retired,
    "ProductRenamed": _renamed,
    "ChangeAnnounced": _announced,
}
