"""What is wrong with a file of the mesh, and where."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in a file: `file` relative to the mesh (or as given), `line` from 1 (0: unknown)."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding of `mesh check`: `severity` is `error` or `warning`; `key` the dotted key in the file."""

    code: str
    message: str
    place: Place
    hint: str = ""
    key: str = ""
    severity: str = "error"

    @property
    def is_error(self) -> bool:
        """Say whether this stops a plan."""
        return self.severity == "error"

    def __str__(self) -> str:
        return f"{self.place}: {self.severity}: {self.message} [{self.code}]"
