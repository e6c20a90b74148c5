"""Meshes that are served for pages: the club, with members whom people want to read, and one hard to show."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from meshwright.app.mesh import Mesh
from tests.integration.catalog import write_catalog
from tests.integration.club import add_people, write_club
from tests.integration.shop import build, copied, opened, statuses
from tests.serving import Serving, serving

FLOOR = """\
policies:
  - id: personal-by-grant
    effect: ceiling
    objects: {tags: [pii]}
    by_grant: true
    days: 90
  - id: no-agents
    description: Agents read nobody.
    effect: deny
    subjects: {kinds: [agent]}
    objects: {tags: [pii]}
"""


@pytest.fixture(scope="session")
def built_club(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_club(tmp_path_factory.mktemp("club") / "mesh")
    (folder / "policies").mkdir(exist_ok=True)
    (folder / "policies" / "access.yaml").write_text(FLOOR)
    assert set(statuses(build(folder)).values()) == {"published"}
    with opened(folder) as mesh:
        add_people(mesh.wiring)
    return folder


@pytest.fixture
def club(built_club: Path, tmp_path: Path) -> Iterator[Serving]:
    """A server of a copy of the club."""
    with serving(copied(built_club, tmp_path / "mesh"), people=False) as server:
        yield server


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A server of a mesh whose pages are hard to show."""
    folder = write_catalog(tmp_path_factory.mktemp("catalog") / "mesh")
    with serving(folder, people=False) as server:
        yield server


@pytest.fixture
def hiding(server: Serving) -> Iterator[Any]:
    """Return what hides products from whoever is not concerned with them, by a policy."""
    path = server.service.wiring.root / "policies" / "access.yaml"

    def hide(product: str) -> None:
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"visibility:\n  - id: hidden\n    objects: {{addresses: [{product}]}}\n")
        server.service.wiring.look_anew()

    yield hide
    path.unlink()
    server.service.wiring.look_anew()


def mesh_of(server: Serving) -> Mesh:
    """Return the mesh behind a server, as its owner has it."""
    return Mesh(server.service.wiring)
