"""A named owner can publish what an audit rejected, for a while."""

from datetime import date, timedelta

import pytest
from publish_mesh import FLIGHTS, OWNER, SmallMesh, rows

from meshwright.errors import MeshwrightError
from meshwright.model.address import Address
from meshwright.publish.accepting import active_waivers, waived_checks
from meshwright.publish.reading import files_of, served_version


def refusal(mesh: SmallMesh, **word: object) -> str:
    with pytest.raises(MeshwrightError) as error:
        mesh.accept(**word)
    assert error.value.hint
    return error.value.code


def test_accepting_publishes_the_rejected_rows(mesh: SmallMesh) -> None:
    """The pending version is served, its contract recorded."""
    mesh.build(1)
    candidate = mesh.stage({"departures": rows(2), "arrivals": rows(3)})
    mesh.reject(candidate)
    accepted = mesh.accept()
    assert (accepted.version, accepted.build) == (2, candidate.build)
    mesh.follow()
    assert mesh.outside() == [2]
    assert mesh.outside("arrivals") == [3]
    with mesh.store.read() as reader:
        assert reader.rows("select status, pending from builds where build = ?", (candidate.build,)) == [
            ("accepted", "{}")
        ]  # fmt: skip
        assert reader.rows("select count(*) from contracts where port = 'arrivals'") == [(1,)]


def test_a_first_build_can_be_accepted(mesh: SmallMesh) -> None:
    """A product that was never published has something to accept too."""
    mesh.reject(mesh.stage({"departures": rows(1)}))
    assert mesh.accept().version == 1


def test_an_append_can_be_accepted(mesh: SmallMesh) -> None:
    """What the rejected build adds comes to what was served."""
    mesh.build(1)
    mesh.reject(mesh.stage({"departures": rows(2)}, keep=True))
    mesh.accept()
    with mesh.store.read() as reader:
        assert len(files_of(reader, FLIGHTS, "departures", 2)) == 2


def test_a_waiver_lasts_until_it_expires(mesh: SmallMesh) -> None:
    """The failed checks pass as waived to the end of the last day, seven by default."""
    mesh.reject(
        mesh.stage({"departures": rows(1)}), "departures:n.required", "departures:primaryKey"
    )
    waiver = mesh.accept().waiver
    today = mesh.clock[0].date()
    assert waiver.expires == today + timedelta(days=7)
    with mesh.store.read() as reader:
        for day, is_active in (
            (today, True),
            (waiver.expires, True),
            (waiver.expires + timedelta(1), False),
        ):
            found = waived_checks(reader, FLIGHTS, day)
            assert found == (dict.fromkeys(waiver.checks, waiver.id) if is_active else {})
        assert active_waivers(reader, FLIGHTS, today)[0].owner == OWNER


def test_two_waivers_waive_together(mesh: SmallMesh) -> None:
    """Each check is waived by the newest waiver that names it."""
    mesh.reject(mesh.stage({"departures": rows(1)}), "departures:a", "departures:b")
    first = mesh.accept().waiver.id
    mesh.reject(mesh.stage({"departures": rows(1)}), "departures:b", "departures:c")
    second = mesh.accept().waiver.id
    with mesh.store.read() as reader:
        assert waived_checks(reader, FLIGHTS, mesh.clock[0].date()) == {
            "departures:a": first, "departures:b": second, "departures:c": second,
        }  # fmt: skip


def test_what_cannot_be_accepted_is_refused(mesh: SmallMesh) -> None:
    """Nothing rejected, something newer, files gone, a stranger, no reason, a past date: each its code."""
    assert refusal(mesh, product=Address("operations", "nothing")) == "product-unknown"
    mesh.build(1)
    assert refusal(mesh) == "nothing-to-accept"
    candidate = mesh.stage({"departures": rows(2)})
    mesh.reject(candidate)
    assert refusal(mesh, actor="eve@example.com") == "not-an-owner"
    assert refusal(mesh, owner="eve@example.com") == "not-an-owner"
    assert refusal(mesh, reason=" ") == "reason-missing"
    assert refusal(mesh, expires=date(2020, 1, 1)) == "expiry-past"
    staged = mesh.storage().staged("departures", candidate.build)
    aside = staged.rename(staged.with_suffix(".aside"))
    assert refusal(mesh) == "accept-files-gone"
    aside.rename(staged)
    mesh.build(3)
    assert refusal(mesh) == "accept-outdated"
    with mesh.store.read() as reader:
        assert served_version(reader, FLIGHTS) == 2


def test_somebody_else_may_act_for_a_named_owner(mesh: SmallMesh) -> None:
    """The owner who is named takes responsibility; the actor is in the ledger's entry."""
    mesh.reject(mesh.stage({"departures": rows(1)}))
    assert mesh.accept(actor="eve@example.com", owner=OWNER).waiver.owner == OWNER


def test_the_last_rejected_build_counts(mesh: SmallMesh) -> None:
    """Of two rejected builds the newer one is accepted, and then there is none left."""
    mesh.reject(mesh.stage({"departures": rows(1)}))
    newer = mesh.stage({"departures": rows(2)})
    mesh.reject(newer)
    assert mesh.accept().build == newer.build
    assert refusal(mesh) == "accept-outdated"
