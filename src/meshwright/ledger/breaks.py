"""Where a hash chain is broken, and what was done to it there."""

from collections.abc import Iterable
from dataclasses import replace

from meshwright.ledger.chain import COLUMNS, Head, entries_of, link_of, walk
from meshwright.ledger.findings import Finding
from meshwright.model.facts import Entry
from meshwright.spi.state_store import Reader

_SEARCHED = 1_000  # how far from its place a moved entry is looked for
_START = Head(0, "", "")


def find_break(reader: Reader, last: Head = _START) -> Finding | None:
    """Return the first entry after `last` that is not what was recorded there, or None."""
    for entry in walk(reader, last.seq):
        follows = last.seq == 0 or entry.previous == last.hash
        if entry.seq != last.seq + 1 or not follows or link_of(entry) != entry.hash:
            return _diagnose(reader, entry, last)
        if entry.at < last.at:
            return Finding(entry.seq, "changed", f"entry {entry.seq} is older than the one before")
        last = Head(entry.seq, entry.at, entry.hash)
    return None


def _diagnose(reader: Reader, entry: Entry, last: Head) -> Finding:
    """Say what happened to the first entry that is wrong, given the last one that is right."""
    seq = last.seq + 1
    if entry.seq != seq:
        gone = (
            f"entry {seq} is" if entry.seq == seq + 1 else f"entries {seq} to {entry.seq - 1} are"
        )
        return Finding(seq, "removed", f"{gone} missing")
    if link_of(entry) == entry.hash:
        return Finding(
            last.seq,
            "changed",
            f"entry {last.seq} was changed and hashed again: entry {seq} follows another",
        )
    if _is_elsewhere(reader, seq, last):
        origin = _origin(entry)
        if origin is not None and origin > seq:
            return Finding(seq, "reordered", f"entry {seq} was recorded as entry {origin}")
        return Finding(seq, "inserted", f"entry {seq} was inserted: another one follows {last.seq}")
    origin = _origin(entry)
    if origin is None:
        return Finding(seq, "changed", f"entry {seq} was changed")
    if origin > seq:
        return Finding(seq, "removed", f"entry {seq} is missing: number {origin} took its place")
    return Finding(last.seq, "inserted", f"an entry was inserted before entry {seq}")


def _is_elsewhere(reader: Reader, seq: int, last: Head) -> bool:
    """Say whether the entry that truly follows `last` stands in another place than `seq`."""
    follows = "previous = ?" if last.seq else "previous NOT IN (SELECT hash FROM facts) AND '' = ?"
    rows = reader.rows(
        f"SELECT {COLUMNS} FROM facts WHERE {follows} AND seq <> ?", (last.hash, seq)
    )
    return any(link_of(replace(entry, seq=seq)) == entry.hash for entry in entries_of(rows))


def _origin(entry: Entry) -> int | None:
    """Return the number under which an entry was recorded, when its hash tells."""
    for candidate in _nearest(entry.seq):
        if link_of(replace(entry, seq=candidate)) == entry.hash:
            return candidate
    return None


def _nearest(seq: int) -> Iterable[int]:
    for distance in range(1, _SEARCHED):
        yield seq + distance
        if seq > distance:
            yield seq - distance
