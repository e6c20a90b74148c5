"""Every file of a product has one place, and tells whose it is."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from publish_mesh import FLIGHTS, SmallMesh

from meshwright.publish.places import Storage, build_of, find_storage, folder_of, new_build_id


def test_build_ids_sort_by_time_in_any_zone() -> None:
    """A later build has a greater id; two at once differ."""
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    east = (noon + timedelta(milliseconds=1)).astimezone(timezone(timedelta(hours=9)))
    assert new_build_id(noon) < new_build_id(east)
    assert new_build_id(noon) != new_build_id(noon)


@pytest.mark.parametrize(
    ("name", "is_ours"),
    [
        ("{}.parquet", True),
        ("{}-2013-01-01T00:00:00.parquet", True),
        ("tmp_{}.parquet", True),
        ("{}.parquet.tmp", True),
        ("part-00001-{}.parquet", False),
        ("{}.crc", False),
        ("{}x.parquet", False),
    ],
)
def test_a_file_tells_which_build_staged_it(name: str, is_ours: bool) -> None:
    """Names that no build gives belong to nobody."""
    build = new_build_id(datetime(2026, 1, 1, tzinfo=UTC))
    assert build_of(name.format(build)) == (build if is_ours else "")


def test_a_location_is_relative_within_the_data_folder_only(tmp_path: Path) -> None:
    """A mesh can be moved with its data; a domain's own storage stays where it is."""
    inside = Storage(tmp_path / "data", tmp_path / "data" / "operations" / "flights")
    outside = Storage(tmp_path / "data", tmp_path / "elsewhere" / "flights")
    assert inside.location("departures") == "operations/flights/departures"
    for storage in (inside, outside):
        location = storage.location("departures")
        assert folder_of(storage.data, location) == storage.port("departures")


def test_a_product_stays_where_it_is_when_its_domain_moves(mesh: SmallMesh) -> None:
    """New storage in domain.yaml is for new products; what is published is not torn apart."""
    mesh.build(1)
    with mesh.store.read() as reader:
        moved = find_storage(reader, mesh.data, mesh.root / "elsewhere", FLIGHTS)
    assert moved == mesh.storage()
