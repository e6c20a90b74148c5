"""What a governed query gives: rows in motion, with the versions and decisions they rest on."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from meshwright.app.result import Result
from meshwright.errors import MeshwrightError
from meshwright.model.access import Decision
from meshwright.model.table import Column
from meshwright.spi.query_pool import Running

Ended = Callable[[int, str], None]  # rows, error


class Answer:
    """An Arrow stream that is read once. Close it, or use it as a context manager.

    `columns` have the types of SQL; `versions` is address -> version, `decisions` one for each port.
    """

    def __init__(
        self,
        query: str,
        running: Running,
        versions: Mapping[str, int],
        decisions: tuple[Decision, ...],
        ended: Ended | None,
    ) -> None:
        self.query = query
        self.versions = versions
        self.decisions = decisions
        self._running = running
        self._ended = ended

    def __enter__(self) -> "Answer":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return the Arrow stream capsule; may be asked for once."""
        return self._running.__arrow_c_stream__(requested_schema)

    @property
    def columns(self) -> tuple[Column, ...]:
        """Return the columns of the rows."""
        return self._running.columns

    @property
    def rows(self) -> int | None:
        """Return how many rows there are, once that is known."""
        return self._running.rows

    @property
    def masked(self) -> dict[str, str]:
        """Return the masks under which columns are shown: address of the column -> mask."""
        return masks_of(self.decisions)

    @property
    def failure(self) -> MeshwrightError | None:
        """Return what went wrong while rows were read: an Arrow stream itself can say it as text only."""
        return self._running.failure

    def batches(self) -> Iterator[Any]:
        """Give the rows as Arrow record batches; raise what went wrong as what it is."""
        import pyarrow

        reader = pyarrow.RecordBatchReader.from_stream(self)
        while True:
            try:
                batch = reader.read_next_batch()
            except StopIteration:
                return
            except (pyarrow.ArrowException, OSError) as error:
                raise self.failure or error from error
            yield batch

    def cancel(self) -> None:
        """Stop it, from any thread."""
        self._running.cancel()

    def close(self, error: str = "") -> None:
        """End it, and say so in the trail where its rows were still to come when it began."""
        try:
            self._running.close()
        finally:
            ended, self._ended = self._ended, None
            if ended is not None:
                ended(self._running.rows or 0, error)

    def result(self, seconds: float = 0.0) -> Result:
        """Read all rows and close it."""
        import pyarrow

        try:
            table = pyarrow.table(self)
        except (pyarrow.ArrowException, OSError) as error:
            failed = self.failure
            self.close(failed.code if failed else "query-process")
            raise failed or error from error
        self.close()
        return Result(table, self.versions, seconds, self.masked)


def masks_of(decisions: Sequence[Decision]) -> dict[str, str]:
    """Return the masks under which columns are shown: address of the column -> mask."""
    return {
        f"{decision.address.port_address}.{name}": str(mask)
        for decision in decisions
        for name, mask in sorted(decision.masks.items())
    }
