"""The secret stores that ship pass the suite."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from meshwright.adapters.secrets import EnvironmentSecrets, FileSecrets
from meshwright.errors import UnreachableError
from meshwright.spi.secret_store import SecretStore
from meshwright.testing.secret_store import SecretStoreConformance


class TestEnvironmentSecrets(SecretStoreConformance):
    @pytest.fixture(autouse=True)
    def _patch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.set = monkeypatch.setenv

    def store(self, folder: Path, secrets: Mapping[str, str]) -> SecretStore:
        for name, secret in secrets.items():
            self.set(name, secret)
        return EnvironmentSecrets(folder)

    def unreachable(self, folder: Path) -> None:
        return None

    def test_an_empty_variable_is_no_secret(self, tmp_path: Path) -> None:
        """What was exported empty was forgotten."""
        assert self.store(tmp_path, {"CANARY_ONE": ""}).find("CANARY_ONE") is None


class TestFileSecrets(SecretStoreConformance):
    def store(self, folder: Path, secrets: Mapping[str, str]) -> SecretStore:
        for name, secret in secrets.items():
            (folder / name).write_text(f"{secret}\n", encoding="utf-8")
        return FileSecrets(folder)

    def unreachable(self, folder: Path) -> tuple[SecretStore, str]:
        (folder / "binary").write_bytes(b"\xff\xfe\x00")
        return FileSecrets(folder), "binary"

    def test_a_folder_and_a_huge_file_are_no_secrets(self, tmp_path: Path) -> None:
        """They are refused, not read whole."""
        (tmp_path / "huge").write_bytes(b"x" * 100_000)
        for name in (".", "huge"):
            with pytest.raises(UnreachableError):
                FileSecrets(tmp_path).find(name)
