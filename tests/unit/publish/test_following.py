"""The outbox brings tables to what is published: once, whoever calls, whatever happened before."""

import json
import shutil
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from deltalake import DeltaTable
from publish_mesh import FLIGHTS, SmallMesh, rows

from meshwright.adapters.delta import DeltaTableStore
from meshwright.adapters.sqlite import SQLiteStateStore
from meshwright.publish.following import Followed, follow
from meshwright.spi.table_store import TableState


def log_version(mesh: SmallMesh, port: str = "departures") -> int:
    return DeltaTable(str(mesh.storage().port(port))).version()


def test_a_crash_between_commit_and_follow_is_mended_once(mesh: SmallMesh) -> None:
    """Published but not followed: the next follow shows it, and another one does nothing."""
    mesh.build(1, 2)
    assert mesh.follow().changed == 1
    assert mesh.outside() == [1, 2]
    mesh.build(3)
    assert mesh.outside() == [1, 2]
    assert mesh.follow().changed == 1
    assert mesh.outside() == [3]
    assert mesh.follow().changed == 0
    assert log_version(mesh) == 1


def test_a_crash_between_the_log_and_its_mark_commits_nothing_twice(mesh: SmallMesh) -> None:
    """The table's own log knows that it was done."""
    mesh.build(1)
    mesh.follow()
    with mesh.store.write() as writer:
        writer.run("update ports set followed = 0")
    assert mesh.follow().changed == 0
    assert log_version(mesh) == 0
    assert mesh.count("select count(*) from ports where followed < sequence") == 0


def test_two_follows_at_once_are_one(mesh: SmallMesh) -> None:
    """However many follow, each state is one commit."""
    mesh.publish(mesh.stage({f"p{i}": rows(i) for i in range(6)}))
    with ThreadPoolExecutor(4) as pool:
        ends = list(pool.map(lambda _: mesh.follow(), range(4)))
    assert sum(end.changed for end in ends) == 6
    assert not [end.problems for end in ends if end.problems]
    assert {log_version(mesh, f"p{i}") for i in range(6)} == {0}


def follow_elsewhere(root: Path) -> Followed:
    """Follow in another process."""
    store = SQLiteStateStore(root / "state")
    try:
        return SmallMesh(root, store).follow()
    finally:
        store.close()


def test_two_processes_at_once_are_one(mesh: SmallMesh) -> None:
    """The same holds across processes, for changes of columns too."""
    mesh.publish(mesh.stage({f"p{i}": rows(i) for i in range(8)}))
    mesh.follow()
    mesh.publish(
        mesh.stage({f"p{i}": f"select {i} as n, now()::timestamp as at" for i in range(8)})
    )
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        ends = list(pool.map(follow_elsewhere, [mesh.root, mesh.root]))
    assert not [end.problems for end in ends if end.problems]
    assert {log_version(mesh, f"p{i}") for i in range(8)} == {1}
    assert [mesh.outside(f"p{i}") for i in range(8)] == [[i] for i in range(8)]


def test_an_append_adds_one_file(mesh: SmallMesh) -> None:
    """A version based on the last one keeps its files in the log."""
    mesh.build(1)
    mesh.follow()
    mesh.build(2, keep=True)
    mesh.follow()
    assert mesh.outside() == [1, 2]
    last = DeltaTable(str(mesh.storage().port("departures"))).history(1)[0]
    assert last["operation"] == "WRITE"


def test_the_table_says_what_it_is(mesh: SmallMesh) -> None:
    """Its description is the contract's purpose; each commit names version and build."""
    mesh.build(1)
    mesh.follow()
    table = DeltaTable(str(mesh.storage().port("departures")))
    assert table.metadata().description == "About departures"
    assert table.history(1)[0]["meshwright.version"] == "1"


def test_the_log_has_bounds_except_of_classified_columns(mesh: SmallMesh) -> None:
    """Bounds come from the build's side file; a confidential column has none."""
    mesh.publish(mesh.stage({"departures": "select 7 as n, 'secret' as t"}, hidden=("t",)))
    mesh.follow()
    log = mesh.storage().port("departures") / "_delta_log" / f"{0:020d}.json"
    text = log.read_text()
    assert "secret" not in text
    stats = next(
        json.loads(json.loads(line)["add"]["stats"])
        for line in text.splitlines()
        if '"add"' in line
    )
    assert stats["minValues"] == {"n": 7}
    assert stats["nullCount"] == {"n": 0, "t": 0}


def test_a_lost_side_file_loses_only_bounds(mesh: SmallMesh) -> None:
    """Without it the table still follows."""
    mesh.build(1)
    shutil.rmtree(mesh.storage().builds)
    assert mesh.follow().changed == 1
    assert mesh.outside() == [1]


def test_one_table_that_cannot_be_written_stops_no_other(mesh: SmallMesh) -> None:
    """Its error is returned, and it is followed when it can be."""
    mesh.publish(mesh.stage({"a": rows(1), "b": rows(2)}))
    log = mesh.storage().port("a") / "_delta_log"
    log.write_text("in the way")
    ended = mesh.follow()
    assert ended.changed == 1
    assert [(str(address), error.code) for address, error in ended.problems] == [
        ("operations.flights.a", "table-log-broken")
    ]
    log.unlink()
    assert mesh.follow().changed == 1
    assert mesh.outside("a") == [1]


def test_a_table_with_columns_of_one_name_stops_no_other(mesh: SmallMesh) -> None:
    """Such a version, however it came to be published, is told, and the next good one follows."""
    mesh.publish(mesh.stage({"a": rows(1), "b": rows(2)}))
    with mesh.store.write() as writer:
        twice = '[["n", "INTEGER"], ["N", "INTEGER"]]'
        writer.run("UPDATE version_ports SET columns = ? WHERE port = 'a'", (twice,))
    ended = mesh.follow()
    assert ended.changed == 1
    assert [error.code for _, error in ended.problems] == ["column-repeated"]
    mesh.publish(mesh.stage({"a": rows(3), "b": rows(2)}))
    assert not mesh.follow().problems
    assert mesh.outside("a") == [3]


class BrokenStore(DeltaTableStore):
    """A table store that breaks on one folder as no contract of it says."""

    def follow(self, folder: Path, state: TableState) -> bool:
        if folder.name == "a":
            raise ValueError("out of order")
        return super().follow(folder, state)


def test_a_table_store_that_breaks_on_a_table_stops_no_other(mesh: SmallMesh) -> None:
    """Whatever it raises becomes that table's error."""
    mesh.publish(mesh.stage({"a": rows(1), "b": rows(2)}))
    ended = follow(mesh.store, BrokenStore(), mesh.data)
    assert ended.changed == 1
    assert [error.code for _, error in ended.problems] == ["table-store-broke"]
    assert mesh.outside("b") == [2]


def test_a_table_of_another_state_is_refused(mesh: SmallMesh) -> None:
    """A state that was lost and began again does not pass for the one that wrote the table."""
    for value in range(3):
        mesh.build(value)
        mesh.follow()
    other = SQLiteStateStore(mesh.root / "other")
    other.prepare()
    again = SmallMesh(mesh.root, other)
    again.build(1)
    problems = again.follow().problems
    assert [error.code for _, error in problems] == ["table-ahead"]
    other.close()


def test_products_can_be_followed_alone(mesh: SmallMesh) -> None:
    """Only the named products are touched."""
    mesh.build(1)
    assert follow(mesh.store, mesh.tables, mesh.data, []).changed == 0
    assert follow(mesh.store, mesh.tables, mesh.data, [FLIGHTS]).changed == 1
