"""Reading SQL without running it: names, parameters, meaning."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from meshwright.model.lineage import SelectLineage


@dataclass(frozen=True, slots=True)
class SqlFacts:
    """What a SELECT says. `tables` are the names it reads that it does not define itself (no CTEs), as
    written, lower-cased where unquoted; `columns` its output names where they are plain, else empty;
    `digest` is of its meaning: white space, comments and letter case of keywords don't count. `reaching`
    are the functions that read something else than those tables (files, the catalog, other databases);
    `lines` says on which line a table, `$parameter` or `function(` is first named.
    """

    tables: frozenset[str]
    parameters: frozenset[str]
    functions: frozenset[str]
    columns: tuple[str, ...]
    digest: str
    reaching: frozenset[str] = frozenset()
    lines: Mapping[str, int] = field(default_factory=dict)


class SqlReader(Protocol):
    """Reads one dialect."""

    dialect: str

    def read(self, sql: str) -> SqlFacts:
        """Read one SELECT; raise `ModelError` (`sql-invalid`, `model-not-select`), place `line:column`."""

    def trace(self, sql: str, tables: Mapping[str, Sequence[str] | None]) -> SelectLineage:
        """Say what each output column of one SELECT is made of.

        `tables` gives the columns, in order, of every table that it reads, by its name as `SqlFacts.tables`
        has it; None where they are not known. Never a guess: what cannot be known is an edge of kind UNKNOWN.
        Raises `ModelError` as `read` does.
        """

    def bind(self, sql: str, literals: Mapping[str, str]) -> str:
        """Replace each `$name` by the SQL literal given for it, leaving all other text as it is.

        A trailing semicolon is dropped, so that the result can stand inside of another statement. Raises
        `ModelError` (`parameter-unknown`) for a name without a literal.
        """
