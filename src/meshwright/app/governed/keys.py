"""The keys of keyed masks: one secret for each domain and one for the mesh, and what is derived from them.

What must stay true: a key leaves its file only towards the process that masks with it. Tokens of two domains,
or of two purposes of one, come of keys that tell nothing of each other (HKDF, RFC 5869). Whoever loses or
replaces a file changes every token made with it.
"""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from secrets import token_bytes, token_hex

from meshwright.app.wiring import Wiring
from meshwright.errors import UnreachableError
from meshwright.model.access import Mask, plain_purpose

FOLDER = ("keys", "masks")
SIZE = 32
_MESH = "_mesh"  # no domain is named so: names begin with a letter
_PERMITTED = 0o600


class Keys:
    """The keys of one query: those of `sha-256-query-local` are made for it and forgotten with it."""

    def __init__(self, wiring: Wiring, purpose: str) -> None:
        self._folder = wiring.mesh.state.joinpath(*FOLDER)
        self._purpose = plain_purpose(purpose)  # as grants compare it
        self._local = token_bytes(SIZE)

    def of(self, domain: str, masks: Iterable[Mask]) -> dict[str, bytes]:
        """Return mask kind -> key, for the masks of a port of a domain that take one."""
        found = {mask.kind: self._key(domain, mask.kind) for mask in masks}
        return {kind: key for kind, key in found.items() if key}

    def fingerprint(self, domain: str) -> str:
        """Return what tells these secrets from others, and nothing of them."""
        names = (domain, _MESH)
        return "-".join(derived(self._secret(name), "fingerprint").hex()[:12] for name in names)

    def _key(self, domain: str, kind: str) -> bytes:
        match kind:
            case "token-domain":
                return derived(self._secret(domain), kind)
            case "token-purpose":
                return derived(self._secret(domain), f"{kind}/{self._purpose}")
            case "sha-256-global":
                return derived(self._secret(_MESH), kind)
            case "sha-256-query-local":
                return self._local
        return b""

    def _secret(self, name: str) -> bytes:
        path = self._folder / f"{name}.key"
        try:
            secret = path.read_bytes()
        except FileNotFoundError:
            _make(path)
            secret = path.read_bytes()
        except OSError as error:
            raise UnreachableError("mask-key", f"the key `{path}` cannot be read") from error
        if len(secret) != SIZE:
            raise UnreachableError("mask-key", f"the key `{path}` is not {SIZE} bytes long")
        return secret


def mesh_key(wiring: Wiring, purpose: str) -> bytes:
    """Return a key of the mesh for a purpose that is no mask."""
    return derived(Keys(wiring, "")._secret(_MESH), f"mesh/{purpose}")


def derived(secret: bytes, purpose: str) -> bytes:
    """Return a key of its own for a purpose."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

    return HKDFExpand(SHA256(), SIZE, f"meshwright/masks/{purpose}".encode()).derive(secret)


def _make(path: Path) -> None:
    """Write a new key, whole; where somebody else was faster, theirs stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    hidden = path.with_name(f".{path.name}-{token_hex(4)}")
    file = os.open(hidden, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PERMITTED)
    try:
        with os.fdopen(file, "wb") as out:
            out.write(token_bytes(SIZE))
            out.flush()
            os.fsync(out.fileno())
        with suppress(FileExistsError):
            os.link(hidden, path)
    finally:
        hidden.unlink()
