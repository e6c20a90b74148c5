"""A table store keeps the open-format log (Delta) in step with what the state store published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from meshwright.model.table import Column, DataFile


@dataclass(frozen=True, slots=True)
class TableState:
    """What a table must be: exactly these files, these columns.

    `sequence` grows with every change of a table; a store never goes back. `hidden` columns get no literal
    statistics. `note` is recorded with the commit (version, build).
    """

    sequence: int
    columns: tuple[Column, ...]
    files: tuple[DataFile, ...]
    hidden: frozenset[str] = frozenset()
    note: Mapping[str, str] | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class TableSnapshot:
    """A table that somebody else may have written, at one version: exactly these files, these columns.

    `partitions` gives, for a file, the values (as text, None for NULL) of the columns that the file itself
    does not hold.
    """

    version: int
    columns: tuple[Column, ...]
    files: tuple[str, ...]
    partitions: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)


class TableStore(Protocol):
    """Commits files that an engine already wrote. Idempotent; safe to repeat after a crash."""

    name: str

    def follow(self, folder: Path, state: TableState) -> bool:
        """Make the table's log say `state`; return False when it already does (or is beyond it)."""

    def sequence(self, folder: Path) -> int:
        """Return the sequence last followed; 0 where there is no table."""

    def files(self, folder: Path) -> tuple[str, ...]:
        """Return the paths that an outside reader of the table sees, sorted."""

    def snapshot(self, folder: Path) -> TableSnapshot | None:
        """Return the newest version of any table of the format, whoever wrote it; None where there is none.

        Raises `UnreachableError` (`table-unreadable`) for a broken log, `DataError`
        (`table-feature-unsupported`) where the files alone do not say which rows the table has.
        """

    def refused(self, columns: Sequence[Column]) -> Mapping[str, str]:
        """Return the columns whose type cannot be stored, each with the cast to write."""
