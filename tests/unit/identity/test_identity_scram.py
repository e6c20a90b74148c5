"""SCRAM-SHA-256, held against the example of RFC 7677 and against PostgreSQL's own client library."""

import hashlib
import hmac
from base64 import b64decode

import pytest
from psycopg import pq

from meshwright.identity import scram

# RFC 7677, section 3
SALT = b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
MESSAGE = (
    b"n=user,r=rOprNGfwEbeRWgbNEkqO,"
    b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,"
    b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
)
PROOF = b64decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
SIGNATURE = b64decode("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")


def test_the_example_of_the_standard_holds() -> None:
    verifier = scram.make_verifier("pencil", SALT)
    assert verifier.sign(MESSAGE, PROOF) == SIGNATURE


@pytest.mark.parametrize("proof", [b"", PROOF[:-1], PROOF + b"\0", bytes(32), PROOF[::-1]])
def test_another_proof_is_refused(proof: bytes) -> None:
    assert scram.make_verifier("pencil", SALT).sign(MESSAGE, proof) is None


def test_a_proof_of_another_exchange_is_refused() -> None:
    assert scram.make_verifier("pencil", SALT).sign(MESSAGE + b"x", PROOF) is None


def test_the_text_is_read_again() -> None:
    verifier = scram.make_verifier("secret")
    assert scram.parse_verifier(str(verifier)) == verifier
    for text in ("", "md5abc", "SCRAM-SHA-256$x:y$z", "SCRAM-SHA-256$4096:!!$a:b", "a$b$c"):
        assert scram.parse_verifier(text) is None


def test_the_text_is_what_postgresql_writes() -> None:
    written = _libpq_verifier("mesh_secret-token")
    read = scram.parse_verifier(written)
    assert read is not None
    assert str(scram.make_verifier("mesh_secret-token", read.salt)) == written


def test_a_salt_is_new_each_time_and_no_secret_is_shown() -> None:
    one, other = scram.make_verifier("secret"), scram.make_verifier("secret")
    assert one.salt != other.salt
    assert "secret" not in repr(one) + str(one)


def test_a_decoy_is_the_same_salt_each_time_and_meets_no_proof() -> None:
    one, again = scram.decoy("nobody", b"key"), scram.decoy("nobody", b"key")
    assert one.salt == again.salt != scram.decoy("somebody", b"key").salt
    assert len(one.salt) == len(scram.make_verifier("x").salt)
    key = hmac.digest(hashlib.pbkdf2_hmac("sha256", b"x", one.salt, 4096), b"Client Key", "sha256")
    assert one.sign(MESSAGE, key) is None


def _libpq_verifier(password: str) -> str:
    """Return what libpq makes of a password, as `\\password` of psql does."""
    connection = pq.PGconn.connect_start(b"host=127.0.0.1 port=1")
    try:
        made = connection.encrypt_password(password.encode(), b"user", b"scram-sha-256")
    finally:
        connection.finish()
    return made.decode()
