"""A `SqlReader` that remembers: a text that was read before is never parsed again, in any process.

Facts are kept by the digest of the text, lineage by that of the text and of the columns it was traced over;
never trees. Losing the cache costs time only.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple
from hashlib import sha256
from threading import Lock
from types import TracebackType

from meshwright.model.lineage import Edge, SelectLineage
from meshwright.spi.cache import Cache
from meshwright.spi.sql_reader import SqlFacts, SqlReader

SECTION, TRACES = "sql", "lineage"
_FORMAT = "1"  # grows when SqlFacts, or how a reader fills it, changes
_TRACED = "1"  # grows when SelectLineage, or how a reader traces it, changes
_BATCH = 500


class CachedSqlReader:
    """Use it as a context manager (or call `flush`): new facts are stored in batches.

    Safe to use from several threads when the reader and the cache are.
    """

    def __init__(
        self, reader_factory: Callable[[], SqlReader], cache: Cache, dialect: str = "duckdb"
    ) -> None:
        self.dialect = dialect
        self._factory = reader_factory
        self._cache = cache
        self._reader: SqlReader | None = None
        self._known: dict[str, SqlFacts] = {}
        self._new: dict[str, bytes] = {}
        self._new_traces: dict[str, bytes] = {}
        self._lock = Lock()

    def read(self, sql: str) -> SqlFacts:
        """Return the facts of one SELECT, from the cache where they are known."""
        key = sha256(f"{_FORMAT}\x1f{self.dialect}\x1f{sql}".encode()).hexdigest()[:32]
        facts = self._known.get(key)
        if facts is None:
            stored = self._cache.get(SECTION, key)
            facts = _decoded(stored) if stored is not None else None
        if facts is None:
            facts = self._inner().read(sql)
            with self._lock:
                self._new[key] = _encoded(facts)
            if len(self._new) >= _BATCH:
                self.flush()
        self._known[key] = facts
        return facts

    def trace(self, sql: str, tables: Mapping[str, Sequence[str] | None]) -> SelectLineage:
        """Say what each output column of one SELECT is made of, from the cache where it is known."""
        over = json.dumps({name: columns and list(columns) for name, columns in tables.items()})
        key = sha256(f"{_TRACED}\x1f{self.dialect}\x1f{sql}\x1f{over}".encode()).hexdigest()[:32]
        stored = self._new_traces.get(key) or self._cache.get(TRACES, key)
        lineage = _decoded_trace(stored) if stored is not None else None
        if lineage is None:
            lineage = self._inner().trace(sql, tables)
            with self._lock:
                self._new_traces[key] = _encoded_trace(lineage)
            if len(self._new_traces) >= _BATCH:
                self.flush()
        return lineage

    def bind(self, sql: str, literals: Mapping[str, str]) -> str:
        """Replace each `$name` by the SQL literal given for it."""
        return self._inner().bind(sql, literals)

    def flush(self) -> None:
        """Store what was read since the last time."""
        with self._lock:
            new, self._new = self._new, {}
            traces, self._new_traces = self._new_traces, {}
        if new:
            self._cache.put(SECTION, new)
        if traces:
            self._cache.put(TRACES, traces)

    def __enter__(self) -> "CachedSqlReader":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.flush()

    def _inner(self) -> SqlReader:
        if self._reader is None:
            self._reader = self._factory()
        return self._reader


def _encoded(facts: SqlFacts) -> bytes:
    content = [
        sorted(facts.tables),
        sorted(facts.parameters),
        sorted(facts.functions),
        facts.columns,
        facts.digest,
        sorted(facts.reaching),
        dict(facts.lines),
    ]
    return json.dumps(content, separators=(",", ":")).encode()


def _decoded(stored: bytes) -> SqlFacts | None:
    try:
        tables, parameters, functions, columns, digest, reaching, lines = json.loads(stored)
        return SqlFacts(
            tables=frozenset(tables),
            parameters=frozenset(parameters),
            functions=frozenset(functions),
            columns=tuple(columns),
            digest=digest,
            reaching=frozenset(reaching),
            lines=lines,
        )
    except (ValueError, TypeError):
        return None  # not ours, or an older format: read again


def _encoded_trace(lineage: SelectLineage) -> bytes:
    edges = [astuple(edge) for edge in lineage.edges]
    return json.dumps([lineage.columns, edges], separators=(",", ":")).encode()


def _decoded_trace(stored: bytes) -> SelectLineage | None:
    try:
        columns, edges = json.loads(stored)
        return SelectLineage(tuple(columns), tuple(Edge(*edge) for edge in edges))
    except (ValueError, TypeError):
        return None  # not ours, or an older format: trace again
