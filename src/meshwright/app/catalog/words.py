"""What people type, as it is kept: within a length, without characters that no text has."""

import re
from collections.abc import Sequence

from meshwright.errors import UsageError

_NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")  # makes a reader see another text
MOST_TAGS, MOST_OF_TAG = 40, 80


def spoken(text: str, what: str, most: int, *, is_needed: bool = True) -> str:
    """Return a text of lines; raise `UsageError` (`text-missing`, `text-too-long`, `text-invalid`)."""
    said = "\n".join(
        line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    )
    said = said.strip()
    if not said and is_needed:
        raise UsageError("text-missing", f"{what} needs words", hint="write some")
    if len(said) > most:
        raise UsageError(
            "text-too-long", f"{what} has at most {most:,} characters", hint="say less"
        )
    if _NOT_TEXT.search(said) or _TURNING.search(said):
        raise UsageError(
            "text-invalid", f"{what} holds a character that is no text", hint="retype it"
        )
    return said


def labels(texts: Sequence[str], what: str = "a tag") -> tuple[str, ...]:
    """Return tags or terms, each once, in their order."""
    found = dict.fromkeys(filter(None, (" ".join(text.split()) for text in texts)))
    if len(found) > MOST_TAGS:
        raise UsageError("text-too-long", f"a field has at most {MOST_TAGS} of them")
    return tuple(spoken(one, what, MOST_OF_TAG) for one in found)
