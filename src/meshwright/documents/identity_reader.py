"""Read `identity` of mesh.yaml, and the file of groups that it names."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from meshwright.documents.document import Document
from meshwright.model.identity import LOCAL_ONLY, IdentitySources, Provider
from meshwright.model.json_value import Json
from meshwright.model.problem import Problem
from meshwright.model.secret import without_references


def read_identity(root: Path, said: Json | None) -> IdentitySources:
    """Return what is said of identity; it is free of errors."""
    if not isinstance(said, Mapping):
        return LOCAL_ONLY
    groups, oidc = said.get("groups"), said.get("oidc")
    return IdentitySources(
        groups=root / groups if isinstance(groups, str) else None,
        provider=_provider(oidc) if isinstance(oidc, Mapping) else None,
    )


def read_groups(document: Document) -> dict[str, tuple[str, ...]]:
    """Return the members of each team, as they are written; none where the file is broken."""
    if document.is_broken:
        return {}
    return dict(_groups(document.raw))


def identity_problems(document: Document, said: Json | None) -> list[Problem]:
    """Find a client's secret that is written out; it is not repeated."""
    oidc = said.get("oidc") if isinstance(said, dict) else None
    secret = oidc.get("client_secret") if isinstance(oidc, dict) else None
    if not isinstance(secret, str) or not without_references(secret).strip():
        return []
    path = ("identity", "oidc", "client_secret")
    text = "`client_secret` holds what is no reference to a secret"
    hint = "write `${env:OIDC_CLIENT_SECRET}` or `${file:PATH}`"
    return [document.problem("secret-in-file", text, path, hint=hint)]


def groups_problems(document: Document) -> list[Problem]:
    """Find members that one team names twice."""
    found = []
    for team, members in _groups(document.raw):
        for index, member in enumerate(members):
            if member in members[:index]:
                text = f"`{member}` is in `{team}` twice"
                hint = "keep one of them"
                path = (team, index)
                found.append(
                    document.problem("member-duplicate", text, path, hint=hint, severity="warning")
                )
    return found


def _groups(raw: Json) -> Iterator[tuple[str, tuple[str, ...]]]:
    for team, members in raw.items() if isinstance(raw, dict) else ():
        yield team, _texts(members)


def _provider(raw: Mapping[str, Json]) -> Provider:
    default = Provider("", "")
    return Provider(
        issuer=str(raw["issuer"]),
        client_id=str(raw["client_id"]),
        client_secret=str(raw.get("client_secret") or ""),
        scopes=_texts(raw.get("scopes")) or default.scopes,
        groups_claim=str(raw.get("groups_claim") or default.groups_claim),
        teams=_pairs(raw.get("teams")),
        roles=_pairs(raw.get("roles")),
        attributes=_pairs(raw.get("attributes")),
        email_domains=tuple(name.lower() for name in _texts(raw.get("email_domains"))),
        audiences=_texts(raw.get("audiences")),
        title=str(raw.get("title") or ""),
    )


def _texts(value: Json | None) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()


def _pairs(value: Json | None) -> dict[str, str]:
    return {key: str(text) for key, text in value.items()} if isinstance(value, dict) else {}
