"""What every secret store must do.

Subclass `SecretStoreConformance`, give `store` and `unreachable`, and let pytest collect it.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from meshwright.errors import UnreachableError
from meshwright.spi.secret_store import SecretStore

_SECRETS = {"CANARY_ONE": "s3cr3t with spaces & /signs?=#@", "CANARY_TWO": "ünïcode 鍵"}


class SecretStoreConformance:
    """Subclass this once for an adapter."""

    def store(self, folder: Path, secrets: Mapping[str, str]) -> SecretStore:
        """Return a store of the mesh in `folder` that holds these secrets."""
        raise NotImplementedError

    def unreachable(self, folder: Path) -> tuple[SecretStore, str] | None:
        """Return a store and a name that it cannot be asked for now; None where that cannot be."""
        raise NotImplementedError

    @pytest.fixture
    def filled(self, tmp_path: Path) -> SecretStore:
        """A store with two secrets."""
        return self.store(tmp_path, _SECRETS)

    def test_a_secret_comes_back_as_it_is(self, filled: SecretStore) -> None:
        """Every character of it, whatever it is."""
        assert {name: filled.find(name) for name in _SECRETS} == _SECRETS

    def test_a_name_that_is_not_there_is_none(self, filled: SecretStore) -> None:
        """It is no error to ask, nor for odd names."""
        for name in ("CANARY_THREE", "a b", "../CANARY_ONE/x", "ä"):
            assert filled.find(name) is None

    def test_threads_may_ask_at_once(self, filled: SecretStore) -> None:
        """Sources and notifiers are opened side by side."""
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda _: filled.find("CANARY_ONE"), range(16)))
        assert set(found) == {_SECRETS["CANARY_ONE"]}

    def test_nothing_tells_a_secret_by_accident(self, filled: SecretStore) -> None:
        """Neither its `repr` nor its attributes in a traceback's locals show one."""
        filled.find("CANARY_ONE")
        assert _SECRETS["CANARY_ONE"] not in repr(filled)

    def test_out_of_reach_is_said_without_the_secret(self, tmp_path: Path) -> None:
        """A store that cannot be asked says so with a code and the next step."""
        case = self.unreachable(tmp_path)
        if case is None:
            return
        store, name = case
        with pytest.raises(UnreachableError) as caught:
            store.find(name)
        assert caught.value.code
        assert caught.value.hint
        assert caught.value.__cause__ is None
