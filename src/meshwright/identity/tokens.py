"""API tokens: `mesh_<id>_<secret>`. The id is public; of the whole only a SHA-256 is kept.

A secret of 32 random bytes needs no slow hash: there is nothing to guess.
"""

import re
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from secrets import choice, token_urlsafe

from meshwright.errors import UsageError, did_you_mean

# What a token opens; one without scopes opens all that its principal may.
QUERY, ACCESS, TRAIL, ADMIN, LINEAGE = SCOPES = ("query", "access", "trail", "admin", "lineage")
PREFIX = "mesh_"
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # none that is taken for another
_ID_LENGTH = 12
_FORM = re.compile(rf"mesh_([{_LETTERS}]{{{_ID_LENGTH}}})_[A-Za-z0-9_-]{{43}}")
_ID = re.compile(rf"[{_LETTERS}]{{{_ID_LENGTH}}}")


@dataclass(frozen=True, slots=True, repr=False)
class NewToken:
    """A token that was just made: `text` is shown once and kept nowhere."""

    id: str
    text: str
    digest: str


def new_token() -> NewToken:
    """Make a token."""
    name = "".join(choice(_LETTERS) for _ in range(_ID_LENGTH))
    text = f"{PREFIX}{name}_{token_urlsafe(32)}"
    return NewToken(name, text, digest(text))


def token_id(text: str) -> str:
    """Return the public id of a token; '' for a text that is none."""
    found = _FORM.fullmatch(text)
    return found[1] if found else ""


def is_token_id(text: str) -> bool:
    """Say whether a text has the form of a token's id."""
    return _ID.fullmatch(text) is not None


def digest(text: str) -> str:
    """Return what is kept of a token."""
    return sha256(text.encode()).hexdigest()


def matches(kept: str, text: str) -> bool:
    """Say whether a token is the one kept, in a time that tells nothing."""
    return compare_digest(kept or digest(""), digest(text)) and bool(kept)


def parse_scopes(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the scopes that words name; raise `UsageError` (`scope-unknown`)."""
    for word in words:
        if word not in SCOPES:
            raise UsageError(
                "scope-unknown", f"no token has the scope `{word}`", hint=did_you_mean(word, SCOPES)
            )
    return tuple(sorted(set(words)))
