"""What can be wrong with a ledger."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. `seq` is the first entry that it concerns (0: none in particular).

    `code` is changed, removed, inserted, reordered or unreadable (of an entry); cut or rewritten (shown by a
    checkpoint); checkpoint-unreadable, checkpoint-forged, checkpoint-key, checkpoint-foreign or
    checkpoint-missing.
    """

    seq: int
    code: str
    message: str
