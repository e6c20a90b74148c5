"""Passwords: argon2id, and never a way to find out by asking."""

import pytest

from meshwright.errors import UsageError
from meshwright.identity import passwords


def test_a_password_is_kept_as_argon2id_and_verified() -> None:
    kept = passwords.hash_password("correct horse battery")
    assert kept.startswith("$argon2id$")
    assert "horse" not in kept
    assert passwords.verify(kept, "correct horse battery")
    assert not passwords.verify(kept, "correct horse batterz")
    assert not passwords.is_outdated(kept)


def test_nobody_has_a_password_whatever_is_tried() -> None:
    assert not passwords.verify("", "")
    assert not passwords.verify("", "correct horse battery")
    assert not passwords.verify("not argon2", "x")


def test_a_password_without_end_is_refused_before_it_is_hashed() -> None:
    kept = passwords.hash_password("correct horse battery")
    assert not passwords.verify(kept, "x" * 10_000_000)


@pytest.mark.parametrize(
    "password", ["", "short", "aaaaaaaaaaaaaaaa", "x" * 1025, "tab\tin it, twelve"]
)
def test_what_cannot_be_used_is_refused_without_repeating_it(password: str) -> None:
    with pytest.raises(UsageError) as refused:
        passwords.require_good(password)
    assert refused.value.code in ("password-weak", "password-invalid")
    assert not password or password not in str(refused.value)


def test_a_made_password_is_good() -> None:
    made = passwords.new_password()
    passwords.require_good(made)
    assert made != passwords.new_password()
