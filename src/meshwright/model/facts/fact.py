"""What a fact is, and a fact in the ledger.

A fact is a frozen dataclass whose fields are JSON (str, int, float, bool, None, lists, dicts). Its class
name is its kind in the ledger; a field added later needs a default, so that old entries still read.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact in the ledger: its number, when, by whom, and its link in the hash chain."""

    seq: int
    at: str  # ISO 8601, UTC
    actor: str
    kind: str
    payload: str  # canonical JSON of the fact
    previous: str
    hash: str
