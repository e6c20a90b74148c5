"""The catalog that tools of another database ask for: what there is, in that database's own words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from meshwright.model.table import Column
from meshwright.spi.engine import ArrowStream


@dataclass(frozen=True, slots=True)
class TableName:
    """A table that a text names: its parts as SQL folds them, and where in the text they stand."""

    parts: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SqlReading:
    """What a text is about, as a tool's dialect has it.

    `is_catalog`: it asks of the catalog alone; `is_mixed`: of the catalog and of other tables. `tables` are
    those that are neither the catalog's nor defined in the text. `settings` are what it sets on the way
    (`set_config`). `parameters` are the types that the text itself gives to `$1`…, by number.
    """

    is_catalog: bool = False
    is_mixed: bool = False
    tables: tuple[TableName, ...] = ()
    qualifiers: tuple[TableName, ...] = ()  # of columns, where a schema stands before their table
    settings: tuple[tuple[str, str], ...] = ()
    parameters: Mapping[int, str] | None = None
    compared: Mapping[int, str] | None = (
        None  # parameter -> the name of the column it is compared with
    )


@dataclass(frozen=True, slots=True)
class CatalogColumn:
    """A column of a listed table. `type` is SQL as DuckDB spells it."""

    name: str
    type: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class CatalogTable:
    """A listed table; `key` are the columns of its primary key."""

    schema: str
    name: str
    columns: tuple[CatalogColumn, ...]
    comment: str = ""
    key: tuple[str, ...] = ()
    rows: int = 0


@dataclass(frozen=True, slots=True)
class CatalogContent:
    """All that one user is told of: other databases by name and comment, tables of the one they are in."""

    database: str
    user: str
    databases: tuple[tuple[str, str], ...] = ()
    schemas: tuple[tuple[str, str], ...] = ()
    tables: tuple[CatalogTable, ...] = ()


class CatalogRows(ArrowStream, Protocol):
    """What the catalog answers: few rows, all there."""

    columns: tuple[Column, ...]


class SqlCatalog(Protocol):
    """Reads texts of one dialect and answers those about the catalog. Threads may share it."""

    def read(self, sql: str) -> SqlReading:
        """Say what a text is about; of a text that cannot be read, nothing."""

    def answer(
        self,
        content: CatalogContent,
        sql: str,
        parameters: Sequence[object] = (),
        settings: Mapping[str, str] | None = None,
    ) -> CatalogRows:
        """Answer a SELECT over the catalog; raise `ModelError` or `ExhaustedError`."""

    def close(self) -> None:
        """End what it holds."""
