"""TLS of the server: 1.2 at least, and the digest of its certificate, to which a sign-in is bound."""

import ssl
from dataclasses import dataclass
from pathlib import Path

from meshwright.errors import UsageError


@dataclass(frozen=True, slots=True)
class Tls:
    """A context, and the digest of the certificate as RFC 5929 has it (`tls-server-end-point`)."""

    context: ssl.SSLContext
    digest: bytes


def open_tls(certificate: Path, key: Path) -> Tls:
    """Read a certificate (chain) and its key, as PEM; raise `UsageError` (`tls-unreadable`)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key)
        return Tls(context, _digest(certificate))
    except (OSError, ssl.SSLError, ValueError) as error:
        raise UsageError(
            "tls-unreadable",
            f"the certificate `{certificate}` with the key `{key}` cannot be read: {error}",
            hint="two PEM files, the key without a passphrase",
        ) from error


def _digest(certificate: Path) -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization

    read = x509.load_pem_x509_certificate(certificate.read_bytes())
    used = read.signature_hash_algorithm
    is_weak = used is None or isinstance(used, hashes.MD5 | hashes.SHA1)
    digest = hashes.Hash(hashes.SHA256() if is_weak or used is None else used)
    digest.update(read.public_bytes(serialization.Encoding.DER))
    return digest.finalize()
