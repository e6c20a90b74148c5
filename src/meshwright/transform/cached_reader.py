"""A `SqlReader` that remembers: a text that was read before is never parsed again, in any process.

Facts and edges are kept by the digest of the text, never trees. Losing the cache costs time only.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from types import TracebackType

from meshwright.model.lineage import SelectLineage
from meshwright.spi.cache import Cache
from meshwright.spi.sql_reader import SqlFacts, SqlReader
from meshwright.transform.cached_lineage import decoded_lineage, encoded_lineage
from meshwright.transform.shelf import Shelf

SECTION = "sql"
LINEAGE_SECTION = "sql-lineage"
_FORMAT = "1"  # grows when SqlFacts, or how a reader fills it, changes
_LINEAGE_FORMAT = "2"  # grows when SelectLineage, or how a reader traces, changes


class CachedSqlReader:
    """Use it as a context manager (or call `flush`): new facts are stored in batches.

    Safe to use from several threads when the reader and the cache are.
    """

    def __init__(
        self, reader_factory: Callable[[], SqlReader], cache: Cache, dialect: str = "duckdb"
    ) -> None:
        self.dialect = dialect
        self._factory = reader_factory
        self._reader: SqlReader | None = None
        self._facts = Shelf(cache, SECTION, _encoded, _decoded)
        self._lineages = Shelf(cache, LINEAGE_SECTION, encoded_lineage, decoded_lineage)

    def read(self, sql: str) -> SqlFacts:
        """Return the facts of one SELECT, from the cache where they are known."""
        key = _key(_FORMAT, self.dialect, sql)
        return self._facts.get(key, lambda: self._inner().read(sql))

    def trace(self, sql: str, tables: Mapping[str, Sequence[str] | None]) -> SelectLineage:
        """Say what each output column of one SELECT is made of, from the cache where it is known.

        What a table holds is part of the key, so that one that gains a column is looked at again.
        """
        known = {name: held if held is None else list(held) for name, held in tables.items()}
        shape = json.dumps(known, sort_keys=True, separators=(",", ":"))
        key = _key(_LINEAGE_FORMAT, self.dialect, shape, sql)
        return self._lineages.get(key, lambda: self._inner().trace(sql, tables))

    def bind(self, sql: str, literals: Mapping[str, str]) -> str:
        """Replace each `$name` by the SQL literal given for it."""
        return self._inner().bind(sql, literals)

    def flush(self) -> None:
        """Store what was read since the last time."""
        self._facts.flush()
        self._lineages.flush()

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


def _key(*parts: str) -> str:
    return sha256("\x1f".join(parts).encode()).hexdigest()[:32]


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
