"""SCRAM-SHA-256 and -PLUS (RFC 5802, 7677, 5929), the server's side; the password itself is never seen.

A login that is not known is answered like one that is, by a verifier that nobody's password fits, so that
nobody learns which exist.
"""

import base64
import hashlib
import hmac
import re
from binascii import Error as Base64Error
from dataclasses import dataclass
from secrets import token_urlsafe

from meshwright.serve.sql.faults import WireError

PLAIN, PLUS = "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"
_VERIFIER = re.compile(r"SCRAM-SHA-256\$(\d+):([^$]+)\$([^:]+):(.+)")
_FIRST = re.compile(
    r"(?P<head>(?P<binding>p=[^,]+|[ny]),(?:a=[^,]*)?,)(?P<bare>n=[^,]*,r=(?P<nonce>[^,]+).*)"
)
_FINAL = re.compile(r"(?P<bare>c=(?P<binding>[^,]+),r=(?P<nonce>[^,]+)),p=(?P<proof>[^,]+)")


@dataclass(frozen=True, slots=True)
class Verifier:
    """What is stored of a password."""

    iterations: int
    salt: bytes
    stored: bytes
    server: bytes


def parse_verifier(text: str) -> Verifier:
    """Read `SCRAM-SHA-256$4096:salt$stored:server`; raise `ValueError` for other text."""
    found = _VERIFIER.fullmatch(text)
    if found is None:
        raise ValueError("not a SCRAM verifier")
    salt, stored, server = (base64.b64decode(part) for part in found.groups()[1:])
    return Verifier(int(found[1]), salt, stored, server)


class Exchange:
    """One sign-in: two messages of the client, two answers. `certificate`: the digest that binds it."""

    def __init__(self, verifier: Verifier, mechanism: str, certificate: bytes) -> None:
        self._verifier = verifier
        self._mechanism = mechanism
        self._certificate = certificate
        self._nonce = ""
        self._head = ""
        self._said = ""

    def first(self, text: str) -> str:
        """Take the client's first message; return the challenge."""
        found = _FIRST.fullmatch(text)
        if found is None:
            raise WireError("08P01", "the SCRAM message is malformed", fatal=True)
        self._check_binding(found["binding"])
        self._head = found["head"]
        self._nonce = found["nonce"] + token_urlsafe(18)
        salt = base64.b64encode(self._verifier.salt).decode()
        challenge = f"r={self._nonce},s={salt},i={self._verifier.iterations}"
        self._said = f"{found['bare']},{challenge}"
        return challenge

    def final(self, text: str) -> str | None:
        """Take the client's proof; return the server's own, or None where the proof is wrong."""
        found = _FINAL.fullmatch(text)
        if found is None:
            raise WireError("08P01", "the SCRAM message is malformed", fatal=True)
        try:
            binding = base64.b64decode(found["binding"], validate=True)
            proof = base64.b64decode(found["proof"], validate=True)
        except (Base64Error, ValueError) as error:
            raise WireError("08P01", "the SCRAM message is malformed", fatal=True) from error
        said = f"{self._said},{found['bare']}".encode()
        key = bytes(
            a ^ b
            for a, b in zip(proof, hmac.digest(self._verifier.stored, said, "sha256"), strict=False)
        )
        is_right = hmac.compare_digest(hashlib.sha256(key).digest(), self._verifier.stored)
        is_bound = hmac.compare_digest(binding, self._binding())
        if not (is_right and is_bound and len(proof) == 32 and found["nonce"] == self._nonce):
            return None
        signature = hmac.digest(self._verifier.server, said, "sha256")
        return "v=" + base64.b64encode(signature).decode()

    def _check_binding(self, binding: str) -> None:
        is_plus = self._mechanism == PLUS
        if is_plus != binding.startswith("p=") or (is_plus and binding != "p=tls-server-end-point"):
            raise WireError("08P01", "the SCRAM channel binding is not the one chosen", fatal=True)
        if binding == "y" and self._certificate:
            raise WireError("28000", "the client was told of no channel binding", fatal=True)

    def _binding(self) -> bytes:
        head = self._head.encode()
        return head + self._certificate if self._mechanism == PLUS else head
