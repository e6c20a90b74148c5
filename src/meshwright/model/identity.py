"""Where a mesh learns who there is, beside its own ledger: a file of groups, and a provider of sign-ins."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Provider:
    """An OpenID Connect provider. `client_secret` is a reference to a secret, never the secret.

    `teams` is group -> team and, where it is said, no other group counts; `roles` is group -> role of the
    mesh; `attributes` is attribute -> claim. `email_domains`: whose e-mail addresses it speaks for (none
    said: all). `audiences`: for whom its access tokens may be made, beside `client_id`.
    """

    issuer: str
    client_id: str
    client_secret: str = ""
    scopes: tuple[str, ...] = ("openid", "email", "profile")
    groups_claim: str = "groups"
    teams: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    email_domains: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True)
class IdentitySources:
    """What mesh.yaml says of identity. `groups` is a file: team -> members."""

    groups: Path | None = None
    provider: Provider | None = None


LOCAL_ONLY = IdentitySources()
