"""SCRAM-SHA-256 (RFC 5802, RFC 7677): what a server keeps of a secret, and how it checks a proof of it.

The text of a verifier is PostgreSQL's: `SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>`, in
base64. Secrets are API tokens, which are ASCII and random: SASLprep leaves them as they are, and 4,096 rounds
do.
"""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from hashlib import pbkdf2_hmac, sha256
from hmac import compare_digest
from hmac import digest as hmac_digest
from secrets import token_bytes

MECHANISM = "SCRAM-SHA-256"
ROUNDS = 4096
_SALT_BYTES = 16


@dataclass(frozen=True, slots=True, repr=False)
class Verifier:
    """What is kept of a secret: enough to check a proof, too little to make one."""

    rounds: int
    salt: bytes
    stored_key: bytes
    server_key: bytes

    def __str__(self) -> str:
        salt, stored, server = map(_text, (self.salt, self.stored_key, self.server_key))
        return f"{MECHANISM}${self.rounds}:{salt}${stored}:{server}"

    def sign(self, message: bytes, proof: bytes) -> bytes | None:
        """Return the server's signature of an AuthMessage where the client's proof holds; else None."""
        signature = hmac_digest(self.stored_key, message, "sha256")
        key = bytes(a ^ b for a, b in zip(proof, signature, strict=False))
        is_proven = len(proof) == len(signature) and compare_digest(
            sha256(key).digest(), self.stored_key
        )
        return hmac_digest(self.server_key, message, "sha256") if is_proven else None


def make_verifier(secret: str, salt: bytes = b"", rounds: int = ROUNDS) -> Verifier:
    """Return the verifier of a secret, with a new salt unless one is given."""
    salt = salt or token_bytes(_SALT_BYTES)
    salted = pbkdf2_hmac("sha256", secret.encode(), salt, rounds)
    client_key = hmac_digest(salted, b"Client Key", "sha256")
    server_key = hmac_digest(salted, b"Server Key", "sha256")
    return Verifier(rounds, salt, sha256(client_key).digest(), server_key)


def parse_verifier(text: str) -> Verifier | None:
    """Return the verifier that a text is; None for another text."""
    parts = text.split("$")
    if len(parts) != 3 or parts[0] != MECHANISM:
        return None
    rounds, _, salt = parts[1].partition(":")
    stored, _, server = parts[2].partition(":")
    try:
        return Verifier(
            int(rounds), *(b64decode(part, validate=True) for part in (salt, stored, server))
        )
    except (ValueError, NotBase64):
        return None


def decoy(login: str, key: bytes) -> Verifier:
    """Return a verifier that no proof meets, the same for a login each time: who is there is not told."""
    salt = hmac_digest(key, login.encode(errors="replace"), "sha256")[:_SALT_BYTES]
    return Verifier(ROUNDS, salt, token_bytes(32), token_bytes(32))


def _text(part: bytes) -> str:
    return b64encode(part).decode()
