"""What is audited: one staged port, made visible in a session, with what its writer knows of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from meshwright.audit.drift import ColumnReference
from meshwright.model.check import CheckOutcome
from meshwright.model.table import Column, DataFile


@dataclass(frozen=True, slots=True)
class Reference:
    """Where the values of a relationship's target are visible in the session."""

    relation: str
    column: str


@dataclass(frozen=True, slots=True)
class AuditTarget:
    """One staged port.

    `fresh` names the relation of the new rows and `files` are theirs. A port that is rebuilt in full needs
    nothing else. A port that appends also has `kept`, the relation of the rows that stay (`kept_files`),
    `whole`, the relation of both, and `carried`: the outcomes of the version that it extends, by check id,
    given only when contract and columns are the same. `references` maps a relationship's reference, as the
    contract writes it, to a relation of the session. `classified` adds to what the contract classifies.
    `rows` is needed only where there are no files. `levels` says of each service level, by name, why nothing
    enforces it ('': it is enforced by observing what is published).

    What is watched: `references_of` is what each column was like, `bins` the edges to count its values by;
    `by` are columns whose values are segments; `time` says when a row happened, counted `every` hour, day…,
    where `counted` is what earlier builds counted; `intervals` are the rows of the intervals that a port
    that appends has anew.
    """

    port: str
    fresh: str
    columns: tuple[Column, ...]
    files: tuple[DataFile, ...] = ()
    whole: str = ""
    kept: str = ""
    kept_files: tuple[DataFile, ...] = ()
    carried: Mapping[str, CheckOutcome] = field(default_factory=dict)
    references: Mapping[str, Reference] = field(default_factory=dict)
    classified: frozenset[str] = frozenset()
    levels: Mapping[str, str] = field(default_factory=dict)
    rows: int | None = None
    references_of: Mapping[str, ColumnReference] = field(default_factory=dict)
    bins: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    by: tuple[str, ...] = ()
    time: str = ""
    every: str = ""
    counted: Mapping[str, float] = field(default_factory=dict)
    intervals: Mapping[str, int] = field(default_factory=dict)

    @property
    def fresh_rows(self) -> int | None:
        """Return the number of new rows; None when neither files nor `rows` say it."""
        return sum(f.rows for f in self.files) if self.files else self.rows

    @property
    def whole_rows(self) -> int | None:
        """Return the number of rows of the table as it will be."""
        fresh = self.fresh_rows
        return None if fresh is None else fresh + sum(f.rows for f in self.kept_files)

    @property
    def is_append(self) -> bool:
        """Say whether rows of an earlier version stay."""
        return bool(self.kept and self.kept_files)

    def relation(self, *, whole: bool) -> str:
        """Return the relation that a check reads."""
        return self.whole if whole and self.is_append else self.fresh

    def files_of(self, *, whole: bool) -> tuple[DataFile, ...]:
        """Return the files behind that relation."""
        return (*self.kept_files, *self.files) if whole and self.is_append else self.files

    def rows_of(self, *, whole: bool) -> int | None:
        """Return how many rows that relation has, as far as known."""
        return self.whole_rows if whole and self.is_append else self.fresh_rows
