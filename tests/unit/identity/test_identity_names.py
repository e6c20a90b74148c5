"""Names of principals: what is one, and what is refused with a clear word."""

import pytest

from meshwright.errors import UsageError
from meshwright.identity.names import parse_name, shown


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ada@example.com", "person:ada@example.com"),
        ("person:ada@example.com", "person:ada@example.com"),
        ("service:bi", "service:bi"),
        ("product:sales.orders", "product:sales.orders"),
        ("person:oidc|id.example.com|auth0%7C12", "person:oidc|id.example.com|auth0%7C12"),
    ],
)
def test_a_name_is_a_kind_and_an_id(text: str, name: str) -> None:
    assert parse_name(text) == name


def test_the_kind_that_is_meant_can_be_another() -> None:
    assert parse_name("fleet", "team") == "team:fleet"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "person:",
        "robot:r2",
        "person:a b",
        "person:a\nb",
        "person:a\x00",
        "person:a:b",
        "person:a/b",
        "person:\u0430da@example.com",  # a Cyrillic a
        "person:ada\u202e",
        "-x",
        "person:" + "a" * 201,
        "a" * 1_000_000,
        "' or 1=1 --",
    ],
)
def test_what_is_no_name_is_refused_in_one_short_line(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_name(text)
    assert refused.value.code == "principal-invalid"
    assert len(refused.value.message) < 200
    assert refused.value.message.isprintable()


def test_what_somebody_typed_is_repeated_short_and_harmless() -> None:
    assert shown("a\r\nb\x1b[31m") == "a??b?[31m"
    assert len(shown("x" * 10_000)) == 64
