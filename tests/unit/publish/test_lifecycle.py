"""Rolling back, renaming and retiring move names and pointers, never rows."""

from datetime import date

import pytest
from publish_mesh import FLIGHTS, SmallMesh, rows
from publish_products import product

from meshwright.errors import MeshwrightError
from meshwright.model.address import Address
from meshwright.model.mesh import Retention
from meshwright.model.version import InputStamp
from meshwright.publish.lifecycle import consumers, find_renames, rename, retire
from meshwright.publish.rolling_back import RolledBack, rollback
from meshwright.publish.vacuuming import vacuum

LEGS = Address("operations", "legs")


def back(mesh: SmallMesh, to: int | None = None) -> RolledBack:
    return rollback(mesh.store, mesh.ledger.append, FLIGHTS, to)


def refusal(mesh: SmallMesh, to: int | None = None) -> str:
    with pytest.raises(MeshwrightError) as error:
        back(mesh, to)
    assert error.value.hint
    return error.value.code


def test_a_rollback_shows_the_old_rows(mesh: SmallMesh) -> None:
    """In the state at once, and in the Delta table after following."""
    mesh.build(1)
    mesh.build(2)
    mesh.follow()
    assert back(mesh) == RolledBack(FLIGHTS, 2, 1)
    mesh.follow()
    assert mesh.outside() == [1]
    assert back(mesh, 2).to_version == 2
    mesh.follow()
    assert mesh.outside() == [2]


def test_the_default_is_what_was_served_before(mesh: SmallMesh) -> None:
    """After 1, 2, 3, back to 1, and 4: before 4 there was 1, and before 1 nothing."""
    for value in (1, 2, 3):
        mesh.build(value)
    assert back(mesh).to_version == 2
    assert back(mesh).to_version == 1
    mesh.build(4)
    assert back(mesh) == RolledBack(FLIGHTS, 4, 1)
    assert refusal(mesh) == "nothing-to-roll-back"


def test_a_rollback_needs_a_readable_other_version(mesh: SmallMesh) -> None:
    """Unknown, vacuumed and served versions are refused."""
    for value in (1, 2, 3):
        mesh.build(value)
    mesh.follow()
    assert refusal(mesh, 3) == "already-served"
    assert refusal(mesh, 9) == "version-unknown"
    mesh.pass_days(5)
    policy = Retention(versions=1, days=1)
    vacuum(mesh.store, mesh.ledger.append, mesh.find_storage, policy, mesh.now())
    assert refusal(mesh) == "version-vacuumed"


def test_a_build_that_ran_while_its_product_was_rolled_back_is_raced(mesh: SmallMesh) -> None:
    """A rollback is not undone by somebody who did not see it."""
    mesh.build(1)
    mesh.build(2)
    candidate = mesh.stage({"departures": rows(3)})
    back(mesh)
    with pytest.raises(MeshwrightError) as error:
        mesh.publish(candidate)
    assert error.value.code == "publish-raced"


def test_renames_come_from_descriptors_once(mesh: SmallMesh) -> None:
    """A `formerly` that the state knows becomes a fact; afterwards there is nothing to do."""
    mesh.build(1)
    renamed = [product(LEGS, FLIGHTS)]
    assert len(rename(mesh.store, mesh.ledger.append, renamed)) == 1
    assert rename(mesh.store, mesh.ledger.append, renamed) == []


def test_a_name_that_is_in_use_is_not_taken(mesh: SmallMesh) -> None:
    """A descriptor that still has the name, an unknown name, a published target: no rename."""
    mesh.build(1)
    mesh.build(1, product=Address("operations", "crews"))
    with mesh.store.read() as reader:
        assert find_renames(reader, [product(LEGS, FLIGHTS), product(FLIGHTS)]) == []
        assert find_renames(reader, [product(LEGS, Address("operations", "never"))]) == []
        assert find_renames(reader, [product(Address("operations", "crews"), FLIGHTS)]) == []
        two = [product(LEGS, FLIGHTS), product(Address("operations", "trips"), FLIGHTS)]
        assert [fact.product for fact in find_renames(reader, two)] == ["operations.legs"]


def test_retiring_tells_who_reads(mesh: SmallMesh) -> None:
    """Consumers are the products whose served version read a port of it."""
    mesh.build(1)
    stamp = InputStamp("flights", "operations.flights.departures", "1", 1)
    other = InputStamp("flights", "operations.flights_old.departures", "1", 1)
    reader_product = Address("experience", "risk")
    mesh.build(5, product=reader_product, inputs=(stamp,))
    mesh.build(5, product=Address("experience", "none"), inputs=(other,))
    found = retire(
        mesh.store, mesh.ledger.append, FLIGHTS, date(2026, 6, 1), today=date(2026, 1, 1)
    )
    assert found.consumers == (reader_product,)
    with mesh.store.read() as reader:
        assert consumers(reader, reader_product) == ()
        ended = reader.rows("select product, retired_until from products where status = 'retired'")
    assert ended == [(str(FLIGHTS), "2026-06-01")]


def test_retiring_needs_a_date_to_come(mesh: SmallMesh) -> None:
    """A past date, or a product that is not there, is refused."""
    mesh.build(1)
    for name, until in ((FLIGHTS, date(2025, 1, 1)), (LEGS, date(2027, 1, 1))):
        with pytest.raises(MeshwrightError):
            retire(mesh.store, mesh.ledger.append, name, until, today=date(2026, 1, 1))
