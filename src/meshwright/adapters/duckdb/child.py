"""The process of a pool in which queries run: one principal's, locked, silent, and expendable.

It is started empty-handed and confines itself (`confinement.py`) before it hears of anything. Then it answers
one request at a time. A database is kept for each set of files and limits, since opening one takes longer
than most queries; its views are made anew wherever they differ.
"""

import pickle
import select
import socket
import sys
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from meshwright.adapters.duckdb import channel as wire
from meshwright.adapters.duckdb import confinement
from meshwright.adapters.duckdb.views import Definition

_KEPT = 4  # databases
_QUIET = 0.2  # seconds without a request, in which there is time to prepare
_BATCH_ROWS = 122_880
_EARLY_BATCHES, _EARLY_BYTES = 8, 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """One query. `hides`: some view filters or masks, so an error may not quote a value."""

    sql: str
    views: tuple[Definition, ...]
    parameters: tuple[object, ...]
    rows: int
    seconds: float
    memory: int
    threads: int
    only_columns: bool = False

    @property
    def paths(self) -> tuple[str, ...]:
        """Return every file that is read."""
        return tuple(dict.fromkeys(path for view in self.views for path in view.paths))

    @property
    def hides(self) -> bool:
        """Say whether an error could tell of what is hidden."""
        return any(view.hides for view in self.views)


@dataclass(slots=True)
class _Database:
    connection: Any
    views: dict[str, str] = field(default_factory=dict)
    spaces: set[tuple[str, ...]] = field(default_factory=set)


class Child:
    """Answers the requests of one pool over one socket."""

    def __init__(self, channel: socket.socket) -> None:
        from meshwright.adapters.duckdb import databases

        self._channel = channel
        self._databases = databases
        self._open: OrderedDict[object, _Database] = OrderedDict()
        self._spare: Any = databases.connect()
        self._base = confinement.address_space()

    def serve(self) -> None:
        """Answer until the pool is gone."""
        wire.send(self._channel, wire.READY, b"")
        while True:
            if self._spare is None and not select.select([self._channel], [], [], _QUIET)[0]:
                self._spare = self._databases.connect()
            _, payload = wire.receive(self._channel)
            self._answer(pickle.loads(payload))  # from the pool that started this process

    def _answer(self, request: Request) -> None:
        from meshwright.adapters.duckdb.told import told

        try:
            confinement.limit_memory(request.memory, request.threads, self._base)
            confinement.limit_processor(request.seconds, request.threads)
            database = self._database(request)
            self._run(database, request)
        except wire.ChannelClosed:
            raise
        except Exception as error:
            wire.send_json(self._channel, wire.FAILED, told(error, request.paths, request.hides))

    def _database(self, request: Request) -> _Database:
        key = (request.paths, request.memory, request.threads, request.seconds)
        found = self._open.get(key)
        if found is None:
            connection, self._spare = self._spare or self._databases.connect(), None
            found = self._open[key] = _Database(connection)
            self._make_views(found, request.views)
            self._databases.lock(connection, *key)
            if len(self._open) > _KEPT:
                self._open.popitem(last=False)[1].connection.close()
        else:
            self._open.move_to_end(key)
            self._make_views(found, request.views)
        return found

    def _make_views(self, database: _Database, views: Sequence[Definition]) -> None:
        wanted = {view.name: view for view in views}
        for name in [name for name in database.views if name not in wanted]:
            self._databases.drop_view(database.connection, name)
            del database.views[name]
        for view in views:
            if database.views.get(view.name) != view.sql:
                self._databases.make_view(database.connection, view, database.spaces)
                database.views[view.name] = view.sql

    def _run(self, database: _Database, request: Request) -> None:
        cursor = database.connection.cursor()
        try:
            relation = self._databases.relation(cursor, request.sql, request.parameters)
            columns = [[n, str(t)] for n, t in zip(relation.columns, relation.types, strict=True)]
            if request.only_columns:
                wire.send_json(self._channel, wire.COLUMNS, {"columns": columns})
                return
            reader = relation.to_arrow_reader(_BATCH_ROWS)
            _Sending(self._channel, columns, request.rows).all_of(reader)
        finally:
            cursor.close()


class _Sending:
    """Sends the rows of one query: small results whole, with their count first; others as they come."""

    def __init__(self, channel: socket.socket, columns: list[list[str]], most: int) -> None:
        self._channel = channel
        self._columns = columns
        self._most = most
        self._rows = 0

    def all_of(self, reader: Any) -> None:
        import pyarrow

        batches = self._counted(reader)
        early: list[Any] = []
        size, ended = 0, True
        for batch in batches:
            early.append(batch)
            size += batch.nbytes
            if len(early) >= _EARLY_BATCHES or size >= _EARLY_BYTES:
                ended = False
                break
        started: Mapping[str, object] = {
            "columns": self._columns,
            "rows": self._rows if ended else None,
        }
        wire.send_json(self._channel, wire.STARTED, started)
        sink = _Frames(self._channel)
        with pyarrow.ipc.new_stream(pyarrow.PythonFile(sink, "w"), reader.schema) as writer:
            for batch in early:
                writer.write_batch(batch)
            early.clear()
            sink.push()
            for batch in batches:
                writer.write_batch(batch)
                sink.push()
        wire.send_json(self._channel, wire.ENDED, {"rows": self._rows})
        sink.push()  # the end of the stream comes last: nobody reads beyond it

    def _counted(self, reader: Any) -> Iterator[Any]:
        from meshwright.errors import ExhaustedError

        for batch in reader:
            self._rows += batch.num_rows
            if self._most and self._rows > self._most:
                raise ExhaustedError(
                    "query-rows",
                    f"the query gives more than {self._most} rows",
                    hint="add a LIMIT or a condition",
                )
            if batch.num_rows:
                yield batch


class _Frames:
    """A file that only grows, as frames of rows."""

    closed = False

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._parts: list[bytes] = []

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        return len(self._parts[-1])

    def flush(self) -> None:
        """Do nothing: `push` sends."""

    def close(self) -> None:
        self.closed = True

    def push(self) -> None:
        """Send what was written."""
        if self._parts:
            wire.send(self._channel, wire.ROWS, b"".join(self._parts))
            self._parts.clear()


def main(parent: int) -> None:
    """Serve the pool at the other end of standard input."""
    confinement.confine(parent)
    channel = socket.socket(fileno=0)
    confinement.die_with(channel.fileno())
    try:
        Child(channel).serve()
    except wire.ChannelClosed:
        sys.exit(0)


def source_root() -> Path:
    """Return the folder from which this package is imported."""
    return Path(__file__).resolve().parents[3]
