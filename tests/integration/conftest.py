"""Built once, copied for each test."""

from pathlib import Path

import pytest

from tests.integration.granted import write_crm
from tests.integration.shop import build, copied, statuses, write_shop
from tests.meshes import settled


@pytest.fixture(scope="session")
def built_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop, every product published once."""
    folder = settled(write_shop(tmp_path_factory.mktemp("shop") / "mesh"))
    assert set(statuses(build(folder)).values()) == {"published"}
    return folder


@pytest.fixture
def shop(built_shop: Path, tmp_path: Path) -> Path:
    """A copy of the built shop."""
    return copied(built_shop, tmp_path / "mesh")


@pytest.fixture(scope="session")
def built_crm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = settled(write_crm(tmp_path_factory.mktemp("crm") / "mesh"))
    assert set(statuses(build(folder)).values()) == {"published"}
    return folder


@pytest.fixture
def crm(built_crm: Path, tmp_path: Path) -> Path:
    return copied(built_crm, tmp_path / "mesh")


@pytest.fixture(scope="module")
def served_shop(built_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the built shop for a server that runs through a module's tests."""
    return copied(built_shop, tmp_path_factory.mktemp("served") / "mesh")
