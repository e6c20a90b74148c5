"""The state store: one transactional SQL database for the ledger and its projections.

SQL is the portable subset of SQLite and PostgreSQL, with `:name` or `?` parameters (`?` only here); rows
come back as tuples.
"""

from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

Value = None | int | float | str | bytes
Row = tuple[Value, ...]


class Reader(Protocol):
    """One consistent snapshot."""

    def rows(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        """Return all rows of a query."""


class Writer(Reader, Protocol):
    """One exclusive transaction: all of it becomes visible and durable, or none."""

    def run(self, sql: str, values: Sequence[Value] = ()) -> None:
        """Run one statement."""

    def run_many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        """Run one statement for each row of values."""


class StateStore(Protocol):
    """Opened on one mesh. Used from several threads; each `read` or `write` belongs to one thread."""

    def prepare(self) -> None:
        """Create or migrate the tables; cheap when there is nothing to do. Called once after opening."""

    def restore_tables(self, tables: Collection[str]) -> None:
        """Create those of these tables that are not there, empty, as `prepare` makes them."""

    def read(self) -> AbstractContextManager[Reader]:
        """Open a snapshot."""

    def write(self) -> AbstractContextManager[Writer]:
        """Open a transaction; commit durably at the end, roll back on an exception."""

    def hold(self, name: str, holder: str, wait: float) -> AbstractContextManager[None]:
        """Hold a named lock across processes, freed even if this process dies.

        After `wait` seconds raise `UnreachableError` (`held-elsewhere`) that says who holds it.
        """

    def close(self) -> None:
        """Close all connections. Called once."""
