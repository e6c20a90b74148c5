"""Ed25519 keys of a ledger: made on first use, the private one readable by its owner alone."""

import os
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from meshwright.errors import LedgerError

_PRIVATE = "ledger.key"


class Signer:
    """Signs with the private key in `folder`, which is made when there is none."""

    def __init__(self, folder: Path) -> None:
        self._private = _load_or_create(folder)
        self.key = key_id(self._private.public_key())

    def sign(self, message: bytes) -> str:
        """Return the signature of a message, in base64."""
        return b64encode(self._private.sign(message)).decode()


class PublicKeys:
    """The keys that checkpoints may be signed with: every `*.pub` in `folder`, old ones too."""

    def __init__(self, folder: Path) -> None:
        keys = [_read_public(path) for path in sorted(folder.glob("*.pub"))]
        self._keys = {key_id(key): key for key in keys}

    def __contains__(self, key: str) -> bool:
        return key in self._keys

    def verify(self, key: str, signature: str, message: bytes) -> bool:
        """Say whether a known key signed this message."""
        try:
            self._keys[key].verify(b64decode(signature, validate=True), message)
        except (InvalidSignature, Base64Error, ValueError):
            return False
        return True


def key_id(key: Ed25519PublicKey) -> str:
    """Return a short name of a public key: the start of its SHA-256."""
    return sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def _load_or_create(folder: Path) -> Ed25519PrivateKey:
    path = folder / _PRIVATE
    try:
        if not path.exists():
            _create(folder, path)
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _unreadable(path) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise _unreadable(path)
    return key


def _create(folder: Path, path: Path) -> None:
    """Make a key pair; when two processes do so at once, both public keys stay known."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    name = key_id(key.public_key())
    (folder / f"ledger-{name}.pub").write_bytes(public)
    draft = folder / f"{name}.draft"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(private)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _read_public(path: Path) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise _unreadable(path) from error
    if not isinstance(key, Ed25519PublicKey):
        raise _unreadable(path)
    return key


def _unreadable(path: Path) -> LedgerError:
    return LedgerError(
        "key-unreadable",
        f"`{path}` is not a readable Ed25519 key",
        hint="restore it from a backup, or move it away: a new one is then made",
    )
