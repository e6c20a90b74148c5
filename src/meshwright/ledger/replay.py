"""The projections again, from the ledger alone: to rebuild them, or to see whether they still agree."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from meshwright.ledger.chain import walk
from meshwright.ledger.encoding import fact_of
from meshwright.ledger.projections import TABLES, project
from meshwright.model.facts import Entry
from meshwright.spi.state_store import Reader, Row, StateStore, Value, Writer

# `followed` says how far the table store has come, which no fact does; a rebuild starts it at 0.
_COLUMNS = {"ports": "product, port, location, sequence"}
_ROWS_AT_ONCE = 50_000
_KEYS_AT_ONCE = 500
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Difference:
    """Rows of a projection that the ledger does not give (`extra`), or gives and are not there (`missing`).

    `count` is how many there are in all; at most five of each are shown.
    """

    table: str
    count: int
    extra: tuple[Row, ...]
    missing: tuple[Row, ...]


def rebuild(store: StateStore) -> int:
    """Drop every projected row and replay the ledger, in one transaction; return how many entries.

    A projected table that was dropped is made again before.
    """
    store.restore_tables(TABLES)
    with store.write() as writer:
        for table in TABLES:
            writer.run(f"DELETE FROM {table}")
        return replay(writer, walk(writer))


def replay(writer: Writer, entries: Iterable[Entry]) -> int:
    """Project entries in their order; return how many there were."""
    count = 0
    for entry in entries:
        fact = fact_of(entry)
        if fact is not None:
            project(writer, entry, fact)
        count += 1
    return count


def differences(reader: Reader, scratch: StateStore) -> tuple[Difference, ...]:
    """Replay the ledger of `reader` into an empty, prepared store and compare every projected table.

    Raises `LedgerError` (`entry-unreadable`) when a fact does not read.
    """
    with scratch.write() as writer:
        replay(writer, walk(reader))
        found = [_difference(reader, writer, table, key) for table, key in TABLES.items()]
    return tuple(difference for difference in found if difference is not None)


def _difference(stored: Reader, replayed: Reader, table: str, key: str) -> Difference | None:
    extra: Counter[Row] = Counter()
    missing: Counter[Row] = Counter()
    for keys in _parts(stored, replayed, table, key):
        have = _rows(stored, table, key, keys)
        want = _rows(replayed, table, key, keys)
        extra += have - want
        missing += want - have
    if not extra and not missing:
        return None
    count = extra.total() + missing.total()
    return Difference(table, count, tuple(extra)[:_SHOWN], tuple(missing)[:_SHOWN])


def _rows(reader: Reader, table: str, key: str, keys: Sequence[Value]) -> Counter[Row]:
    columns = _COLUMNS.get(table, "*")
    marks = ", ".join("?" * len(keys))
    return Counter(reader.rows(f"SELECT {columns} FROM {table} WHERE {key} IN ({marks})", keys))


def _parts(one: Reader, other: Reader, table: str, key: str) -> Iterator[list[Value]]:
    """Split a table's keys into parts of few enough rows to hold them in memory."""
    sizes: Counter[Value] = Counter()
    for reader in (one, other):
        for value, count in reader.rows(f"SELECT {key}, count(*) FROM {table} GROUP BY {key}"):
            sizes[value] += int(count or 0)
    part: list[Value] = []
    rows = 0
    for value, count in sizes.items():
        if part and (rows + count > _ROWS_AT_ONCE or len(part) == _KEYS_AT_ONCE):
            yield part
            part, rows = [], 0
        part.append(value)
        rows += count
    if part:
        yield part
