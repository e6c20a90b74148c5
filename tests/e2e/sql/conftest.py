"""One served mesh for the tests of a session of tests that change nothing in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sql_mesh import Served, served, write_sql_mesh


@pytest.fixture(scope="session")
def sql_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The mesh's folder."""
    return write_sql_mesh(tmp_path_factory.mktemp("sql") / "mesh")


@pytest.fixture(scope="session")
def endpoint(sql_folder: Path) -> Iterator[Served]:
    """Its endpoint, running."""
    with served(sql_folder) as running:
        yield running
