"""One session for the tests of a module: each test stages files of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from audit_harness import Bench, bench


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A session over a temporary folder."""
    folder: Path = tmp_path_factory.mktemp("staged")
    with bench(folder) as opened:
        yield opened
