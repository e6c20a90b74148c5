"""An empty mesh for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from publish_mesh import SmallMesh

from meshwright.adapters.sqlite import SQLiteStateStore


@pytest.fixture
def mesh(tmp_path: Path) -> Iterator[SmallMesh]:
    """Yield an empty mesh."""
    store = SQLiteStateStore(tmp_path / "state")
    store.prepare()
    yield SmallMesh(tmp_path, store)
    store.close()
