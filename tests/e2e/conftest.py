"""The shop of the integration tests, built by the command line."""

from pathlib import Path

import pytest

from tests.e2e.shell import mesh
from tests.integration.shop import BAD_ORDERS, copied, write_shop
from tests.meshes import set_silo, settled


@pytest.fixture(scope="session")
def built_by_command(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop, every product published once."""
    folder = settled(write_shop(tmp_path_factory.mktemp("command") / "mesh"))
    assert mesh(folder, "run").code == 0
    return folder


@pytest.fixture(scope="session")
def broken_by_command(built_by_command: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop after a batch that was rejected."""
    folder = copied(built_by_command, tmp_path_factory.mktemp("broken") / "mesh")
    set_silo(folder, "sales.orders.raw", BAD_ORDERS)
    assert mesh(folder, "run", "sales.orders").code == 1
    return folder


@pytest.fixture
def shop(built_by_command: Path, tmp_path: Path) -> Path:
    """A copy of the built shop."""
    return copied(built_by_command, tmp_path / "mesh")


@pytest.fixture
def broken(broken_by_command: Path, tmp_path: Path) -> Path:
    """A copy of the shop whose last batch was rejected."""
    return copied(broken_by_command, tmp_path / "mesh")
