"""What a provider says of somebody, as a principal: its name, teams, roles and attributes.

What must stay true: an e-mail address names a person only where the provider verified it and speaks for its
domain; whoever has none is named by issuer and subject, which no other issuer can say.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from meshwright.errors import DeniedError, MeshwrightError
from meshwright.identity.names import LONGEST, parse_name, shown
from meshwright.model.identity import Provider
from meshwright.model.principal import PERSON, ROLES, TEAM

MOST_GROUPS = 1000
SUBJECT = "subject"  # the attribute under which a provider's own name of somebody is kept
_EMAIL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+%=~-]*@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)")


@dataclass(frozen=True, slots=True)
class Claimed:
    """Somebody as a provider describes them."""

    name: str
    subject: str
    title: str
    teams: tuple[str, ...]
    roles: tuple[str, ...]
    attributes: Mapping[str, str]


def claimed(provider: Provider, claims: Mapping[str, Any]) -> Claimed:
    """Return the principal that claims describe; raise `DeniedError` (`claims-unusable`)."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject or len(subject) > 255:
        raise DeniedError("claims-unusable", "the provider does not say who signs in")
    groups = _groups(claims.get(provider.groups_claim))
    attributes = {
        key: shown(text)
        for key, claim in provider.attributes.items()
        if isinstance(text := claims.get(claim), str)
    }
    title = claims.get("name")
    return Claimed(
        _name(provider, subject, claims),
        subject,
        shown(title) if isinstance(title, str) else "",
        _teams(provider, groups),
        tuple(role for role in ROLES if role in {provider.roles.get(group) for group in groups}),
        {**attributes, SUBJECT: subject},
    )


def source_of(provider: Provider) -> str:
    """Return how facts name what a provider said."""
    return f"oidc:{provider.issuer}"


def _name(provider: Provider, subject: str, claims: Mapping[str, Any]) -> str:
    email = claims.get("email")
    if claims.get("email_verified") is True and isinstance(email, str) and len(email) <= LONGEST:
        found = _EMAIL.fullmatch(email)
        domains = provider.email_domains
        if found and (not domains or found[1].lower() in domains):
            return parse_name(f"{PERSON}:{email.lower()}")
    issuer = quote(provider.issuer.partition("://")[2].rstrip("/"), safe="")
    try:
        return parse_name(f"{PERSON}:oidc|{issuer}|{quote(subject, safe='@')}")
    except MeshwrightError:
        raise DeniedError(
            "claims-unusable", "the provider's name of who signs in is too long"
        ) from None


def _groups(said: object) -> tuple[str, ...]:
    listed = [said] if isinstance(said, str) else said if isinstance(said, list) else []
    return tuple(group for group in listed[:MOST_GROUPS] if isinstance(group, str))


def _teams(provider: Provider, groups: tuple[str, ...]) -> tuple[str, ...]:
    if provider.teams:
        named = [provider.teams[group] for group in groups if group in provider.teams]
    else:
        named = [quote(group, safe="@+|~=") for group in groups]
    found = set()
    for name in named:
        try:
            found.add(parse_name(f"{TEAM}:{name}"))
        except MeshwrightError:
            continue  # a group that no team can be called after
    return tuple(sorted(found))
