"""An empty board for each test."""

from collections.abc import Iterator

import pytest
from incident_board import Board


@pytest.fixture
def board() -> Iterator[Board]:
    """Yield a board without incidents."""
    made = Board()
    yield made
    made.close()
