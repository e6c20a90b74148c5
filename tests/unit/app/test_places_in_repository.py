"""Places in the files of a mesh, as those who look at its repository find them."""

import pytest

from meshwright.app.places import in_repository
from meshwright.model.problem import Place


@pytest.mark.parametrize(
    ("prefix", "place", "shown"),
    [
        ("", Place("domains/a/domain.yaml", 3), Place("domains/a/domain.yaml", 3)),
        ("data/shop", Place("mesh.yaml"), Place("data/shop/mesh.yaml")),
        ("data/shop", Place("../rules/policies/x.sql", 2), Place("data/rules/policies/x.sql", 2)),
        ("data/shop", Place("a.yaml", -4), Place("data/shop/a.yaml")),
        ("data/shop", Place("../../../etc/passwd", 2), Place("data/shop/mesh.yaml")),
        ("", Place("/etc/passwd", 2), Place("mesh.yaml")),
        ("", Place(".."), Place("mesh.yaml")),
        ("", Place(""), Place("mesh.yaml")),
    ],
)
def test_a_place_is_always_one_of_the_repository(prefix: str, place: Place, shown: Place) -> None:
    """Rules of a federation lie beside the mesh, and what a rule says of places is anybody's text."""
    assert in_repository(prefix, place) == shown
