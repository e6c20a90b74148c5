"""Signed checkpoints: proof, kept elsewhere, of how far the ledger had come and what it said.

A checkpoint is one line of JSON: the number and hash of the last entry, the ledger's id, the time, the id of
the key and an Ed25519 signature over all of it. One is taken only when the ledger has grown, and only of a
chain that still continues the checkpoint before.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from meshwright.errors import LedgerError, MeshwrightError
from meshwright.ledger.breaks import find_break
from meshwright.ledger.canonical import canonical
from meshwright.ledger.chain import Head, find_head, ledger_id
from meshwright.ledger.findings import Finding
from meshwright.spi.checkpoint_sink import CheckpointSink
from meshwright.spi.state_store import Reader, StateStore

if TYPE_CHECKING:
    from meshwright.ledger.signing import PublicKeys

LOCAL = "state"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a line says."""

    seq: int
    hash: str
    at: str
    ledger: str
    key: str
    signature: str

    @property
    def signed(self) -> bytes:
        """Return the bytes that the signature is of."""
        said = {"seq": self.seq, "hash": self.hash, "at": self.at, "ledger": self.ledger}
        return canonical({**said, "key": self.key}).encode()

    @property
    def line(self) -> str:
        """Return the checkpoint as one line of JSON."""
        return canonical({**json.loads(self.signed), "signature": self.signature})


@dataclass(frozen=True, slots=True)
class Taken:
    """What taking a checkpoint did: None when nothing was new; sinks that did not get it, and why."""

    checkpoint: Checkpoint | None
    failures: Mapping[str, MeshwrightError]


def parse_checkpoint(line: str) -> Checkpoint | None:
    """Return what a line says, or None when it is no checkpoint."""
    try:
        said = json.loads(line)
        return Checkpoint(
            seq=int(said["seq"]),
            **{name: str(said[name]) for name in ("hash", "at", "ledger", "key", "signature")},
        )
    except (ValueError, TypeError, KeyError):
        return None


class Checkpoints:
    """The checkpoints of one ledger: a key pair in `keys`, the `local` file, and sinks elsewhere."""

    def __init__(
        self,
        keys: Path,
        local: CheckpointSink,
        sinks: Mapping[str, CheckpointSink] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._keys = keys
        self.local = local
        self._sinks = dict(sinks or {})
        self._now = now

    def take(self, store: StateStore) -> Taken:
        """Sign the end of the ledger, keep it, and send each sink all that it does not have yet.

        Does nothing when the ledger has not grown. Raises `LedgerError` (`ledger-broken`) when the ledger
        does not continue the last checkpoint.
        """
        kept = self.local.lines()
        last = _last(kept)
        with store.read() as reader:
            head = find_head(reader)
            if head is None or (last and (head.seq, head.hash) == (last.seq, last.hash)):
                return Taken(None, {})
            self._require_sound(reader, last)
            ledger = ledger_id(reader)
        checkpoint = self._sign(head, ledger)
        self.local.send(checkpoint.line)
        with store.write() as writer:  # so that a line that is gone, or all of them, is missed
            writer.run(
                "INSERT INTO signed_checkpoints (digest, seq, at) VALUES (?, ?, ?)",
                (_digest(checkpoint.line), checkpoint.seq, checkpoint.at),
            )
        return Taken(checkpoint, self._distribute([*kept, checkpoint.line]))

    def compare(self, reader: Reader) -> tuple[int, list[Finding]]:
        """Hold the ledger against every checkpoint kept; return how many there are and what is wrong."""
        from meshwright.ledger.signing import PublicKeys  # imports the cryptography library

        head = find_head(reader)
        keys = PublicKeys(self._keys)
        seen: dict[str, Finding | None] = {}
        for source, line in self._lines():
            if line not in seen:
                finding = _judge(reader, keys, head, ledger_id(reader), line)
                seen[line] = finding and Finding(
                    finding.seq, finding.code, f"{finding.message} (checkpoint of `{source}`)"
                )
        findings = [finding for finding in seen.values() if finding]
        return len(seen), [*findings, *_missing(reader, {_digest(line) for line in seen})]

    def _lines(self) -> Iterator[tuple[str, str]]:
        for source, sink in {LOCAL: self.local, **self._sinks}.items():
            for line in sink.lines():
                yield source, line

    def _sign(self, head: Head, ledger: str) -> Checkpoint:
        from meshwright.ledger.signing import Signer  # imports the cryptography library

        signer = Signer(self._keys)
        at = self._now().astimezone(UTC).isoformat(timespec="seconds")
        unsigned = Checkpoint(head.seq, head.hash, at, ledger, signer.key, "")
        return Checkpoint(head.seq, head.hash, at, ledger, signer.key, signer.sign(unsigned.signed))

    def _distribute(self, lines: list[str]) -> dict[str, MeshwrightError]:
        """Send to each sink what it lacks; a sink that was away catches up."""
        failures: dict[str, MeshwrightError] = {}
        for name, sink in self._sinks.items():
            try:
                known = set(sink.lines())
                for line in lines:
                    if line not in known:
                        sink.send(line)
            except MeshwrightError as error:
                failures[name] = error
        return failures

    def _require_sound(self, reader: Reader, last: Checkpoint | None) -> None:
        start = Head(0, "", "")
        finding = None
        if last is not None:
            finding = _misses(reader, find_head(reader), last)
            start = Head(last.seq, "", last.hash)
        finding = finding or find_break(reader, start)
        if finding is not None:
            raise LedgerError(
                "ledger-broken",
                f"the ledger is not signed: {finding.message}",
                hint="mesh ledger verify",
            )


def _digest(line: str) -> str:
    return sha256(line.encode()).hexdigest()


def _missing(reader: Reader, kept: Set[str]) -> Iterator[Finding]:
    """Yield the checkpoints that were signed and are in no file any more."""
    signed = reader.rows("SELECT digest, seq, at FROM signed_checkpoints ORDER BY seq")
    for digest, seq, at in signed:
        if digest not in kept:
            said = f"the checkpoint of entry {seq!s}, signed on {at!s}, is gone from every file"
            yield Finding(int(str(seq)), "checkpoint-missing", said)


def _last(lines: list[str]) -> Checkpoint | None:
    """Return the newest checkpoint that reads."""
    for line in reversed(lines):
        checkpoint = parse_checkpoint(line)
        if checkpoint is not None:
            return checkpoint
    return None


def _judge(
    reader: Reader, keys: "PublicKeys", head: Head | None, ledger: str, line: str
) -> Finding | None:
    """Return what is wrong with one line, or with the ledger by its testimony."""
    checkpoint = parse_checkpoint(line)
    if checkpoint is None:
        return Finding(0, "checkpoint-unreadable", f"`{line[:60]}` is not a checkpoint")
    if checkpoint.key not in keys:
        return Finding(
            checkpoint.seq, "checkpoint-key", f"it is signed by the unknown key `{checkpoint.key}`"
        )
    if not keys.verify(checkpoint.key, checkpoint.signature, checkpoint.signed):
        return Finding(checkpoint.seq, "checkpoint-forged", "its signature does not fit")
    if ledger and checkpoint.ledger != ledger:
        return Finding(1, "checkpoint-foreign", "it is of another ledger: this one was replaced")
    return _misses(reader, head, checkpoint)


def _misses(reader: Reader, head: Head | None, checkpoint: Checkpoint) -> Finding | None:
    """Return how the ledger falls short of a checkpoint, or None."""
    end = head.seq if head else 0
    if checkpoint.seq > end:
        return Finding(
            end + 1,
            "cut",
            f"the ledger ends at entry {end}, and had {checkpoint.seq} on {checkpoint.at}",
        )
    rows = reader.rows("SELECT hash FROM facts WHERE seq = ?", (checkpoint.seq,))
    if rows != [(checkpoint.hash,)]:
        return Finding(
            checkpoint.seq,
            "rewritten",
            f"entry {checkpoint.seq}, or one before it, is not what it was on {checkpoint.at}",
        )
    return None
