"""A build ends in one transaction, or not at all."""

import json

import pytest
from publish_mesh import FLIGHTS, OWNER, SmallMesh, rows

from meshwright.errors import MeshwrightError
from meshwright.model.address import Address
from meshwright.model.table import ColumnStatistics
from meshwright.publish.accepting import Word, accept
from meshwright.publish.publishing import fail
from meshwright.publish.reading import files_of, served_version
from meshwright.spi.state_store import Value, Writer


def test_all_ports_become_visible_together(mesh: SmallMesh) -> None:
    """One fact carries every port of a version."""
    candidate = mesh.stage({"departures": rows(1), "arrivals": rows(2)})
    assert mesh.publish(candidate) == 1
    with mesh.store.read() as reader:
        assert served_version(reader, FLIGHTS) == 1
        for port in ("departures", "arrivals"):
            assert [file.rows for file in files_of(reader, FLIGHTS, port, 1)] == [1]
    assert mesh.kinds().count("VersionPublished") == 1


def test_nothing_is_visible_before(mesh: SmallMesh) -> None:
    """Staged files are named by nothing."""
    mesh.stage({"departures": rows(1)})
    with mesh.store.read() as reader:
        assert served_version(reader, FLIGHTS) is None
    assert mesh.follow().changed == 0


def test_who_did_not_see_the_newest_version_is_refused(mesh: SmallMesh) -> None:
    """Of two builds that began on the same version, the second to end is `publish-raced`."""
    first, second = mesh.stage({"departures": rows(1)}), mesh.stage({"departures": rows(2)})
    mesh.publish(first)
    with pytest.raises(MeshwrightError) as error:
        mesh.publish(second)
    assert error.value.code == "publish-raced"
    assert mesh.count("select count(*) from versions") == 1


def test_a_missing_staged_file_publishes_nothing(mesh: SmallMesh) -> None:
    """What is named must be on the disk first."""
    candidate = mesh.stage({"departures": rows(1)})
    mesh.storage().staged("departures", candidate.build).unlink()
    with pytest.raises(MeshwrightError) as error:
        mesh.publish(candidate)
    assert error.value.code == "staged-file-missing"
    assert "VersionPublished" not in mesh.kinds()


def test_a_contract_is_recorded_when_it_is_new(mesh: SmallMesh) -> None:
    """The same contract again says nothing new."""
    mesh.build(1)
    mesh.build(2)
    assert mesh.kinds().count("ContractPublished") == 1


def test_no_literal_of_the_data_enters_the_ledger(mesh: SmallMesh) -> None:
    """Bounds of a column stay in the build's side file; the fact has null counts only."""
    candidate = mesh.stage({"departures": "select 1 as n, 'secret' as t"}, hidden=("t",))
    assert candidate.ports["departures"].added[0].statistics["t"].minimum == "secret"
    mesh.publish(candidate)
    payloads = "".join(entry.payload for entry in mesh.ledger.entries())
    assert "secret" not in payloads
    side = mesh.storage().build(candidate.build) / "statistics" / "departures.json"
    assert "secret" not in side.read_text()
    with mesh.store.read() as reader:
        file = files_of(reader, FLIGHTS, "departures", 1)[0]
    assert file.statistics["n"] == ColumnStatistics(nulls=0)


def test_a_rejected_build_leaves_the_last_version_served(mesh: SmallMesh) -> None:
    """Rejection keeps what is served, and the files."""
    mesh.build(1)
    candidate = mesh.stage({"departures": rows(2)})
    mesh.reject(candidate)
    with mesh.store.read() as reader:
        assert served_version(reader, FLIGHTS) == 1
        assert reader.rows("select status from builds where build = ?", (candidate.build,)) == [
            ("rejected",)
        ]
    assert mesh.storage().staged("departures", candidate.build).exists()


def test_who_is_told_of_an_ending_sees_it_and_shares_its_transaction(mesh: SmallMesh) -> None:
    """What is said of incidents is committed with the build's end, or neither is."""

    def tell(writer: Writer, product: Address, build: str) -> None:
        ended = writer.rows("select status from builds where build = ?", (build,))
        told.append((product, build, ended[0][0]))
        if len(told) == 4:
            raise RuntimeError("no incident")

    told: list[tuple[Address, str, Value]] = []
    candidates = [mesh.stage({"departures": rows(1)}) for _ in range(2)]
    mesh.reject(candidates[0], tell=tell)
    mesh.publish(candidates[1], tell)
    accepted = mesh.stage({"departures": rows(2)})
    mesh.reject(accepted)
    word = Word(actor=OWNER, reason="known", today=mesh.clock[0].date())
    accept(mesh.store, mesh.ledger.append, mesh.data, FLIGHTS, word, tell)
    assert told == [
        (FLIGHTS, candidates[0].build, "rejected"),
        (FLIGHTS, candidates[1].build, "published"),
        (FLIGHTS, accepted.build, "accepted"),
    ]
    with pytest.raises(RuntimeError, match="no incident"):
        fail(mesh.store, mesh.ledger.append, FLIGHTS, "b4", "model-not-select", tell=tell)
    assert told[3] == (FLIGHTS, "b4", "failed")
    with mesh.store.read() as reader:
        assert not reader.rows("select 1 from builds where build = 'b4'")


def test_a_failed_build_is_recorded(mesh: SmallMesh) -> None:
    """Its error's code is a fact."""
    candidate = mesh.stage({"departures": rows(1)})
    fail(mesh.store, mesh.ledger.append, FLIGHTS, candidate.build, "model-not-select", 1.5)
    with mesh.store.read() as reader:
        assert reader.rows("select status, error, seconds from builds") == [
            ("failed", "model-not-select", 1.5)
        ]


def test_the_fact_is_json(mesh: SmallMesh) -> None:
    """What is published reads back as plain JSON with the data version filled in."""
    mesh.build(1)
    payload = json.loads(mesh.ledger.entries(kinds=["VersionPublished"])[0].payload)
    port = payload["ports"]["departures"]
    assert (port["data_version"], port["columns"]) == (1, [["n", "INTEGER"]])
