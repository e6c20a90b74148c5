"""What every state store must do, whatever its database.

Subclass `StateStoreConformance`, give `opening`, and let pytest collect it. The suite writes to the table
`aliases`, which every prepared store has. Other processes are real ones, started by `spawn`.
"""

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Barrier, Event, Thread

import pytest

from meshwright.errors import MeshwrightError, UnreachableError
from meshwright.spi.state_store import Reader, StateStore, Writer

Opening = Callable[[], StateStore]
_INSERT = "INSERT INTO aliases (formerly, product) VALUES (?, ?)"
_COUNT = "SELECT product FROM aliases WHERE formerly = 'count'"
_PATIENCE = 60.0


class StateStoreConformance:
    """Subclass this once for an adapter."""

    def opening(self, folder: Path) -> Opening:
        """Return what opens the one store of `folder`, as often as it is called; it can be pickled."""
        raise NotImplementedError

    @pytest.fixture
    def open_store(self, tmp_path: Path) -> Opening:
        """What opens the store of this test."""
        return self.opening(tmp_path / "state")

    @pytest.fixture
    def store(self, open_store: Opening) -> Iterator[StateStore]:
        """A prepared store, closed at the end."""
        store = open_store()
        store.prepare()
        yield store
        store.close()

    def test_a_transaction_becomes_visible_whole(self, store: StateStore) -> None:
        """After `write`, everything that was run in it is there."""
        with store.write() as writer:
            writer.run(_INSERT, ("a", "x"))
            writer.run_many(_INSERT, [("b", "y"), ("c", "z")])
        assert _names(store) == ["a", "b", "c"]

    def test_a_writer_reads_what_it_wrote(self, store: StateStore) -> None:
        """A transaction sees its own changes before they are committed."""
        with store.write() as writer:
            writer.run(_INSERT, ("a", "x"))
            assert writer.rows("SELECT product FROM aliases WHERE formerly = ?", ("a",)) == [("x",)]

    def test_values_come_back_as_they_were(self, store: StateStore) -> None:
        """NULL, integers, floats, text of any script and bytes keep their type and value."""
        values = (None, 2**62, -1.5, "é漢 '\"", b"\x00\xff")
        for value in values:
            with store.read() as reader:
                assert reader.rows("SELECT ?", (value,)) == [(value,)]

    def test_an_exception_rolls_everything_back(self, store: StateStore) -> None:
        """Nothing of a transaction that raised is kept, and the next one works."""
        with pytest.raises(LookupError), store.write() as writer:
            _fail_after(writer)
        with store.write() as writer:
            writer.run(_INSERT, ("b", "y"))
        assert _names(store) == ["b"]

    def test_a_refused_statement_is_our_error(self, store: StateStore) -> None:
        """A constraint that is violated raises a `MeshwrightError`, and rolls back what it leaves through."""
        with pytest.raises(MeshwrightError), store.write() as writer:
            writer.run_many(_INSERT, [("a", "x"), ("a", "y")])
        assert _names(store) == []

    def test_a_dropped_table_is_made_again(self, store: StateStore) -> None:
        """Empty, and as it was; the tables that are there keep their rows."""
        with store.write() as writer:
            writer.run_many(_INSERT, [("a", "x")])
            writer.run("DROP TABLE waivers")
        with pytest.raises(MeshwrightError) as error, store.read() as reader:
            reader.rows("SELECT count(*) FROM waivers")
        assert error.value.hint
        store.restore_tables(["aliases", "waivers"])
        with store.read() as reader:
            assert reader.rows("SELECT count(*) FROM waivers") == [(0,)]
        assert _names(store) == ["a"]

    def test_a_savepoint_takes_back_a_part(self, store: StateStore) -> None:
        """`ROLLBACK TO SAVEPOINT` undoes what came after it and keeps what came before."""
        with store.write() as writer:
            writer.run(_INSERT, ("a", "x"))
            writer.run("SAVEPOINT part")
            writer.run(_INSERT, ("b", "y"))
            writer.run("ROLLBACK TO SAVEPOINT part")
            writer.run("RELEASE SAVEPOINT part")
            writer.run(_INSERT, ("c", "z"))
        assert _names(store) == ["a", "c"]

    def test_a_snapshot_does_not_move(self, store: StateStore) -> None:
        """A reader sees the state at its opening, even when it asks for the first time after a commit."""
        with store.read() as reader:
            _in_thread(lambda: _add(store, "a"))
            assert reader.rows("SELECT formerly FROM aliases") == []
            _in_thread(lambda: _add(store, "b"))
            assert reader.rows("SELECT formerly FROM aliases") == []
        assert _names(store) == ["a", "b"]

    def test_nobody_sees_an_open_transaction(self, store: StateStore) -> None:
        """What is written but not committed is seen by no reader, who doesn't wait for it either."""
        with store.write() as writer:
            writer.run(_INSERT, ("a", "x"))
            seen: list[list[str]] = []
            _in_thread(lambda: seen.append(_names(store)))
        assert seen == [[]]

    def test_what_was_committed_survives_closing(self, open_store: Opening) -> None:
        """A store that is opened again has what was committed."""
        for name in ("a", "b"):
            store = open_store()
            store.prepare()
            _add(store, name)
            store.close()
        store = open_store()
        store.prepare()
        assert _names(store) == ["a", "b"]
        store.close()

    def test_preparing_again_changes_nothing(self, store: StateStore) -> None:
        """`prepare` on a prepared store keeps what is in it."""
        _add(store, "a")
        store.prepare()
        assert _names(store) == ["a"]

    def test_threads_lose_no_update(self, store: StateStore) -> None:
        """Eight threads that each add one, ten times, add eighty."""
        _add(store, "count", "0")
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: _count_up(store), range(80)))
        with store.read() as reader:
            assert reader.rows(_COUNT) == [("80",)]

    def test_a_reader_among_writers_sees_whole_transactions(self, store: StateStore) -> None:
        """While pairs are being written, no reader ever counts an odd number."""
        done = Event()
        odd: list[int] = []

        def look() -> None:
            while not done.is_set():
                with store.read() as reader:
                    odd.extend(n for n in (_size(reader), _size(reader)) if n % 2)

        watcher = Thread(target=look)
        watcher.start()
        for n in range(40):
            with store.write() as writer:
                writer.run(_INSERT, (f"{n}a", "x"))
                writer.run(_INSERT, (f"{n}b", "x"))
        done.set()
        watcher.join()
        assert odd == []

    def test_processes_lose_no_update(self, store: StateStore, open_store: Opening) -> None:
        """Two processes and this one that add at the same time lose nothing."""
        _add(store, "count", "0")
        with _process(_counting, open_store) as one, _process(_counting, open_store) as other:
            for peer in (one, other):
                peer.send("go")
            for _ in range(10):
                _count_up(store)
            assert [_receive(peer) for peer in (one, other)] == ["done", "done"]
        with store.read() as reader:
            assert reader.rows(_COUNT) == [("30",)]

    def test_two_processes_prepare_at_once(self, open_store: Opening) -> None:
        """Both succeed, and one store is the result."""
        with _process(_preparing, open_store) as one, _process(_preparing, open_store) as other:
            for peer in (one, other):
                peer.send("go")
            assert [_receive(peer) for peer in (one, other)] == ["done", "done"]
        store = open_store()
        store.prepare()
        assert _names(store) == ["prepared", "prepared too"]
        store.close()

    def test_a_hold_excludes_other_threads(self, store: StateStore) -> None:
        """Of many threads that hold one name, one is inside at a time."""
        inside: list[int] = []
        most: list[int] = []
        start = Barrier(4)

        def enter(number: int) -> None:
            start.wait()
            with store.hold("build", "a test", wait=_PATIENCE):
                inside.append(number)
                most.append(len(inside))
                store.prepare()
                inside.remove(number)

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(enter, range(4)))
        assert most == [1, 1, 1, 1]

    def test_a_hold_says_who_has_it(self, store: StateStore) -> None:
        """Who cannot have a lock in time learns the holder's words and process."""
        with store.hold("build", "mesh run operations.*", wait=0):
            errors: list[UnreachableError] = []
            _in_thread(lambda: errors.append(_refused(store, "build", 0.05)))
        (error,) = errors
        assert error.code == "held-elsewhere"
        assert "mesh run operations.*" in error.message
        assert str(os.getpid()) in error.message

    def test_a_hold_of_another_name_is_another_lock(self, store: StateStore) -> None:
        """Names do not exclude each other, whatever characters they have."""
        with store.hold("a.b", "one", wait=0), store.hold("a/b", "two", wait=0):
            pass

    def test_a_hold_ends_with_an_exception(self, store: StateStore) -> None:
        """An error inside frees the lock."""
        with pytest.raises(LookupError), store.hold("build", "one", wait=0):
            raise LookupError
        with store.hold("build", "two", wait=0):
            pass

    def test_a_hold_excludes_other_processes(self, store: StateStore, open_store: Opening) -> None:
        """A lock of another process is refused while it has it, and given when it lets go."""
        with _process(_holding, open_store) as peer:
            assert _receive(peer) == "held"
            assert "the other process" in _refused(store, "build", 0.05).message
            peer.send("let go")
            with store.hold("build", "this process", wait=_PATIENCE):
                pass

    def test_a_killed_holder_holds_nothing(self, store: StateStore, open_store: Opening) -> None:
        """SIGKILL of the holder frees its lock for who waits."""
        with _process(_holding, open_store) as peer:
            assert _receive(peer) == "held"
            os.kill(int(_ask(peer, "pid")), signal.SIGKILL)
            with store.hold("build", "this process", wait=_PATIENCE):
                pass

    def test_a_killed_writer_leaves_nothing_half_written(
        self, store: StateStore, open_store: Opening
    ) -> None:
        """SIGKILL in a transaction undoes it, and the store takes the next one."""
        with _process(_writing, open_store) as peer:
            assert _receive(peer) == "written"
            os.kill(int(_ask(peer, "pid")), signal.SIGKILL)
            _add(store, "b")
        assert _names(store) == ["b"]


def _names(store: StateStore) -> list[str]:
    with store.read() as reader:
        rows = reader.rows("SELECT formerly FROM aliases ORDER BY formerly")
    return [str(row[0]) for row in rows]


def _fail_after(writer: Writer) -> None:
    writer.run(_INSERT, ("a", "x"))
    raise LookupError


def _size(reader: Reader) -> int:
    return int(str(reader.rows("SELECT count(*) FROM aliases")[0][0]))


def _add(store: StateStore, name: str, product: str = "x") -> None:
    with store.write() as writer:
        writer.run(_INSERT, (name, product))


def _count_up(store: StateStore) -> None:
    with store.write() as writer:
        count = int(str(writer.rows(_COUNT)[0][0]))
        writer.run("UPDATE aliases SET product = ? WHERE formerly = 'count'", (str(count + 1),))


def _refused(store: StateStore, name: str, wait: float) -> UnreachableError:
    with pytest.raises(UnreachableError) as caught, store.hold(name, "a test", wait=wait):
        pass
    return caught.value


def _in_thread(work: Callable[[], object]) -> None:
    with ThreadPoolExecutor(1) as pool:
        pool.submit(work).result()


@contextmanager
def _process(
    work: Callable[[Opening, Connection], None], open_store: Opening
) -> Iterator[Connection]:
    """Run `work` in another process, with a pipe to it; it is gone at the end."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=work, args=(open_store, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        yield ours
    finally:
        ours.close()
        process.join(_PATIENCE)
        process.kill()
        process.join()
        process.close()


def _receive(peer: Connection) -> str:
    assert peer.poll(_PATIENCE), "the other process says nothing"
    return str(peer.recv())


def _ask(peer: Connection, question: str) -> str:
    peer.send(question)
    return _receive(peer)


def _counting(open_store: Opening, peer: Connection) -> None:
    store = open_store()
    store.prepare()
    peer.recv()
    for _ in range(10):
        _count_up(store)
    store.close()
    peer.send("done")


def _preparing(open_store: Opening, peer: Connection) -> None:
    store = open_store()
    peer.recv()
    store.prepare()
    with store.write() as writer:
        is_second = bool(writer.rows("SELECT 1 FROM aliases"))
        writer.run(_INSERT, ("prepared too" if is_second else "prepared", "x"))
    store.close()
    peer.send("done")


def _holding(open_store: Opening, peer: Connection) -> None:
    store = open_store()
    store.prepare()
    with store.hold("build", "the other process", wait=_PATIENCE):
        peer.send("held")
        _obey(peer)
    store.close()


def _writing(open_store: Opening, peer: Connection) -> None:
    store = open_store()
    store.prepare()
    with store.write() as writer:
        writer.run(_INSERT, ("a", "x"))
        peer.send("written")
        _obey(peer)


def _obey(peer: Connection) -> None:
    """Say the process id when asked, and go on at anything else (or when the parent is gone)."""
    try:
        while peer.recv() == "pid":
            peer.send(str(os.getpid()))
    except EOFError:
        return
