"""The one root of every error that Meshwright raises, and what each kind means outside.

An error's message is one line: lowercase, no full stop, the input in backticks. `code` is stable and
documented; `hint` is the next thing to type; `place` is `file:line` where the input has one.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from enum import Enum


class ErrorKind(Enum):
    """Whose doing an error is; one table maps it to an exit code (and later to an HTTP status)."""

    USER = "user"
    RULES = "rules"
    DENIED = "denied"
    EXTERNAL = "external"
    EXHAUSTED = "exhausted"
    INTERNAL = "internal"


EXIT_CODES = {
    ErrorKind.USER: 2,
    ErrorKind.RULES: 1,
    ErrorKind.DENIED: 4,
    ErrorKind.EXTERNAL: 3,
    ErrorKind.EXHAUSTED: 3,
    ErrorKind.INTERNAL: 70,
}


class MeshwrightError(Exception):
    """Carry one clear message, a stable code, a kind and the next step."""

    kind = ErrorKind.USER
    retryable = False

    def __init__(self, code: str, message: str, *, hint: str = "", place: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.place = place

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message

    @property
    def exit_code(self) -> int:
        """Return the exit code of a command that ends with this error."""
        return EXIT_CODES[self.kind]


class UsageError(MeshwrightError):
    """The command, call or address makes no sense as given."""


class DescriptorError(MeshwrightError):
    """A file of the mesh is wrong."""


class DataError(MeshwrightError):
    """Data that was read cannot be what its description says."""

    kind = ErrorKind.RULES


class ModelError(MeshwrightError):
    """A model's SQL is wrong, or asks for what it may not have."""


class RefusedError(MeshwrightError):
    """A rule, a contract or a check forbids what was asked."""

    kind = ErrorKind.RULES


class DeniedError(MeshwrightError):
    """This principal may not do this."""

    kind = ErrorKind.DENIED


class UnreachableError(MeshwrightError):
    """Something outside (a file, a database, a held lock) cannot be reached now."""

    kind = ErrorKind.EXTERNAL
    retryable = True


class ExhaustedError(MeshwrightError):
    """Memory, time or space ran out."""

    kind = ErrorKind.EXHAUSTED


class LedgerError(MeshwrightError):
    """The ledger is not what was written: changed, cut short or unreadable."""

    kind = ErrorKind.RULES


class InternalError(MeshwrightError):
    """Our own fault."""

    kind = ErrorKind.INTERNAL


class PluginError(MeshwrightError):
    """An adapter is missing or does not load."""


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the name among `known` that is most like `name`, or an empty string."""
    found = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return found[0] if found else ""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a hint that names the nearest known name first, then what else exists."""
    names = sorted(set(known))
    close = nearest(name, names)
    rest = [n for n in names if n != close][:8]
    listed = f"known: {', '.join(rest)}" if rest else ""
    if close:
        return f"did you mean `{close}`?" + (f" {listed}" if listed else "")
    return listed or "none exist yet"
