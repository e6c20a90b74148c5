"""The hash chain: each entry's hash covers its number, time, actor, kind, payload and the hash before it.

The first entry follows a random number, which is the ledger's id: two ledgers never share a hash.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from os import urandom

from meshwright.ledger.canonical import digest
from meshwright.model.facts import Entry
from meshwright.spi.state_store import Reader, Value, Writer

COLUMNS = "seq, at, actor, kind, payload, previous, hash"
PAGE = 500


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain, which the next entry follows."""

    seq: int
    at: str
    hash: str


def link(seq: int, at: str, actor: str, kind: str, payload: str, previous: str) -> str:
    """Return the hash of an entry."""
    return digest(
        {
            "seq": seq,
            "at": at,
            "actor": actor,
            "kind": kind,
            "payload": payload,
            "previous": previous,
        }
    )


def link_of(entry: Entry) -> str:
    """Return the hash that an entry should have."""
    return link(entry.seq, entry.at, entry.actor, entry.kind, entry.payload, entry.previous)


def find_head(reader: Reader) -> Head | None:
    """Return the end of the chain, or None when nothing was recorded yet."""
    rows = reader.rows("SELECT seq, at, hash FROM facts ORDER BY seq DESC LIMIT 1")
    if not rows:
        return None
    seq, at, hash_ = rows[0]
    return Head(int(seq or 0), str(at), str(hash_))


def ledger_id(reader: Reader) -> str:
    """Return the random number that the first entry follows; '' while there is none."""
    rows = reader.rows("SELECT previous FROM facts ORDER BY seq LIMIT 1")
    return str(rows[0][0]) if rows else ""


def extend(
    writer: Writer, head: Head | None, at: str, actor: str, facts: Sequence[tuple[str, str]]
) -> list[Entry]:
    """Insert (kind, payload) pairs at the end of the chain; time never goes backwards in it."""
    last = head or Head(0, "", urandom(32).hex())
    at = max(at, last.at)
    entries: list[Entry] = []
    previous = last.hash
    for seq, (kind, payload) in enumerate(facts, last.seq + 1):
        hash_ = link(seq, at, actor, kind, payload, previous)
        entries.append(Entry(seq, at, actor, kind, payload, previous, hash_))
        previous = hash_
    writer.run_many(
        f"INSERT INTO facts ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(e.seq, e.at, e.actor, e.kind, e.payload, e.previous, e.hash) for e in entries],
    )
    return entries


def walk(reader: Reader, after: int = 0) -> Iterator[Entry]:
    """Yield the entries with a number above `after`, in order, a page at a time."""
    while True:
        page = entries_of(
            reader.rows(
                f"SELECT {COLUMNS} FROM facts WHERE seq > ? ORDER BY seq LIMIT ?", (after, PAGE)
            )
        )
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1].seq


def entries_of(rows: Sequence[tuple[Value, ...]]) -> list[Entry]:
    """Read rows of `COLUMNS` as entries."""
    return [
        Entry(
            int(seq or 0), str(at), str(actor), str(kind), str(payload), str(previous), str(hash_)
        )
        for seq, at, actor, kind, payload, previous, hash_ in rows
    ]
