"""A checkpoint kept elsewhere shows what the chain alone cannot: a cut, a rewrite, a replacement."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from meshwright.adapters.checkpoints import FileCheckpointSink
from meshwright.adapters.sqlite import SQLiteStateStore
from meshwright.errors import MeshwrightError
from meshwright.ledger.chain import link
from meshwright.ledger.checkpoints import Checkpoints, parse_checkpoint
from meshwright.ledger.ledger import Ledger
from meshwright.ledger.signing import Signer
from meshwright.ledger.verification import verify
from meshwright.model.facts import QueryRan


class Outside:
    """A store with its checkpoints: a local file, and a sink outside of it."""

    def __init__(self, store: SQLiteStateStore, folder: Path) -> None:
        self.store = store
        self.keys = folder / "keys"
        self.local = FileCheckpointSink(folder / "checkpoints.ndjson")
        self.sink = FileCheckpointSink(folder / "outside" / "checkpoints.ndjson")
        self.checkpoints = Checkpoints(self.keys, self.local, {"outside": self.sink})
        self.count = 0

    def record(self, number: int = 1) -> None:
        for _ in range(number):
            self.count += 1
            Ledger(self.store, "maria").record([QueryRan(f"q{self.count}", "d", [], 1, 0.5)])

    def take(self) -> None:
        assert self.checkpoints.take(self.store).failures == {}

    def tamper(self, *statements: str) -> None:
        connection = sqlite3.connect(self.store.path)
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.close()

    def found(self) -> list[tuple[int, str]]:
        verification = verify(self.store, self.checkpoints)
        return [(finding.seq, finding.code) for finding in verification.findings]


@pytest.fixture
def outside(store: SQLiteStateStore, tmp_path: Path) -> Outside:
    """Three entries, a checkpoint, two entries, a checkpoint."""
    outside = Outside(store, tmp_path)
    outside.record(3)
    outside.take()
    outside.record(2)
    outside.take()
    return outside


def test_a_checkpoint_is_one_signed_line(outside: Outside) -> None:
    """It says number, hash, ledger, time and key; it is kept here and there; all of it verifies."""
    assert outside.local.lines() == outside.sink.lines()
    said = [json.loads(line) for line in outside.local.lines()]
    assert [one["seq"] for one in said] == [3, 5]
    assert {frozenset(one) for one in said} == {
        frozenset({"seq", "hash", "at", "ledger", "key", "signature"})
    }
    with outside.store.read() as reader:
        assert reader.rows("SELECT hash FROM facts WHERE seq = 5") == [(said[1]["hash"],)]
        assert reader.rows("SELECT previous FROM facts WHERE seq = 1") == [(said[0]["ledger"],)]
    verification = verify(outside.store, outside.checkpoints)
    assert (verification.is_sound, verification.checkpoints) == (True, 2)


def test_nothing_new_is_not_signed(outside: Outside) -> None:
    """A ledger that has not grown gets no further checkpoint, and an empty one none at all."""
    assert outside.checkpoints.take(outside.store).checkpoint is None
    assert len(outside.local.lines()) == 2


def test_an_empty_ledger_is_not_signed(store: SQLiteStateStore, tmp_path: Path) -> None:
    """Not even keys are made."""
    outside = Outside(store, tmp_path)
    outside.take()
    assert not outside.keys.exists()


def test_the_private_key_is_private(outside: Outside) -> None:
    """Nobody but the owner reads it; the public one lies beside it; there is one pair."""
    (private,) = outside.keys.glob("*.key")
    (public,) = outside.keys.glob("*.pub")
    assert private.stat().st_mode & 0o777 == 0o600
    assert public.read_text().startswith("-----BEGIN PUBLIC KEY-----")
    assert [path.name for path in outside.keys.iterdir() if path not in (private, public)] == []


def test_a_cut_ledger_is_found(outside: Outside) -> None:
    """The chain still holds without its end; the checkpoint knows that there was more."""
    outside.tamper("DELETE FROM facts WHERE seq > 4")
    assert verify(outside.store).is_sound
    assert outside.found() == [(5, "cut")]


def test_an_emptied_ledger_is_found(outside: Outside) -> None:
    """Nothing left is cut at the first entry."""
    outside.tamper("DELETE FROM facts")
    assert outside.found() == [(1, "cut"), (1, "cut")]


def test_a_rewritten_ledger_is_found(outside: Outside) -> None:
    """A change with every hash after it computed again is a whole chain, and not the one signed."""
    connection = sqlite3.connect(outside.store.path)
    rows = connection.execute("SELECT seq, at, actor, kind, payload FROM facts ORDER BY seq")
    (previous,) = connection.execute("SELECT previous FROM facts WHERE seq = 1").fetchone()
    for seq, at, actor, kind, payload in rows.fetchall():
        actor = "eve" if seq == 4 else actor
        hash_ = link(seq, at, actor, kind, payload, previous)
        connection.execute(
            "UPDATE facts SET actor = ?, previous = ?, hash = ? WHERE seq = ?",
            (actor, previous, hash_, seq),
        )
        previous = hash_
    connection.commit()
    connection.close()
    assert verify(outside.store).is_sound
    assert outside.found() == [(5, "rewritten")]


def test_a_replaced_ledger_is_found(
    outside: Outside, new_store: Callable[[], SQLiteStateStore]
) -> None:
    """Another ledger in the same place has another id."""
    outside.store = new_store()
    outside.record(9)
    assert outside.found() == [(1, "checkpoint-foreign")] * 2


def test_a_broken_ledger_is_not_signed(outside: Outside) -> None:
    """A checkpoint is taken only of a ledger that continues the last one, unbroken."""
    outside.record(2)
    outside.tamper("UPDATE facts SET actor = 'eve' WHERE seq = 6")
    with pytest.raises(MeshwrightError) as caught:
        outside.take()
    assert caught.value.code == "ledger-broken"
    assert "entry 6" in caught.value.message
    assert len(outside.local.lines()) == 2


def test_a_cut_ledger_is_not_signed(outside: Outside) -> None:
    """Nor one that is shorter than it was."""
    outside.tamper("DELETE FROM facts WHERE seq > 4")
    outside.record(1)
    with pytest.raises(MeshwrightError) as caught:
        outside.take()
    assert caught.value.code == "ledger-broken"


def test_a_forged_checkpoint_is_found(outside: Outside) -> None:
    """A line whose numbers were changed does not fit its signature."""
    genuine = parse_checkpoint(outside.local.lines()[0])
    assert genuine is not None
    outside.sink.send(replace(genuine, seq=2).line)
    outside.sink.send(replace(genuine, signature="!").line)
    assert outside.found() == [(2, "checkpoint-forged"), (3, "checkpoint-forged")]


def test_a_checkpoint_of_an_unknown_key_is_found(outside: Outside, tmp_path: Path) -> None:
    """A key that is not in the mesh's folder vouches for nothing."""
    genuine = parse_checkpoint(outside.local.lines()[0])
    assert genuine is not None
    signer = Signer(tmp_path / "elsewhere")
    foreign = replace(genuine, key=signer.key)
    outside.sink.send(replace(foreign, signature=signer.sign(foreign.signed)).line)
    assert outside.found() == [(3, "checkpoint-key")]


def test_a_line_that_is_no_checkpoint_is_found(outside: Outside) -> None:
    """Whole lines are read or reported, never passed over."""
    outside.sink.send('{"seq":"x"}')
    assert outside.found() == [(0, "checkpoint-unreadable")]


def test_an_older_key_still_counts(outside: Outside) -> None:
    """After a new key is made, what the old one signed verifies by its public half."""
    (private,) = outside.keys.glob("*.key")
    private.unlink()
    outside.record()
    outside.take()
    assert len(list(outside.keys.glob("*.pub"))) == 2
    assert outside.found() == []


def test_a_broken_key_is_said(outside: Outside) -> None:
    """A key file that does not read is one clear error."""
    (private,) = outside.keys.glob("*.key")
    private.write_text("no key")
    outside.record()
    with pytest.raises(MeshwrightError) as caught:
        outside.take()
    assert caught.value.code == "key-unreadable"
    assert private.name in caught.value.message


def test_a_sink_that_was_away_catches_up(outside: Outside) -> None:
    """A failure is returned, not raised; the next checkpoint brings what was missed."""
    before = outside.sink.lines()
    outside.sink.path.rename(outside.sink.path.with_name("away"))
    outside.sink.path.mkdir()
    outside.record()
    taken = outside.checkpoints.take(outside.store)
    assert taken.checkpoint is not None
    assert [error.code for error in taken.failures.values()] == ["checkpoints-unreachable"]
    outside.sink.path.rmdir()
    outside.sink.path.with_name("away").rename(outside.sink.path)
    assert outside.sink.lines() == before
    outside.record()
    outside.take()
    assert outside.sink.lines() == outside.local.lines()
    assert len(outside.sink.lines()) == 4


def test_looking_for_growth_imports_no_cryptography(outside: Outside) -> None:
    """A run that recorded nothing pays nothing for checkpoints."""
    code = (
        "import sys; from pathlib import Path; from meshwright.adapters.sqlite import *;"
        " from meshwright.adapters.checkpoints import *; from meshwright.ledger.checkpoints import *;"
        " state = Path(sys.argv[1]); store = SQLiteStateStore(state);"
        " local = FileCheckpointSink(Path(sys.argv[2]));"
        " print(Checkpoints(state / 'keys', local).take(store).checkpoint,"
        " 'cryptography' in sys.modules); store.close()"
    )
    arguments = [str(outside.store.folder), str(outside.local.path)]
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["None", "False"]
