"""What a provider says of somebody, as a principal."""

from dataclasses import replace
from typing import Any

import pytest

from meshwright.errors import DeniedError
from meshwright.identity.claims import claimed
from meshwright.model.identity import Provider

PROVIDER = Provider("https://id.example.com/realms/a", "mesh", attributes={"unit": "department"})
ADA = {"sub": "u-1", "email": "Ada@Example.com", "email_verified": True, "name": "Ada"}
BY_SUBJECT = "person:oidc|id.example.com%2Frealms%2Fa|u-1"


def name(claims: dict[str, Any], provider: Provider = PROVIDER) -> str:
    return claimed(provider, claims).name


def test_a_verified_address_names_a_person() -> None:
    assert name(ADA) == "person:ada@example.com"


@pytest.mark.parametrize("verified", [False, None, "true", 1, "false", []])
def test_an_address_that_nobody_verified_names_nobody(verified: object) -> None:
    assert name({**ADA, "email_verified": verified}) == BY_SUBJECT


@pytest.mark.parametrize(
    "email",
    [
        "",
        "ada",
        "a@b@example.com",
        "person:x@example.com",
        "a b@example.com",
        "\u0430@example.com",
        7,
        ["x"],
        "ada@example.com\n",
        "oidc|x@example.com",
        "ada@exa\u202emple.com",
        "team:x",
        "a" * 300 + "@example.com",
    ],
)
def test_what_is_no_plain_address_names_nobody(email: object) -> None:
    assert name({**ADA, "email": email}) == BY_SUBJECT


def test_a_provider_speaks_for_its_domains_alone() -> None:
    own = replace(PROVIDER, email_domains=("example.com",))
    assert name(ADA, own) == "person:ada@example.com"
    for email in (
        "ada@evil.com",
        "ada@sub.example.com",
        "ada@example.com.evil.com",
        "ada@notexample.com",
    ):
        assert name({**ADA, "email": email}, own) == BY_SUBJECT


def test_no_subject_of_one_issuer_is_a_name_of_another_s() -> None:
    other = replace(PROVIDER, issuer="https://id.example.com/realms")
    names = {
        name({"sub": "a|b"}),
        name({"sub": "b"}, replace(PROVIDER, issuer="https://id.example.com/realms/a|a")),
        name({"sub": "a|a|b"}, other),
        name({"sub": "/a|b"}, other),
        name({"sub": "ada@example.com"}),
        name({"sub": "person:ada@example.com"}),
    }
    assert len(names) == 6
    assert all(one.startswith("person:oidc|") for one in names)


@pytest.mark.parametrize("subject", [None, "", 7, ["u-1"], "x" * 256])
def test_without_a_subject_there_is_nobody(subject: object) -> None:
    with pytest.raises(DeniedError):
        claimed(PROVIDER, {**ADA, "sub": subject})


def test_groups_become_teams() -> None:
    said = claimed(
        PROVIDER, {**ADA, "groups": ["analysts", "mesh admins", 7, "x" * 999, "", "a:b"]}
    )
    assert said.teams == ("team:a%3Ab", "team:analysts", "team:mesh%20admins")
    assert claimed(PROVIDER, {**ADA, "groups": "one"}).teams == ("team:one",)
    assert claimed(PROVIDER, {**ADA, "groups": {"analysts": 1}}).teams == ()


def test_where_groups_are_mapped_no_other_counts() -> None:
    mapped = replace(
        PROVIDER, teams={"mesh admins": "fleet"}, roles={"mesh admins": "administrator"}
    )
    said = claimed(mapped, {**ADA, "groups": ["analysts", "mesh admins", "sales"]})
    assert (said.teams, said.roles) == (("team:fleet",), ("administrator",))


def test_no_claim_gives_a_role_that_mesh_yaml_does_not() -> None:
    said = claimed(PROVIDER, {**ADA, "groups": ["administrator"], "roles": ["administrator"]})
    assert said.roles == ()


def test_attributes_are_those_that_were_asked_for_short_and_harmless() -> None:
    said = claimed(PROVIDER, {**ADA, "department": "x\n" * 500, "salary": "1"})
    assert set(said.attributes) == {"unit", "subject"}
    assert len(said.attributes["unit"]) == 64
    assert said.attributes["unit"].isprintable()


def test_a_flood_of_groups_is_cut() -> None:
    said = claimed(PROVIDER, {**ADA, "groups": [f"g{n}" for n in range(100_000)]})
    assert len(said.teams) == 1000
