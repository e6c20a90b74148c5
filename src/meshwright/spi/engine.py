"""An engine is compute only: it turns queries over declared files into Parquet files and small answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from meshwright.model.table import Column, DataFile


@runtime_checkable
class ArrowStream(Protocol):
    """A table in motion: anything with the Arrow PyCapsule stream interface, consumed once."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return a PyCapsule named `arrow_array_stream`."""


@dataclass(frozen=True, slots=True)
class Reach:
    """All that a session may touch: these files to read, this folder tree to write, nothing else.

    `write` folders are also readable. `memory` is bytes (0: the engine's default), `threads` 0 likewise.
    `timezone` is where a moment without a zone is, when SQL compares it with one that has a zone or asks for
    the day of one.
    """

    read: tuple[Path, ...] = ()
    write: tuple[Path, ...] = ()
    threads: int = 0
    memory: int = 0
    seconds: float = 0.0
    timezone: str = "UTC"


class Session(Protocol):
    """One locked place to compute in. Every method may be called from several threads at once.

    SQL that comes from a model or a person must be exactly one SELECT by the engine's own parser; anything
    else raises `ModelError` (`model-not-select`). A name, function or file outside the reach raises
    `ModelError`; running out raises `ExhaustedError`; an interrupted call raises `ExhaustedError`
    (`query-interrupted`).
    """

    def scan(self, name: str, files: Sequence[Path]) -> None:
        """Name the rows of these Parquet files: `name` is one or more identifiers, `a.b.c` makes schemas.

        Columns are united by name. At least one file; the files must be in the reach.
        """

    def define(self, name: str, sql: str, *, keep: bool = False) -> None:
        """Name the result of a SELECT: as a view, or computed once when `keep`."""

    def stage(
        self, sql: str, path: Path, *, interval: tuple[str, str] | None = None
    ) -> tuple[DataFile, ...]:
        """Write the result of a SELECT to one new Parquet file (in a write folder of the reach).

        Returned paths are file names. With `interval` = (column, unit), one file is written for each
        interval that has rows: `<stem>-<start>.parquet`; `DataFile.interval` is the ISO start, for a
        column with a zone on the clock of the reach's `timezone`. Writes
        nothing that outlives an error.
        """

    def columns(self, sql: str) -> tuple[Column, ...]:
        """Return the columns that a SELECT would give, without running it."""

    def rows(self, sql: str, *, trusted: bool = False) -> list[tuple[object, ...]]:
        """Return the rows of a small SELECT as Python values.

        `trusted`: Meshwright composed the text itself, of quoted names and literals; it need not be judged
        again before it runs. Never for a text that holds somebody's SQL.
        """

    def stream(self, sql: str) -> ArrowStream:
        """Return the rows of a SELECT as an Arrow stream; the session stays open until it is consumed."""

    def cancel(self) -> None:
        """Interrupt whatever runs, from any thread."""

    def close(self) -> None:
        """Free everything. Called once; nothing may be called after it."""


class Engine(Protocol):
    """Opens sessions. `capabilities` name what is optional: `statistics`, `intervals`, `cancel`."""

    name: str
    capabilities: frozenset[str]

    def open(self, reach: Reach) -> Session:
        """Open a session that can touch what `reach` says and nothing else; the caller closes it."""

    def land(
        self, stream: ArrowStream, path: Path, types: Mapping[str, str] | None = None
    ) -> tuple[DataFile, tuple[Column, ...]]:
        """Write a stream of external rows to one new Parquet file, cast to `types` where given."""

    def reads(self, sql: str) -> frozenset[str]:
        """Return the tables that one SELECT names, by the engine's own parser, as written (`a.b.c`).

        Raises like a session would for anything that is not one SELECT.
        """

    def quote(self, value: object) -> str:
        """Return a Python value (str int float bool None date datetime Decimal) as a SQL literal."""
