"""Tell a secret that somebody wrote out from an address that anybody may read.

A guess, on the safe side of it: a password in an address, a value of a key that is named like a secret, or a
word that no person would choose. What stands in a reference (`${env:NAME}`) is never one.
"""

import re
from itertools import pairwise

from meshwright.model.secret import without_references

_USER = re.compile(r"^[a-z][a-z0-9+.-]*://[^/?#@]*?:([^/?#@]+)@", re.IGNORECASE)
_HOST = re.compile(
    r"^[a-z][a-z0-9+.-]*://(?:[^/?#@]*@)?((?:[^/?#:]+\.)+[^/?#:]+|localhost)", re.IGNORECASE
)
_KEYED = re.compile(
    r"[?&;][^=&;]*(?:pass|pwd|token|secret|api[_-]?key|auth|credential|sig)[^=&;]*=([^&;]+)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-z0-9]+")
_UUID = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.IGNORECASE)
_SHORTEST, _TURNS = 8, 3  # a word that turns so often between letters and digits is no word
_LONG, _CASE_TURNS = 16, 4


def looks_secret(url: str) -> bool:
    """Say whether an address holds what looks like a password, token or key."""
    text = without_references(url)
    if _has_password(text) or any(found[1].strip() for found in _KEYED.finditer(text)):
        return True
    if _UUID.search(text):
        return True
    host = _HOST.match(text)
    words = _WORD.findall(text[: host.start(1)] + text[host.end(1) :] if host else text)
    return any(_is_random(word) for word in words)


def _has_password(text: str) -> bool:
    return _USER.match(text) is not None


def _is_random(word: str) -> bool:
    """Say whether a word turns between letters and digits, or between cases, more than words do."""
    kinds = ["d" if sign.isdigit() else "a" for sign in word]
    if len(word) >= _SHORTEST and _turns(kinds) >= _TURNS:
        return True
    cases = ["u" if sign.isupper() else "l" for sign in word if sign.isalpha()]
    return len(word) >= _LONG and _turns(cases) >= _CASE_TURNS + len(word) // 12


def _turns(kinds: list[str]) -> int:
    return sum(one != other for one, other in pairwise(kinds))
