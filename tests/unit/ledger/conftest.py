"""State stores for the ledger's tests: copies of one prepared file, which cost nothing to make."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from meshwright.adapters.sqlite import SQLiteStateStore
from meshwright.ledger.ledger import Ledger

NewStore = Callable[[], SQLiteStateStore]


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty, prepared `state.db`."""
    store = SQLiteStateStore(tmp_path_factory.mktemp("prepared"))
    store.prepare()
    store.close()
    return store.path


@pytest.fixture
def new_store(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NewStore]:
    """What makes another empty store."""
    with ExitStack() as stack:

        def make() -> SQLiteStateStore:
            folder = tmp_path_factory.mktemp("state")
            shutil.copy(prepared, folder)
            return stack.enter_context(closing(SQLiteStateStore(folder)))

        yield make


@pytest.fixture
def store(new_store: NewStore) -> SQLiteStateStore:
    """An empty store."""
    return new_store()


@pytest.fixture
def ledger(store: SQLiteStateStore) -> Ledger:
    """The ledger of `store`, written by `maria`."""
    return Ledger(store, "maria")
