"""Keys of masks: secret, stable, and unlinkable across domains and purposes."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from meshwright.app.governed.keys import Keys
from meshwright.errors import UnreachableError
from meshwright.model.access import Mask

KINDS = ("token-domain", "token-purpose", "sha-256-global", "sha-256-query-local")
MASKS = [Mask(kind) for kind in (*KINDS, "replace-with-null")]


def keys(folder: Path, purpose: str = "") -> Keys:
    wiring: Any = SimpleNamespace(mesh=SimpleNamespace(state=folder))
    return Keys(wiring, purpose)


def test_a_key_for_every_kind_that_takes_one_and_no_two_alike(tmp_path: Path) -> None:
    made = keys(tmp_path).of("loyalty", MASKS)
    assert set(made) == set(KINDS)
    assert len(set(made.values())) == len(KINDS)
    assert all(len(key) == 32 for key in made.values())


def test_the_same_key_tomorrow_and_another_for_another_domain_or_purpose(tmp_path: Path) -> None:
    one, again = keys(tmp_path, "a").of("loyalty", MASKS), keys(tmp_path, "a").of("loyalty", MASKS)
    domain, purpose = (
        keys(tmp_path, "a").of("fleet", MASKS),
        keys(tmp_path, "b").of("loyalty", MASKS),
    )
    for kind, is_same, in_domain, in_purpose in (
        ("token-domain", True, False, True),
        ("token-purpose", True, False, False),
        ("sha-256-global", True, True, True),
        ("sha-256-query-local", False, False, False),
    ):
        assert (one[kind] == again[kind]) is is_same
        assert (one[kind] == domain[kind]) is in_domain
        assert (one[kind] == purpose[kind]) is in_purpose


def test_secrets_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    keys(tmp_path).of("loyalty", MASKS)
    files = sorted((tmp_path / "keys" / "masks").iterdir())
    assert [file.name for file in files] == ["_mesh.key", "loyalty.key"]
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in files)
    assert all(len(file.read_bytes()) == 32 for file in files)


def test_a_fingerprint_changes_with_the_secret_and_does_not_tell_it(tmp_path: Path) -> None:
    before = keys(tmp_path).fingerprint("loyalty")
    assert before == keys(tmp_path).fingerprint("loyalty")
    path = tmp_path / "keys" / "masks" / "loyalty.key"
    assert path.read_bytes().hex()[:12] not in before
    path.unlink()
    assert keys(tmp_path).fingerprint("loyalty") != before


def test_a_broken_secret_is_an_error_and_never_a_weak_key(tmp_path: Path) -> None:
    keys(tmp_path).of("loyalty", MASKS)
    (tmp_path / "keys" / "masks" / "loyalty.key").write_bytes(b"short")
    with pytest.raises(UnreachableError):
        keys(tmp_path).of("loyalty", MASKS)


def test_a_purpose_is_the_same_in_whatever_case_it_is_said(tmp_path: Path) -> None:
    said = [
        keys(tmp_path, text).of("loyalty", [Mask("token-purpose")]) for text in ("churn", "Churn ")
    ]
    assert said[0] == said[1]
