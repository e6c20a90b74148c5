"""Facts are recorded in one unbroken chain, by many threads, and each caller gets its own outcome."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from threading import Barrier, Event

import pytest
from ledger_facts import port, published

from meshwright.adapters.sqlite import SQLiteStateStore
from meshwright.errors import MeshwrightError
from meshwright.ledger.breaks import find_break
from meshwright.ledger.chain import link, link_of
from meshwright.ledger.ledger import Ledger
from meshwright.model.facts import BuildFailed, Fact, IncidentOpened, QueryRan
from meshwright.spi.state_store import StateStore, Writer


def _query(name: str, **more: object) -> QueryRan:
    return QueryRan(query=name, sql="digest", read=["d.p.a@1"], rows=1, seconds=0.1, **more)


def test_entries_are_linked(ledger: Ledger) -> None:
    """Numbers count from 1, each entry names the hash before it, and the first a random number."""
    one, two = ledger.record([_query("a"), _query("b")])
    (three,) = ledger.record([_query("c")])
    assert [entry.seq for entry in (one, two, three)] == [1, 2, 3]
    assert [two.previous, three.previous] == [one.hash, two.hash]
    assert len(one.previous) == 64
    assert all(link_of(entry) == entry.hash for entry in (one, two, three))


def test_the_hash_is_of_all_that_is_recorded() -> None:
    """This very entry has this very hash, today and in every later version."""
    expected = "2da65722"
    at = "2026-01-02T03:04:05.000006+00:00"
    assert link(2, at, "maria", "BuildFailed", '{"é":1}', "00")[:8] == expected


def test_entries_are_found_by_number_and_kind(ledger: Ledger) -> None:
    """`entries` gives what comes after a number, of some kinds, at most so many."""
    ledger.record([_query("a"), BuildFailed("b", "d.p", "e"), _query("c")])
    assert [entry.seq for entry in ledger.entries()] == [1, 2, 3]
    assert [entry.seq for entry in ledger.entries(after=1, kinds=["QueryRan"])] == [3]
    assert [entry.seq for entry in ledger.entries(limit=2)] == [1, 2]
    assert ledger.entries(kinds=["Unknown"]) == []
    assert [entry.seq for entry in ledger.newest(2)] == [2, 3]
    assert [entry.seq for entry in ledger.newest(9, ["QueryRan"])] == [1, 3]


def test_appended_facts_share_the_fate_of_their_transaction(
    ledger: Ledger, store: SQLiteStateStore
) -> None:
    """What is appended in a transaction that fails was never recorded, nor projected."""

    def fail(writer: Writer) -> None:
        ledger.append(writer, [_query("a")])
        raise LookupError

    with pytest.raises(LookupError), store.write() as writer:
        fail(writer)
    with store.read() as reader:
        assert reader.rows("SELECT * FROM facts") == []
        assert reader.rows("SELECT * FROM queries") == []


def test_the_actor_can_be_another(ledger: Ledger) -> None:
    """A server records each fact as who caused it."""
    (entry,) = ledger.record([_query("a")], actor="paul")
    assert (entry.actor, ledger.record([_query("b")])[0].actor) == ("paul", "maria")


def test_time_is_utc_and_never_goes_back(store: SQLiteStateStore) -> None:
    """A clock that jumps back repeats the last time; a zone is only a way to write it."""
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    times = iter([noon, noon - timedelta(hours=3), noon.astimezone(timezone(timedelta(hours=5)))])
    ledger = Ledger(store, "maria", lambda: next(times))
    recorded = [ledger.record([_query(str(n))])[0].at for n in range(3)]
    assert recorded == ["2026-01-01T12:00:00.000000+00:00"] * 3


@pytest.mark.parametrize(
    "bad", [float("nan"), float("inf"), b"x", {1, 2}, datetime(2026, 1, 1), "\ud800"]
)
def test_what_json_cannot_say_is_refused(ledger: Ledger, bad: object) -> None:
    """A fact with such a value raises and records nothing."""
    with pytest.raises(MeshwrightError) as caught:
        ledger.record([IncidentOpened("i", "d.p", bad)])  # type: ignore[arg-type]
    assert caught.value.code == "fact-not-json"
    assert ledger.entries() == []


def test_a_kind_without_projection_is_kept(ledger: Ledger) -> None:
    """A fact of a newer version is recorded in the chain like any other."""

    @dataclass(frozen=True, slots=True)
    class SomethingNew(Fact):
        what: str

    (entry,) = ledger.record([SomethingNew("é")])
    assert (entry.kind, entry.payload) == ("SomethingNew", '{"what":"é"}')


def test_eight_threads_make_one_chain(ledger: Ledger, store: SQLiteStateStore) -> None:
    """400 facts of 8 threads are all there, once, in an unbroken chain; each caller got its own entry."""

    def record(thread: int) -> list[str]:
        return [
            ledger.record([_query(f"{thread}-{n}")])[0].payload.split('"query":"')[1].split('"')[0]
            for n in range(50)
        ]

    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(record, range(8)))
    assert got == [[f"{thread}-{n}" for n in range(50)] for thread in range(8)]
    with store.read() as reader:
        assert find_break(reader) is None
        assert reader.rows("SELECT count(*), max(seq) FROM facts") == [(400, 400)]
        assert reader.rows("SELECT count(*) FROM queries") == [(400,)]


class _SlowStore:
    """A store whose first transaction waits to be let go, so that others line up behind it."""

    def __init__(self, store: StateStore) -> None:
        self._store = store
        self.entered, self.may_go, self.transactions = Event(), Event(), 0

    @contextmanager
    def write(self) -> Iterator[Writer]:
        self.transactions += 1
        self.entered.set()
        assert self.may_go.wait(30)
        with self._store.write() as writer:
            yield writer


def _record_together(store: SQLiteStateStore, facts: list[Fact]) -> tuple[list[str], int]:
    """Record a first fact, and while it is being committed the others; return outcomes and commits."""
    slow = _SlowStore(store)
    ledger = Ledger(slow, "maria")  # type: ignore[arg-type]
    lined_up = Barrier(len(facts) + 1)

    def record(fact: Fact) -> str:
        lined_up.wait()
        try:
            return str(len(ledger.record([fact])))
        except MeshwrightError as error:
            return error.code

    with ThreadPoolExecutor(len(facts) + 1) as pool:
        first = pool.submit(ledger.record, [_query("first")])
        assert slow.entered.wait(30)
        rest = [pool.submit(record, fact) for fact in facts]
        lined_up.wait()
        while len(ledger._waiting) < len(facts):
            pass
        slow.may_go.set()
        first.result()
        return [future.result() for future in rest], slow.transactions


def test_waiting_callers_share_a_commit(store: SQLiteStateStore) -> None:
    """Six callers that come while one commits are committed together by the next transaction."""
    outcomes, transactions = _record_together(store, [_query(str(n)) for n in range(6)])
    assert outcomes == ["1"] * 6
    assert transactions == 2


def test_a_failing_fact_fails_only_its_caller(store: SQLiteStateStore) -> None:
    """Of a shared commit, the facts that cannot be projected fail; all others are recorded."""
    ledger = Ledger(store, "maria")
    ledger.record([published("d.p", 1, {"a": port(["f"])})])
    twice = published("d.p", 1, {"a": port(["g"])}, build="again")
    outcomes, _ = _record_together(store, [_query("a"), twice, _query("b"), _query("c")])
    assert outcomes == ["1", "state-sql", "1", "1"]
    with store.read() as reader:
        assert find_break(reader) is None
        assert reader.rows("SELECT count(*) FROM facts") == [(5,)]
        assert reader.rows("SELECT path FROM port_files") == [("f",)]


def test_facts_of_one_call_stand_or_fall_together(ledger: Ledger) -> None:
    """When the second of two facts fails, the first is not recorded either."""
    ledger.record([_query("a")])
    with pytest.raises(MeshwrightError):
        ledger.record([_query("b"), _query("a")])
    assert len(ledger.entries()) == 1


def test_a_failed_commit_fails_every_caller(store: SQLiteStateStore) -> None:
    """When the store itself is gone, each waiting caller is told."""
    slow = _SlowStore(store)
    slow.may_go.set()
    ledger = Ledger(slow, "maria")  # type: ignore[arg-type]
    store.close()
    with pytest.raises(MeshwrightError) as caught:
        ledger.record([_query("a")])
    assert caught.value.code == "state-closed"


def test_an_interrupted_recorder_leaves_the_ledger_usable(store: SQLiteStateStore) -> None:
    """Ctrl-C within a commit records nothing, and the next call works."""

    class Interrupted:
        is_first = True

        @contextmanager
        def write(self) -> Iterator[Writer]:
            with store.write() as writer:
                yield writer
                if self.is_first:
                    self.is_first = False
                    raise KeyboardInterrupt

    ledger = Ledger(Interrupted(), "maria")  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        ledger.record([_query("a")])
    assert [entry.seq for entry in ledger.record([_query("b")])] == [1]
