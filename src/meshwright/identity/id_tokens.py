"""Signed tokens of an OpenID Connect provider: whose they are, or why they are not believed.

What must stay true: the algorithm is one of this list whatever the token says, so none, and no secret that is
a public key, ever verifies; issuer, audience, end and (at a sign-in) nonce are held against what is expected.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hmac import compare_digest
from typing import TYPE_CHECKING, Any

from meshwright.errors import DeniedError

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

ALGORITHMS = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "Ed25519",
)
LONGEST = 16_384
LEEWAY = 60  # seconds by which two clocks may differ
Keys = Callable[[bool], Mapping[str, Any]]  # the provider's keys; True: looked up anew


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token is held against. `nonce` None: it is no sign-in, so there is none to compare."""

    issuer: str
    client_id: str
    audiences: Sequence[str]
    now: int
    nonce: str | None = None


def read_token(text: str, keys: Keys, expected: Expected) -> dict[str, Any]:
    """Return the claims of a token; raise `DeniedError` (`provider-token-invalid`, `…-expired`)."""
    from joserfc.errors import ExpiredTokenError, JoseError

    if len(text) > LONGEST:
        raise invalid("it is too long")
    try:
        claims = _verified(text, keys)
        _check(claims, expected)
    except ExpiredTokenError:
        raise DeniedError(
            "provider-token-expired", "the provider's token expired", hint="sign in again"
        ) from None
    except JoseError as error:
        raise invalid(str(error.error or type(error).__name__).replace("_", " ")) from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise invalid("it is malformed") from None
    return claims


def invalid(why: str) -> DeniedError:
    """Return the refusal of a token; `why` never repeats what is in it."""
    return DeniedError("provider-token-invalid", f"the provider's token is refused: {why}")


def _verified(text: str, keys: Keys) -> dict[str, Any]:
    from joserfc import jwt
    from joserfc.errors import BadSignatureError, JoseError

    try:
        return dict(jwt.decode(text, _key_set(keys(False)), algorithms=ALGORITHMS).claims)
    except BadSignatureError:
        raise
    except (JoseError, ValueError) as error:
        newer = keys(True)  # a provider turns its keys now and then
        if not newer:
            raise error from None
        return dict(jwt.decode(text, _key_set(newer), algorithms=ALGORITHMS).claims)


def _key_set(document: Mapping[str, Any]) -> "KeySet":
    """Return the public keys that sign; a provider may list others, and kinds that are not known here."""
    from joserfc.errors import JoseError
    from joserfc.jwk import JWKRegistry, KeySet

    found = []
    for raw in document.get("keys", ()):
        if raw.get("use", "sig") == "sig" and raw.get("kty") in ("RSA", "EC", "OKP"):
            try:
                found.append(JWKRegistry.import_key(raw))
            except (JoseError, ValueError, KeyError):
                continue
    return KeySet(found)


def _check(claims: dict[str, Any], expected: Expected) -> None:
    from joserfc.errors import InvalidClaimError
    from joserfc.jwt import JWTClaimsRegistry

    JWTClaimsRegistry(
        now=expected.now,
        leeway=LEEWAY,
        iss={"essential": True, "value": expected.issuer},
        sub={"essential": True},
        aud={"essential": True, "values": [expected.client_id, *expected.audiences]},
        exp={"essential": True},
    ).validate(claims)
    if claims["iss"] != expected.issuer:
        raise InvalidClaimError("iss")
    audience, party = claims["aud"], claims.get("azp")
    if (
        isinstance(audience, list)
        and len(audience) > 1
        and expected.nonce is not None
        and party is None
    ):
        raise InvalidClaimError("azp")
    if expected.nonce is not None:
        said = claims.get("nonce")
        if party is not None and party != expected.client_id:
            raise InvalidClaimError("azp")
        if not isinstance(said, str) or not compare_digest(said.encode(), expected.nonce.encode()):
            raise InvalidClaimError("nonce")
