"""Sign in with an OpenID Connect provider: the authorization code flow with PKCE, state and nonce.

What must stay true: a state ends one sign-in; a token is believed only as `identity.id_tokens` says; whoever
was removed from the mesh does not come back by signing in; an address that is given to another account of the
provider does not inherit what the first one was granted. The door keeps `state` in the browser too and
compares it, so that nobody is signed in as another by a link.
"""

import json
import re
from collections.abc import Mapping
from secrets import token_urlsafe
from time import monotonic
from typing import Any

from meshwright.app.identity.pending import Begun, pending_of
from meshwright.app.identity.principals import (
    Record,
    find_principal,
    records_of,
    was_removed,
)
from meshwright.app.identity.provider import ProviderClient, provider_of
from meshwright.app.identity.proving import Proven, by_token, require_scope
from meshwright.app.wiring import Wiring
from meshwright.errors import DeniedError
from meshwright.identity.claims import SUBJECT, Claimed, claimed, source_of
from meshwright.identity.id_tokens import LONGEST, Expected, invalid, read_token
from meshwright.identity.tokens import PREFIX
from meshwright.model.facts import PrincipalAdded
from meshwright.model.principal import Principal
from meshwright.spi.state_store import Reader


def has_provider(wiring: Wiring) -> bool:
    """Say whether people can sign in with a provider."""
    return wiring.mesh.identity.provider is not None


def begin(wiring: Wiring, redirect_uri: str) -> tuple[str, str]:
    """Begin a sign-in: return where the browser is sent, and the state that it must bring back."""
    client = provider_of(wiring)
    state, nonce, verifier = token_urlsafe(32), token_urlsafe(32), token_urlsafe(64)
    url = client.authorization_url(redirect_uri, state, nonce, verifier)
    pending_of(wiring).keep(state, Begun(redirect_uri, nonce, verifier, monotonic()))
    return url, state


def finish(wiring: Wiring, state: str, code: str, issuer: str = "") -> Proven:
    """End a sign-in with what the browser brought back; `issuer` is its parameter `iss` (RFC 9207).

    Raises `DeniedError` (`state-unknown`, `provider-token-invalid`, `sign-in-refused`…) and
    `UnreachableError` (`provider-refused`, `provider-unusable`).
    """
    client = provider_of(wiring)
    begun = pending_of(wiring).take(state)
    if begun is None or not code or len(code) > LONGEST:
        raise DeniedError(
            "state-unknown", "this sign-in was not begun here, or is over", hint="begin it again"
        )
    says_issuer = client.metadata().get("authorization_response_iss_parameter_supported") is True
    if (issuer or says_issuer) and issuer != client.provider.issuer:
        raise invalid("another issuer answered")
    tokens = client.fetch_tokens(code, begun.redirect_uri, begun.verifier)
    claims = _claims(wiring, client, str(tokens.get("id_token") or ""), nonce=begun.nonce)
    said = _with_user_info(client, claims, str(tokens.get("access_token") or ""))
    return Proven(_known(wiring, client, claimed(client.provider, said)))


def by_bearer(wiring: Wiring, text: str, scope: str = "") -> Proven:
    """Return who a bearer token of a request proves: one of ours, or a signed one of the provider."""
    if text.startswith(PREFIX) or not has_provider(wiring) or text.count(".") != 2:
        return by_token(wiring, text, scope)
    client = provider_of(wiring)
    claims = _claims(wiring, client, text)
    principal = _signed_in_before(wiring, client, claims)
    if principal is None:
        principal = _known(wiring, client, claimed(client.provider, claims))
    proven = Proven(principal)
    require_scope(proven, scope)
    return proven


def _claims(
    wiring: Wiring, client: ProviderClient, text: str, nonce: str | None = None
) -> dict[str, Any]:
    provider = client.provider
    audiences = () if nonce is not None else provider.audiences
    now = int(wiring.now().timestamp())
    expected = Expected(provider.issuer, provider.client_id, audiences, now, nonce)
    return read_token(text, client.keys, expected)


def _with_user_info(
    client: ProviderClient, claims: Mapping[str, Any], access_token: str
) -> Mapping[str, Any]:
    """Return the claims with those that the provider gives at its other address only."""
    wanted = ("email", client.provider.groups_claim, *client.provider.attributes.values())
    if not access_token or all(name in claims for name in wanted):
        return claims
    more = client.user_info(access_token)
    if more.get("sub") != claims["sub"]:
        return claims  # of somebody else, or of nobody
    return {**more, **claims}


def _signed_in_before(
    wiring: Wiring, client: ProviderClient, claims: Mapping[str, Any]
) -> Principal | None:
    """Return whom a sign-in named, for an access token that has a subject and no more."""
    if "email" in claims or client.provider.groups_claim in claims:
        return None
    with wiring.store.read() as reader:
        names = _names_of(reader, source_of(client.provider), str(claims["sub"]))
        found = (find_principal(wiring, reader, name) for name in names)
        return next((one for one in found if one is not None), None)


def _names_of(reader: Reader, source: str, subject: str) -> list[str]:
    """Return the principals, removed or not, that an account of the provider was."""
    like = f"%{re.sub('[^A-Za-z0-9]+', '%', subject)}%"
    rows = reader.rows(
        "SELECT principal, attributes FROM principals WHERE source = ? AND attributes LIKE ?",
        [source, like],
    )
    return [
        str(name)
        for name, attributes in rows
        if json.loads(str(attributes)).get(SUBJECT) == subject
    ]


def _known(wiring: Wiring, client: ProviderClient, said: Claimed) -> Principal:
    """Return the principal, and record what the provider says where that is new."""
    source = source_of(client.provider)
    record = Record(
        said.name, said.title, said.teams, said.roles, dict(said.attributes), source, ""
    )
    with wiring.store.read() as reader:
        is_new = _require_same(reader, record)
        found = None if is_new else find_principal(wiring, reader, said.name)
    if found is None:
        with wiring.store.write() as writer:
            if _require_same(writer, record):
                wiring.ledger.append(writer, [_added(record)], actor=said.name)
            found = find_principal(wiring, writer, said.name)
    if found is None:
        raise _refused(said.name)
    return found


def _require_same(reader: Reader, said: Record) -> bool:
    """Say whether a provider says something new; raise `DeniedError` (`sign-in-refused`).

    Whoever was removed under one name does not come back under another one: an account is one by its subject.
    """
    names = (said.principal, *_names_of(reader, said.source, said.attributes[SUBJECT]))
    gone = next((name for name in names if was_removed(reader, name)), None)
    if gone is not None:
        raise _refused(gone)
    live = (one for one in records_of(reader, said.principal) if not one.removed_at)
    before = next((record for record in live if record.source == said.source), None)
    if before is not None and before.attributes.get(SUBJECT) != said.attributes[SUBJECT]:
        raise _refused(said.principal)
    return before != said


def _added(record: Record) -> PrincipalAdded:
    return PrincipalAdded(
        record.principal,
        record.title,
        list(record.teams),
        list(record.roles),
        record.attributes,
        record.source,
    )


def _refused(name: str) -> DeniedError:
    return DeniedError(
        "sign-in-refused",
        f"`{name}` was removed from this mesh, or was another account of the provider",
        hint=f"an administrator lets them in: mesh user remove {name}, then mesh user add {name}",
    )
