"""What is published is found by any name a product had, at any version, as of any time."""

import pytest
from publish_mesh import FLIGHTS, SmallMesh, rows
from publish_products import product

from meshwright.errors import MeshwrightError
from meshwright.model.address import Address
from meshwright.publish.lifecycle import rename
from meshwright.publish.reading import find_product, pin, version_at
from meshwright.publish.rolling_back import rollback

PORT = Address("operations", "flights", "departures")


def refusal(mesh: SmallMesh, address: str) -> str:
    with mesh.store.read() as reader, pytest.raises(MeshwrightError) as error:
        pin(reader, Address.parse(address))
    return error.value.code


def test_a_port_is_pinned_with_all_that_reading_needs(mesh: SmallMesh) -> None:
    """Address, location, columns and files are those of one version."""
    mesh.build(1)
    mesh.build(2, 3)
    with mesh.store.read() as reader:
        now, before = pin(reader, PORT), pin(reader, PORT.at(1))
    assert (now.address, now.rows, now.data_version) == (PORT.at(2), 2, 2)
    assert (before.address, before.rows) == (PORT.at(1), 1)
    assert now.location == "operations/flights/departures"
    assert [column.name for column in now.columns] == ["n"]
    assert now.files != before.files


def test_what_is_not_there_is_refused_by_name(mesh: SmallMesh) -> None:
    """Products, ports and versions that do not exist have a code each."""
    mesh.build(1)
    assert refusal(mesh, "operations.flight.departures") == "product-unknown"
    assert refusal(mesh, "operations.flights.departure") == "port-unknown"
    assert refusal(mesh, "operations.flights.departures@2") == "version-unknown"
    mesh.reject(mesh.stage({"departures": rows(1)}, Address("operations", "crews")))
    assert refusal(mesh, "operations.crews.departures") == "product-unknown"


def test_reading_as_of_a_time_follows_publications_and_rollbacks(mesh: SmallMesh) -> None:
    """At every moment the version is the one that readers saw then."""
    before = mesh.now()
    mesh.build(1)
    first = mesh.now()
    mesh.build(2)
    second = mesh.now()
    rollback(mesh.store, mesh.ledger.append, FLIGHTS)
    back = mesh.now()
    mesh.build(3)
    with mesh.store.read() as reader:
        seen = [version_at(reader, FLIGHTS, t) for t in (before, first, second, back, mesh.now())]
        assert seen == [None, 1, 2, 1, 3]
        assert pin(reader, PORT, second).address.version == 2
        with pytest.raises(MeshwrightError) as error:
            pin(reader, PORT, before)
    assert error.value.code == "not-published"


def test_an_old_name_finds_the_product_and_its_history(mesh: SmallMesh) -> None:
    """Renames chain; versions, rollbacks and files stay under every name."""
    mesh.build(1)
    mesh.build(2)
    rollback(mesh.store, mesh.ledger.append, FLIGHTS)
    seen = mesh.now()
    legs, trips = Address("operations", "legs"), Address("travel", "trips")
    rename(mesh.store, mesh.ledger.append, [product(legs, FLIGHTS)])
    rename(mesh.store, mesh.ledger.append, [product(trips, legs, FLIGHTS)])
    mesh.build(3, product=trips)
    with mesh.store.read() as reader:
        assert find_product(reader, FLIGHTS) == find_product(reader, legs) == trips
        assert version_at(reader, trips, seen) == 1
        assert pin(reader, PORT.at(2)).files
    mesh.follow()
    assert mesh.outside(product=trips) == [3]


def test_a_new_product_of_an_old_name_is_another_product(mesh: SmallMesh) -> None:
    """It has a folder, versions and rollbacks of its own."""
    mesh.build(1)
    legs = Address("operations", "legs")
    rename(mesh.store, mesh.ledger.append, [product(legs, FLIGHTS)])
    kept = mesh.storage(legs).folder
    assert mesh.storage(FLIGHTS).folder != kept
    mesh.build(7)
    mesh.build(8)
    rollback(mesh.store, mesh.ledger.append, FLIGHTS)
    with mesh.store.read() as reader:
        assert version_at(reader, legs, mesh.now()) == 1
        assert version_at(reader, FLIGHTS, mesh.now()) == 1
        assert find_product(reader, FLIGHTS) == FLIGHTS
    mesh.follow()
    assert (mesh.outside(product=legs), mesh.outside()) == ([1], [7])
