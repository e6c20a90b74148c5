"""Rows on their way to a client: read from where they come, made into messages, as many as are asked for.

Its methods block, so they run in a worker thread, one at a time; only `cancel` may be called meanwhile.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from meshwright.errors import MeshwrightError
from meshwright.model.table import Column
from meshwright.serve.sql.faults import WireError
from meshwright.serve.sql.rows import Field, data_rows, fields_of, slices

Encode = Callable[[Any, Sequence[Field]], memoryview]


class Rows(Protocol):
    """Where rows come from: an answer of the governed query, the catalog, or a few values."""

    @property
    def columns(self) -> Sequence[Column]:
        """Return the columns."""

    def batches(self) -> Iterator[Any]:
        """Give the rows as Arrow record batches, once."""

    def cancel(self) -> None:
        """Stop it, from any thread."""

    def close(self, error: str = "") -> None:
        """End it; say why, where it did not go well."""


class Values:
    """Rows that are there already: texts, as SHOW gives them."""

    def __init__(self, names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        import pyarrow

        self.columns = tuple(Column(name, "VARCHAR") for name in names)
        values = [pyarrow.array([row[i] for row in rows], "string") for i in range(len(names))]
        self._table = pyarrow.table(values, names=list(names))

    def batches(self) -> Iterator[Any]:
        """Give the rows as record batches."""
        return iter(self._table.to_batches())

    def cancel(self) -> None:
        """Do nothing: it is done."""

    def close(self, error: str = "") -> None:
        """Do nothing: nothing is held."""


class Cursor:
    """An open query of a session."""

    def __init__(self, rows: Rows, formats: Sequence[int] = ()) -> None:
        self.rows = rows
        self.formats = formats
        self.fields = fields_of(rows.columns, formats)
        self.is_done = False
        self._is_closed = False
        self._reader: Any = None
        self._left: list[Any] = []

    def messages(
        self, limit: int = 0, encode: Encode = data_rows
    ) -> Iterator[tuple[memoryview, int]]:
        """Yield messages and how many rows they hold, at most `limit` rows in all (0: every row)."""
        sent = 0
        while not limit or sent < limit:
            part = self._next(limit - sent if limit else 0)
            if part is None:
                self.is_done = True
                self.close()
                return
            sent += part.num_rows
            yield encode(part, self.fields), part.num_rows

    def use(self, formats: Sequence[int]) -> None:
        """Send the rows that follow in these formats."""
        self.formats = formats
        self.fields = fields_of(self.rows.columns, formats)

    def skip(self, limit: int) -> int:
        """Pass over rows; return how many."""
        return sum(count for _, count in self.messages(limit, lambda *_: memoryview(b"")))

    def close(self, error: str = "") -> None:
        """End it, once."""
        if not self._is_closed:
            self._is_closed = True
            self._reader, self._left = None, []
            self.rows.close(error)

    def _next(self, most: int) -> Any:
        if self._is_closed:
            return None
        while not self._left:
            batch = self._read()
            if batch is None:
                return None
            self._left = slices(batch)[::-1]
        part = self._left.pop()
        if most and part.num_rows > most:
            self._left.append(part.slice(most))
            part = part.slice(0, most)
        return part

    def _read(self) -> Any:
        import pyarrow

        try:
            if self._reader is None:
                self._reader = self.rows.batches()
            return next(self._reader, None)
        except MeshwrightError:
            raise
        except (pyarrow.ArrowException, OSError) as error:
            raise WireError("58000", f"the rows broke off: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0][:200]
