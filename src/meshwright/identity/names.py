"""Names of principals: `kind:id`, in letters that cannot be taken for others.

An id is what stands in descriptors, in SQL and in URLs, so it is plain ASCII without spaces, `:` or `/`; what
a provider calls somebody otherwise is percent-encoded by whoever makes the name.
"""

import re

from meshwright.errors import UsageError, did_you_mean
from meshwright.model.principal import KINDS, PERSON

LONGEST = 200
_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@+|~=%-]*")
_SHOWN = 64


def parse_name(text: str, kind: str = PERSON) -> str:
    """Return the name of a principal, `kind` being meant where none is said.

    Raises `UsageError` (`principal-invalid`).
    """
    said, colon, rest = text.partition(":")
    if colon and said not in KINDS:
        raise _invalid(f"`{shown(said)}` is no kind of principal", did_you_mean(said, KINDS))
    name = rest if colon else text
    if not name:
        raise _invalid("a principal has an id", f"{said if colon else kind}:name")
    if len(name) > LONGEST:
        raise _invalid(f"an id has at most {LONGEST} characters", "")
    if not _ID.fullmatch(name):
        raise _invalid(
            f"`{shown(text)}` is no principal",
            "an id is of letters, digits and _ . @ + | ~ = % -",
        )
    return f"{said if colon else kind}:{name}"


def shown(text: str) -> str:
    """Return what somebody typed as it may be repeated: short, and without control characters."""
    plain = "".join(sign if sign.isprintable() else "?" for sign in text[: _SHOWN + 1])
    return plain if len(plain) <= _SHOWN else plain[: _SHOWN - 1] + "…"


def _invalid(message: str, hint: str) -> UsageError:
    return UsageError("principal-invalid", message, hint=hint)
