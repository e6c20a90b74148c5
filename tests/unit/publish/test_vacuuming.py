"""A vacuum removes what no reader can ask for any more, and nothing else."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from publish_mesh import FLIGHTS, SmallMesh, rows

from meshwright.adapters.sqlite import SQLiteStateStore
from meshwright.errors import RefusedError
from meshwright.model.address import Address
from meshwright.model.mesh import Retention
from meshwright.model.version import InputStamp
from meshwright.publish.cleaning import clean
from meshwright.publish.places import build_of, folder_of
from meshwright.publish.reading import kept_versions, pin
from meshwright.publish.rolling_back import rollback
from meshwright.publish.vacuuming import Vacuumed, vacuum

PORT = Address("operations", "flights", "departures")


def sweep(mesh: SmallMesh, versions: int = 1, days: int = 1, *, dry_run: bool = False) -> Vacuumed:
    mesh.follow()
    policy = Retention(versions, days)
    return vacuum(
        mesh.store, mesh.ledger.append, mesh.find_storage, policy, mesh.now(), dry_run=dry_run
    )


def kept(mesh: SmallMesh) -> list[int]:
    with mesh.store.read() as reader:
        return kept_versions(reader, FLIGHTS)


def read(mesh: SmallMesh, version: int) -> list[int]:
    with mesh.store.read() as reader:
        pinned = pin(reader, PORT.at(version))
    folder = folder_of(mesh.data, pinned.location)
    paths = [str(folder / file.path) for file in pinned.files]
    if not paths:
        return []
    with duckdb.connect() as connection:
        found = connection.execute(f"select n from read_parquet({paths}) order by n").fetchall()
    return [row[0] for row in found]


def staged_files(mesh: SmallMesh) -> set[str]:
    folder = mesh.storage().port("departures")
    return {path.name for path in folder.iterdir() if build_of(path.name)}


def test_only_what_is_beyond_both_bounds_goes(mesh: SmallMesh) -> None:
    """Many but young stay, old but few stay."""
    for value in range(4):
        mesh.build(value)
    assert sweep(mesh, versions=2, days=30).versions == ()
    mesh.pass_days(40)
    assert sweep(mesh, versions=9, days=30).versions == ()
    done = sweep(mesh, versions=2, days=30)
    assert [v.version for v in done.versions] == [1, 2]
    assert kept(mesh) == [3, 4]
    assert len(staged_files(mesh)) == 2


def test_what_it_reports_is_what_it_removes(mesh: SmallMesh) -> None:
    """Files and bytes of the facts are those of the files; a dry run says the same and does nothing."""
    for value in range(3):
        mesh.build(value)
    mesh.pass_days(9)
    planned = sweep(mesh, dry_run=True)
    assert len(staged_files(mesh)) == 3
    assert kept(mesh) == [1, 2, 3]
    done = sweep(mesh)
    assert (done.versions, done.removed) == (planned.versions, planned.removed)
    data = [orphan for orphan in done.removed if orphan.path.suffix == ".parquet"]
    assert sum(v.files for v in done.versions) == len(data) == 2
    assert sum(v.bytes for v in done.versions) == sum(orphan.bytes for orphan in data)
    assert done.bytes > sum(v.bytes for v in done.versions)


def test_files_that_a_later_version_kept_stay(mesh: SmallMesh) -> None:
    """The first file of an append is part of every version after it."""
    mesh.build(1)
    for value in (2, 3):
        mesh.build(value, keep=True)
    mesh.pass_days(9)
    done = sweep(mesh)
    assert [(v.version, v.files) for v in done.versions] == [(1, 0), (2, 0)]
    assert read(mesh, 3) == [1, 2, 3]
    assert (mesh.storage().builds).exists()


def test_versions_in_use_stay(mesh: SmallMesh) -> None:
    """The served version, and one that another product's served version was made from."""
    for value in range(5):
        mesh.build(value)
    stamp = InputStamp("flights", str(PORT), "2", 2)
    mesh.build(1, product=Address("experience", "risk"), inputs=(stamp,))
    rollback(mesh.store, mesh.ledger.append, FLIGHTS, 3)
    mesh.pass_days(9)
    sweep(mesh)
    assert kept(mesh) == [2, 3, 5]


def test_a_product_whose_table_lags_is_skipped(mesh: SmallMesh) -> None:
    """Files that the Delta log still names are not pulled away under it."""
    for value in range(3):
        mesh.build(value)
    mesh.pass_days(9)
    policy = Retention(1, 1)
    done = vacuum(mesh.store, mesh.ledger.append, mesh.find_storage, policy, mesh.now())
    assert (done.versions, done.skipped) == ((), (FLIGHTS,))


def test_dying_between_the_facts_and_the_files_is_mended(mesh: SmallMesh) -> None:
    """Files of versions that are gone already go with the next vacuum."""
    for value in range(3):
        mesh.build(value)
    mesh.pass_days(9)
    doomed = {
        name: (mesh.storage().port("departures") / name).read_bytes() for name in staged_files(mesh)
    }
    sweep(mesh)
    for name, content in doomed.items():
        (mesh.storage().port("departures") / name).write_bytes(content)
    assert len(sweep(mesh).removed) == 2
    assert len(staged_files(mesh)) == 1


def test_a_running_build_loses_nothing(mesh: SmallMesh) -> None:
    """What another process stages meanwhile is left alone."""
    mesh.build(1)
    candidate = mesh.stage({"departures": rows(2)})
    assert sweep(mesh, days=0).removed == ()
    assert mesh.publish(candidate) == 2


def test_old_rejected_files_go_unless_they_can_be_accepted(mesh: SmallMesh) -> None:
    """The last rejection stays as long as it could be accepted; older ones end with the days."""
    mesh.build(1)
    older, newer = mesh.stage({"departures": rows(2)}), mesh.stage({"departures": rows(3)})
    mesh.reject(older)
    mesh.reject(newer)
    assert sweep(mesh).removed == ()
    mesh.pass_days(9)
    gone = {orphan.path.name for orphan in sweep(mesh).removed}
    assert gone == {f"{older.build}.parquet", older.build}
    assert mesh.accept().build == newer.build


class Histories(RuleBasedStateMachine):
    """Whatever happens to a product, every readable version reads as it was published."""

    @initialize()
    def begin(self) -> None:
        """Open an empty mesh."""
        self.folder = TemporaryDirectory()
        store = SQLiteStateStore(Path(self.folder.name) / "state")
        store.prepare()
        self.mesh = SmallMesh(Path(self.folder.name), store)
        self.versions: dict[int, list[int]] = {}
        self.served: int | None = None
        self.pending: tuple[int, list[int]] | None = None
        self.was_rolled_back = False  # since the last rejection

    @rule(values=st.lists(st.integers(0, 99), max_size=3), keep=st.booleans())
    def build(self, values: Sequence[int], keep: bool) -> None:
        """Publish a version, over or beside what is served."""
        number = self.mesh.build(*values, keep=keep)
        base = self.versions[self.served] if keep and self.served else []
        self.versions[number] = sorted([*base, *values])
        self.served = number

    @rule(values=st.lists(st.integers(0, 99), min_size=1, max_size=2))
    def reject(self, values: Sequence[int]) -> None:
        """Reject a build."""
        self.mesh.reject(self.mesh.stage({"departures": rows(*values)}))
        self.pending = (max(self.versions, default=0) + 1, sorted(values))
        self.was_rolled_back = False

    @precondition(lambda self: self.pending is not None)
    @rule()
    def accept(self) -> None:
        """Accept the last rejection, if it is still the newest and nobody rolled back since."""
        assert self.pending is not None
        number, values = self.pending
        if number == max(self.versions, default=0) + 1 and not self.was_rolled_back:
            assert self.mesh.accept().version == number
            self.versions[number], self.served, self.pending = values, number, None
        else:
            with pytest.raises(RefusedError, match="rejected"):
                self.mesh.accept()

    @precondition(lambda self: len(self.versions) > 1)
    @rule(data=st.data())
    def roll_back(self, data: st.DataObject) -> None:
        """Serve another readable version."""
        others = [v for v in kept(self.mesh) if v != self.served]
        if others:
            self.served = data.draw(st.sampled_from(others))
            rollback(self.mesh.store, self.mesh.ledger.append, FLIGHTS, self.served)
            self.was_rolled_back = True

    @rule(days=st.integers(0, 20))
    def wait(self, days: int) -> None:
        """Let time pass."""
        self.mesh.pass_days(days)

    @rule()
    def crash(self) -> None:
        """Stage something, die, and clean."""
        self.mesh.stage({"departures": rows(1)})
        clean(self.mesh.store, self.mesh.ledger.append, self.mesh.find_storage)

    @rule(versions=st.integers(0, 3), days=st.integers(0, 15))
    def vacuum(self, versions: int, days: int) -> None:
        """Vacuum: what must stay stays, and afterwards no file is there that nothing names."""
        before = kept(self.mesh)
        sweep(self.mesh, versions, days)
        after = kept(self.mesh)
        must_stay = {self.served, *(before[-versions:] if versions else [])} & set(before)
        assert must_stay <= set(after) <= set(before)
        if self.served:
            assert self.mesh.outside() == self.versions[self.served]
            assert staged_files(self.mesh) - self.rejected_files() == self.named_files(after)
        self.every_version_reads_as_published()

    def named_files(self, versions: Sequence[int]) -> set[str]:
        """Return the files of these versions."""
        with self.mesh.store.read() as reader:
            return {f.path for v in versions for f in pin(reader, PORT.at(v)).files}

    def rejected_files(self) -> set[str]:
        """Return what rejected builds staged."""
        with self.mesh.store.read() as reader:
            found = reader.rows("select build from builds where status = 'rejected'")
        return {f"{row[0]}.parquet" for row in found}

    def every_version_reads_as_published(self) -> None:
        """Whatever can be read has the rows that it was published with."""
        for version in kept(self.mesh):
            assert read(self.mesh, version) == self.versions[version]

    def teardown(self) -> None:
        """Close everything."""
        if hasattr(self, "mesh"):
            self.every_version_reads_as_published()
            self.mesh.store.close()
            self.folder.cleanup()


TestHistories = pytest.mark.slow(Histories.TestCase)
TestHistories.settings = settings(
    max_examples=15,
    stateful_step_count=14,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
