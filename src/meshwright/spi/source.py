"""A source is an external silo that an input port reads: files, a database, later much more."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from meshwright.model.product import SourceSpec
from meshwright.model.table import Column
from meshwright.spi.engine import ArrowStream


@dataclass(frozen=True, slots=True)
class SourceItem:
    """A part of a source that changes on its own (a file, a table). `stamp` changes when it may have."""

    name: str
    bytes: int
    stamp: str


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that could not be parsed. `line` counts from 1 in the item's text; 0 where there is none."""

    item: str
    line: int
    column: str
    error: str
    text: str


class Reading(Protocol):
    """One pass over some items. `rejected` and `count` are complete once the stream is consumed."""

    def stream(self) -> ArrowStream:
        """Return the good rows; called once."""

    def rejected(self) -> Sequence[RejectedRow]:
        """Return the first 1,000 rows that did not parse."""

    def rejected_count(self) -> int:
        """Return how many rows did not parse."""

    def close(self) -> None:
        """Free files and connections."""


class Source(Protocol):
    """An opened source. Cheap to make: opening reads nothing.

    Raises `UnreachableError` (`source-not-found`) where it is not there, `DataError` where it cannot be
    read as what it is declared to be.
    """

    def watched(self) -> tuple[str, ...]:
        """Return files and folders of which one gets another time or size whenever `items` or a digest would
        be another; nothing where no such are known. May name what is not there; reads nothing.
        """

    def items(self) -> tuple[SourceItem, ...]:
        """List what is there now, without reading it; sorted by name."""

    def digest(self, item: SourceItem) -> str:
        """Return a digest of an item's bytes (or rows)."""

    def columns(self, items: Sequence[SourceItem]) -> tuple[Column, ...]:
        """Return declared or inferred columns over all these items, in SQL types."""

    def read(self, items: Sequence[SourceItem], columns: Sequence[Column]) -> Reading:
        """Read these items as these columns."""


class SourceFactory(Protocol):
    """What a `meshwright.sources` entry point names."""

    def __call__(self, spec: SourceSpec) -> Source:
        """Open the source that `spec` describes; raise `DescriptorError` for options it does not know."""
