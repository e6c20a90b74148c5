"""An empty board for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from incident_board import Board


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Board]:
    """Yield a board without incidents."""
    made = Board(tmp_path / "state")
    yield made
    made.close()
