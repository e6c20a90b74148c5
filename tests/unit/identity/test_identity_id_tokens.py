"""Signed tokens of a provider: which are believed, and the ways in which others are forged."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

from meshwright.errors import DeniedError
from meshwright.identity.id_tokens import ALGORITHMS, Expected, read_token

KEY = RSAKey.generate_key(2048, {"kid": "one"})
OTHER = RSAKey.generate_key(2048, {"kid": "one"})
NOW = 1_800_000_000
SOUND = {
    "iss": "https://id.example.com",
    "aud": "mesh",
    "sub": "u-1",
    "exp": NOW + 300,
    "iat": NOW,
    "nonce": "a nonce",
}
EXPECTED = Expected("https://id.example.com", "mesh", ("api",), NOW, "a nonce")
BEARER = Expected("https://id.example.com", "mesh", ("api",), NOW)


def keys(anew: bool = False) -> Mapping[str, Any]:
    return {} if anew else {"keys": [KEY.as_dict(private=False)]}


def signed(changes: Mapping[str, Any] | None = None, key: Any = KEY, alg: str = "RS256") -> str:
    claims = {
        name: value for name, value in {**SOUND, **(changes or {})}.items() if value is not None
    }
    return jwt.encode({"alg": alg, "kid": "one"}, claims, key, algorithms=[alg])


def code(text: str, expected: Expected = EXPECTED) -> str:
    with pytest.raises(DeniedError) as refused:
        read_token(text, keys, expected)
    return refused.value.code


def part(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def test_a_sound_token_is_believed() -> None:
    assert read_token(signed(), keys, EXPECTED)["sub"] == "u-1"
    assert read_token(signed({"aud": "api", "nonce": None}), keys, BEARER)["sub"] == "u-1"
    assert read_token(signed({"aud": ["x", "mesh"], "azp": "mesh"}), keys, EXPECTED)


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example.com"},
        {"iss": "https://id.example.com/"},
        {"iss": ["https://id.example.com"]},
        {"iss": None},
        {"aud": "other"},
        {"aud": ["other"]},
        {"aud": None},
        {"aud": []},
        {"aud": {"mesh": 1}},
        {"aud": ["mesh", "other"]},
        {"aud": ["mesh", "other"], "azp": "other"},
        {"azp": "other"},
        {"sub": None},
        {"sub": 7},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": float("nan")},
        {"nbf": NOW + 1000},
        {"iat": NOW + 1000},
        {"nonce": None},
        {"nonce": "another nonce"},
        {"nonce": ["a nonce"]},
        {"nonce": ""},
    ],
)
def test_a_claim_that_is_not_as_expected_refuses_the_token(changes: dict[str, Any]) -> None:
    assert code(signed(changes)) == "provider-token-invalid"


def test_a_token_ends_when_it_says() -> None:
    assert read_token(signed({"exp": NOW - 59}), keys, EXPECTED)
    assert code(signed({"exp": NOW - 61})) == "provider-token-expired"


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE", ""])
def test_a_token_without_signature_is_refused(alg: str) -> None:
    body = f"{part({'alg': alg, 'kid': 'one'})}.{part(SOUND)}"
    for text in (
        f"{body}.",
        f"{body}.{part(b'x')}",
        body,
        f"{part({'kid': 'one'})}.{part(SOUND)}.",
    ):
        assert code(text) == "provider-token-invalid"


@pytest.mark.parametrize("secret", ["pem", "der", "jwk"])
def test_the_public_key_is_no_secret_of_hmac(secret: str) -> None:
    """The confusion of RS256 and HS256: what everybody knows would sign."""
    known = {
        "pem": KEY.as_pem(private=False),
        "der": KEY.as_der(private=False),
        "jwk": json.dumps(KEY.as_dict(private=False)).encode(),
    }[secret]
    for alg in ("HS256", "hs256"):
        body = f"{part({'alg': alg, 'kid': 'one'})}.{part(SOUND)}"
        signature = hmac.digest(known, body.encode(), hashlib.sha256)
        assert code(f"{body}.{part(signature)}") == "provider-token-invalid"


def test_a_symmetric_key_among_the_provider_s_is_passed_over() -> None:
    secret = {"kty": "oct", "k": part(b"s" * 32), "kid": "one"}
    body = f"{part({'alg': 'HS256', 'kid': 'one'})}.{part(SOUND)}"
    text = f"{body}.{part(hmac.digest(b's' * 32, body.encode(), hashlib.sha256))}"
    with pytest.raises(DeniedError):
        read_token(text, lambda anew: {"keys": [secret]}, EXPECTED)


def test_a_key_that_the_token_brings_along_is_not_used() -> None:
    header = {"alg": "RS256", "kid": "one", "jwk": OTHER.as_dict(private=False)}
    text = jwt.encode(header, SOUND, OTHER, algorithms=["RS256"])
    assert code(text) == "provider-token-invalid"
    for extra in ({"jku": "https://evil.example.com/keys"}, {"x5u": "https://evil.example.com"}):
        body = {"alg": "RS256", "kid": "one", **extra}
        assert (
            code(jwt.encode(body, SOUND, OTHER, algorithms=["RS256"])) == "provider-token-invalid"
        )


def test_another_key_a_changed_body_and_a_key_of_another_use_are_refused() -> None:
    assert code(signed(key=OTHER)) == "provider-token-invalid"
    header, _, signature = signed().split(".")
    assert code(f"{header}.{part({**SOUND, 'sub': 'u-2'})}.{signature}") == "provider-token-invalid"
    encrypting = {**KEY.as_dict(private=False), "use": "enc"}
    with pytest.raises(DeniedError):
        read_token(signed(), lambda anew: {"keys": [encrypting]}, EXPECTED)


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_every_algorithm_of_the_list_works(alg: str) -> None:
    curves = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
    key: Any = KEY
    if alg in curves:
        key = ECKey.generate_key(curves[alg], {"kid": "one"})
    elif alg == "Ed25519":
        key = OKPKey.generate_key("Ed25519", {"kid": "one"})
    text = signed(key=key, alg=alg)
    assert read_token(text, lambda anew: {"keys": [key.as_dict(private=False)]}, EXPECTED)


def test_keys_are_looked_up_anew_once_where_none_fits() -> None:
    asked: list[bool] = []

    def turned(anew: bool) -> Mapping[str, Any]:
        asked.append(anew)
        key = KEY if anew else RSAKey.generate_key(2048, {"kid": "old"})
        return {"keys": [key.as_dict(private=False)]}

    assert read_token(signed(), turned, EXPECTED)
    assert asked == [False, True]


def test_a_token_without_end_is_refused_before_it_is_read() -> None:
    def never(anew: bool) -> Mapping[str, Any]:
        raise AssertionError("no key is needed")

    with pytest.raises(DeniedError):
        read_token("a" * 10_000_000, never, EXPECTED)


@given(st.text(max_size=200) | st.lists(st.text(max_size=60), min_size=3, max_size=3).map(".".join))
@settings(max_examples=200, deadline=None)
def test_any_other_text_is_refused_in_one_way(text: str) -> None:
    assert code(text) == "provider-token-invalid"


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
        ),
    )
)
@settings(max_examples=100, deadline=None)
def test_any_other_header_is_refused_in_one_way(header: object) -> None:
    assert code(f"{part(header)}.{part(SOUND)}.{part(b'x' * 256)}") == "provider-token-invalid"
