"""A query in motion, as the pool's caller holds it: the first rows are there, the rest follow as it reads."""

import io
import weakref
from collections.abc import Callable
from threading import Lock
from time import monotonic
from typing import Any

from meshwright.adapters.duckdb import channel as wire
from meshwright.adapters.duckdb.process import Process
from meshwright.errors import ExhaustedError, InternalError, MeshwrightError
from meshwright.model.table import Column

Release = Callable[[], None]


class DuckDBRunning:
    """What `spi.query_pool.Running` says. A small result is here whole, and its process is free already."""

    def __init__(
        self, columns: tuple[Column, ...], rows: int | None, source: "Frames", whole: bytes | None
    ) -> None:
        self.columns = columns
        self._rows = rows
        self._source = source
        self._whole = whole
        self._is_read = False

    @property
    def rows(self) -> int | None:
        """Return how many rows there are, once that is known."""
        return self._rows if self._rows is not None else self._source.rows

    @property
    def failure(self) -> MeshwrightError | None:
        """Return what went wrong while rows were read: an Arrow stream can only say it as text."""
        return self._source.failure

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        import pyarrow

        if self._is_read:
            raise InternalError("query-read-twice", "the rows of a query can be read once")
        self._is_read = True
        source: Any = self._whole if self._whole is not None else pyarrow.PythonFile(self._source)
        reader = pyarrow.ipc.open_stream(source)
        return reader.__arrow_c_stream__(requested_schema)

    def cancel(self) -> None:
        """Stop it, from any thread."""
        self._source.stop()

    def close(self) -> None:
        """Give the process back, or end it where it still computes."""
        self._source.finish()


class Frames(io.RawIOBase):
    """The bytes that a process sends, as a file; it ends when the process says so."""

    def __init__(self, process: Process, seconds: float, release: Release) -> None:
        super().__init__()
        self._process = process
        self._seconds = seconds
        self._rest = memoryview(b"")
        self._lock = Lock()
        self._is_over = False
        self._read_at: float | None = None  # None while somebody reads
        self._finish = weakref.finalize(self, release)
        self.rows: int | None = None
        self.failure: MeshwrightError | None = None

    def readable(self) -> bool:
        """Say yes."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, fewer than asked for at the end only; wait for the process meanwhile."""
        if size < 0:
            return self.everything()
        parts: list[memoryview] = []
        while size and (self._rest or self._next()):
            part, self._rest = self._rest[:size], self._rest[size:]
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def everything(self) -> bytes:
        """Return all that is still to come."""
        parts = [self._rest]
        while self._next():
            parts.append(self._rest)
        self._rest = memoryview(b"")
        return b"".join(parts)

    def stop(self) -> None:
        """End the process while somebody may be waiting for it."""
        with self._lock:
            if self._is_over:
                return
            self.failure = ExhaustedError("query-interrupted", "the query was interrupted")
        self._process.kill()

    def wait_for_reader(self) -> None:
        """Say that from now on it is somebody's to read."""
        self._read_at = monotonic()

    def end_unread(self, seconds: float) -> None:
        """End it where nobody has read from it for so long: others wait for its turn."""
        read_at = self._read_at
        if read_at is None or self._is_over or monotonic() - read_at < seconds:
            return
        self.failure = self.failure or ExhaustedError(
            "query-unread",
            f"nobody read the rows of the query for {seconds:g} seconds, and others wait",
            hint="read a result to its end, or close it",
        )
        self._process.kill()
        self.finish()

    def finish(self) -> None:
        """Let go of the process; what is still to come is lost."""
        with self._lock:
            self._is_over = True
        self._finish()

    def _next(self) -> bool:
        if self._is_over or self.failure is not None:
            self._raise_failure()
            return False
        self._read_at = None
        try:
            kind, payload = self._process.next(self._seconds)
            if kind == wire.ENDED:
                self.rows = wire.number(payload, "rows")
                kind, payload = self._process.next(self._seconds)
                self._process.is_busy = False
                self.finish()
        except MeshwrightError as error:
            self.failure = self.failure or error
            self.finish()
            raise self.failure from error
        finally:
            self._read_at = monotonic()
        self._rest = memoryview(payload)
        return kind == wire.ROWS

    def _raise_failure(self) -> None:
        if self.failure is not None:
            raise self.failure
