"""Reading SQL without running it: names, parameters, meaning."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SqlFacts:
    """What a SELECT says. `tables` are the names it reads that it does not define itself (no CTEs), as
    written, lower-cased where unquoted; `columns` its output names where they are plain, else empty;
    `digest` is of its meaning: white space, comments and letter case of keywords don't count.
    """

    tables: frozenset[str]
    parameters: frozenset[str]
    functions: frozenset[str]
    columns: tuple[str, ...]
    digest: str


class SqlReader(Protocol):
    """Reads one dialect."""

    dialect: str

    def read(self, sql: str) -> SqlFacts:
        """Read one SELECT; raise `ModelError` (`sql-invalid`, `model-not-select`) with line and column."""

    def bind(self, sql: str, literals: Mapping[str, str]) -> str:
        """Replace each `$name` by the SQL literal given for it, leaving all other text as it is."""
