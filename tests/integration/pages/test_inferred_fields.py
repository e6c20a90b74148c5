"""What is inferred from a product is on no page of who may not know of that product."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from meshwright.app.mesh import open_mesh
from tests.integration.granted import put_policies
from tests.integration.web import WEB
from tests.meshes import change_yaml, write_mesh
from tests.serving import Serving, serving
from tests.visiting import Visitor

HIDE = """visibility:
  - id: hide-visits
    description: Nobody outside the team is to know that visits are counted.
    objects: {addresses: [web.visits]}
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Serving]:
    folder = write_mesh(tmp_path / "web", WEB)

    def described(document: Any) -> None:
        document["schema"][0]["properties"][1]["description"] = "What the zebra is called."

    change_yaml(folder / "domains/web/visits/contracts/visits.odcs.yaml", described)
    with open_mesh(folder) as mesh:
        assert {one.status for one in mesh.run()} == {"published"}
    put_policies(folder, HIDE)
    with serving(folder) as found:
        yield found


def test_a_description_is_inherited_from_what_whoever_looks_may_know_of_alone(
    server: Serving,
) -> None:
    page = "/products/top.summary.named"
    assert "zebra" in Visitor(server, "").text(page, view="schema")
    assert "zebra" not in Visitor(server, "person:gus").text(page, view="schema")
    assert "zebra" in Visitor(server, "person:web@example.com").text(page, view="schema")
