"""After a crash nothing is left behind and nothing published is lost."""

from publish_mesh import FLIGHTS, SmallMesh, rows

from meshwright.model.address import Address
from meshwright.publish.cleaning import Cleaned, clean
from meshwright.publish.places import build_of
from meshwright.publish.publishing import fail


def clean_up(mesh: SmallMesh) -> Cleaned:
    return clean(mesh.store, mesh.ledger.append, mesh.find_storage)


def test_an_interrupted_build_is_failed_and_its_files_go(mesh: SmallMesh) -> None:
    """What was staged is removed with its side files; what is served stays."""
    mesh.build(1)
    candidate = mesh.stage({"departures": rows(2), "arrivals": rows(3)})
    side = mesh.storage().build("20990101T000000000_00000000")
    side.mkdir(parents=True)
    (side / "x").write_text("x")
    cleaned = clean_up(mesh)
    assert cleaned.builds == (candidate.build,)
    assert len(cleaned.removed) == 3
    assert all(orphan.bytes for orphan in cleaned.removed)
    assert not mesh.storage().staged("departures", candidate.build).exists()
    assert not mesh.storage().port("arrivals").exists()
    assert not side.exists()
    with mesh.store.read() as reader:
        ended = reader.rows("select error from builds where build = ?", (candidate.build,))
    assert ended == [("build-interrupted",)]
    mesh.follow()
    assert mesh.outside() == [1]


def test_nothing_running_means_nothing_to_do(mesh: SmallMesh) -> None:
    """A clean mesh is not looked through."""
    mesh.build(1)
    stray = mesh.storage().staged("departures", "20990101T000000000_00000000")
    stray.write_text("x")
    assert clean_up(mesh) == Cleaned()
    assert stray.exists()


def test_rejected_files_and_foreign_files_stay(mesh: SmallMesh) -> None:
    """A pending build can still be accepted after a crash, and strangers' files are not ours."""
    rejected = mesh.stage({"departures": rows(2)})
    mesh.reject(rejected)
    foreign = mesh.storage().port("departures") / "part-0001.parquet"
    foreign.write_text("x")
    mesh.stage({"departures": rows(3)})
    assert len(clean_up(mesh).removed) == 1
    assert foreign.exists()
    assert mesh.accept().version == 1


def test_only_the_named_products_are_cleaned(mesh: SmallMesh) -> None:
    """A build of a product that somebody else holds is left alone."""
    other = Address("operations", "crews")
    mesh.stage({"departures": rows(1)})
    mesh.stage({"departures": rows(1)}, other)
    cleaned = clean(mesh.store, mesh.ledger.append, mesh.find_storage, [other])
    assert len(cleaned.builds) == 1
    assert mesh.count("select count(*) from builds where status = 'running'") == 1
    assert list(mesh.storage(FLIGHTS).port("departures").iterdir())


def test_partly_written_files_go_too(mesh: SmallMesh) -> None:
    """A file that an engine was writing when it died carries the build in its name."""
    candidate = mesh.stage({"departures": rows(1)})
    folder = mesh.storage().port("departures")
    (folder / f"tmp_{candidate.build}.parquet").write_text("x")
    (folder / f"{candidate.build}-2013-01-01T00.parquet").write_text("x")
    assert len(clean_up(mesh).removed) == 3
    assert not folder.exists()


def test_a_failed_build_takes_its_files_with_it(mesh: SmallMesh) -> None:
    """Staged files go before the failure is recorded; what is published is never touched."""
    mesh.build(1)
    published = next(mesh.storage().port("departures").glob("*.parquet"))
    candidate = mesh.stage({"departures": rows(2), "arrivals": rows(3)})
    end = {"storage": mesh.storage()}
    for build in (candidate.build, build_of(published.name)):
        fail(mesh.store, mesh.ledger.append, FLIGHTS, build, "model-not-select", **end)
    assert list(mesh.storage().port("departures").glob("*.parquet")) == [published]
    assert not mesh.storage().port("arrivals").exists()


def test_what_an_interrupted_build_wrote_on_is_swept(mesh: SmallMesh) -> None:
    """A build recorded as interrupted may have staged more afterwards."""
    mesh.build(1)
    candidate = mesh.stage({"departures": rows(2)})
    fail(mesh.store, mesh.ledger.append, FLIGHTS, candidate.build, "build-interrupted")
    assert clean_up(mesh).builds == ()
    assert len(list(mesh.storage().port("departures").glob("*.parquet"))) == 1
