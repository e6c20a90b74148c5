"""Passwords, kept as argon2id text (RFC 9106): slow and large on purpose, so never on an event loop.

`verify` takes as long for nobody as for somebody, and few run at once: each takes 64 MB for its time.
"""

from functools import cache
from secrets import token_hex, token_urlsafe
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from meshwright.errors import UsageError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 12, 1024
_AT_ONCE = BoundedSemaphore(4)


def new_password() -> str:
    """Return a password that nobody chose."""
    return token_urlsafe(18)


def new_suffix() -> str:
    """Return four letters that make a name another one."""
    return token_hex(2)


def require_good(password: str) -> None:
    """Raise `UsageError` (`password-weak`, `password-invalid`) for one that cannot be used."""
    if len(password) < SHORTEST:
        raise UsageError("password-weak", f"a password has at least {SHORTEST} characters")
    if len(password) > LONGEST or any(ord(sign) < 32 for sign in password):
        raise UsageError(
            "password-invalid",
            f"a password has at most {LONGEST} characters, and no control characters",
        )
    if len(set(password)) < 5:
        raise UsageError("password-weak", "a password has at least five different characters")


def hash_password(password: str) -> str:
    """Return the text to keep; about 0.1 s."""
    with _AT_ONCE:
        return _hasher().hash(password)


def verify(kept: str, password: str) -> bool:
    """Say whether a password is the one kept; `kept` is '' for somebody who has none."""
    from argon2.exceptions import InvalidHashError, VerificationError

    if len(password) > LONGEST:
        return False
    with _AT_ONCE:
        try:
            _hasher().verify(kept or _nobody(), password)
        except (VerificationError, InvalidHashError):
            return False
    return bool(kept)


def is_outdated(kept: str) -> bool:
    """Say whether a kept text was made with weaker settings than today's."""
    return _hasher().check_needs_rehash(kept)


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _nobody() -> str:
    """Return the text of a password that nobody knows."""
    return _hasher().hash(token_urlsafe(32))
