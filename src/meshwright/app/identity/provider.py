"""Talk to the OpenID Connect provider of mesh.yaml: what it says of itself, its keys, and its tokens.

What must stay true: nothing is sent to, and no key taken from, an address that the provider's own document
does not give over TLS (or this machine's loopback); answers are short, redirects are not followed; a flood of
unknown keys makes no flood of requests.
"""

from collections.abc import Mapping
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from meshwright.app.wiring import Wiring
from meshwright.errors import UnreachableError, UsageError
from meshwright.model.identity import Provider

if TYPE_CHECKING:
    import httpx

SECONDS, LONGEST = 10.0, 1_000_000
KEPT_SECONDS, AGAIN_SECONDS = 3600.0, 30.0
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class ProviderClient:
    """The provider of one mesh; may be used from several threads."""

    def __init__(self, wiring: Wiring, provider: Provider) -> None:
        self.provider = provider
        self._secrets = wiring.secrets
        self._lock = Lock()
        self._metadata: tuple[float, Mapping[str, Any]] | None = None
        self._keys: tuple[float, Mapping[str, Any]] | None = None

    def metadata(self) -> Mapping[str, Any]:
        """Return what the provider says of itself; raise `UnreachableError` (`provider-unusable`)."""
        with self._lock:
            if self._metadata is None or monotonic() - self._metadata[0] > KEPT_SECONDS:
                self._metadata = (monotonic(), self._discover())
            return self._metadata[1]

    def keys(self, anew: bool = False) -> Mapping[str, Any]:
        """Return the provider's public keys; with `anew` read again, or {} if that was done just now."""
        url = str(self.metadata()["jwks_uri"])
        with self._lock:
            age = monotonic() - self._keys[0] if self._keys else KEPT_SECONDS + 1
            if anew and age < AGAIN_SECONDS:
                return {}
            if anew or age > KEPT_SECONDS or self._keys is None:
                self._keys = (monotonic(), self._get_json(url))
            return self._keys[1]

    def authorization_url(self, redirect_uri: str, state: str, nonce: str, verifier: str) -> str:
        """Return where a person signs in, with PKCE."""
        with self._oauth(redirect_uri) as client:
            url, _ = client.create_authorization_url(
                str(self.metadata()["authorization_endpoint"]),
                state=state,
                code_verifier=verifier,
                nonce=nonce,
            )
        return str(url)

    def fetch_tokens(self, code: str, redirect_uri: str, verifier: str) -> Mapping[str, Any]:
        """Exchange a code for tokens; raise `UnreachableError` (`provider-refused`)."""
        from authlib.common.errors import AuthlibBaseError
        from httpx import HTTPError

        try:
            with self._oauth(redirect_uri) as client:
                found = client.fetch_token(
                    str(self.metadata()["token_endpoint"]),
                    code=code,
                    code_verifier=verifier,
                    grant_type="authorization_code",
                )
        except AuthlibBaseError as error:
            raise self._failed("provider-refused", f"it answered `{error.error}`") from None
        except (HTTPError, ValueError) as error:
            raise self._failed("provider-unusable", type(error).__name__) from None
        return dict(found)

    def user_info(self, access_token: str) -> Mapping[str, Any]:
        """Return what the provider says of who an access token is for; {} where it says nothing."""
        url = self.metadata().get("userinfo_endpoint")
        if not url:
            return {}
        return self._get_json(str(url), {"Authorization": f"Bearer {access_token}"})

    def _discover(self) -> Mapping[str, Any]:
        from authlib.oidc.discovery import OpenIDProviderMetadata, get_well_known_url

        issuer = self.provider.issuer
        found = self._get_json(get_well_known_url(issuer, external=True))
        if found.get("issuer") != issuer:
            raise self._failed(
                "provider-unusable", f"it calls itself another issuer than `{issuer}`"
            )
        for key in ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"):
            url = found.get(key)
            if url is None and key == "userinfo_endpoint":
                continue
            if not isinstance(url, str) or not self._is_safe(url):
                raise self._failed("provider-unusable", f"its `{key}` is missing or not https")
        metadata: Mapping[str, Any] = OpenIDProviderMetadata(found)
        return metadata

    def _is_safe(self, url: str) -> bool:
        """Say whether an address is https; that of an issuer on this machine may be on this machine."""
        parts = urlsplit(url)
        is_local = urlsplit(self.provider.issuer).hostname in _LOOPBACK
        return parts.scheme == "https" or (is_local and parts.hostname in _LOOPBACK)

    def _get_json(self, url: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        import json

        import httpx

        try:
            with (
                httpx.Client(timeout=SECONDS, follow_redirects=False) as client,
                client.stream("GET", url, headers=dict(headers or {})) as answer,
            ):
                text = self._read(answer)
            found = json.loads(text)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError) as error:
            raise self._failed("provider-unusable", type(error).__name__) from None
        if not isinstance(found, dict):
            raise self._failed("provider-unusable", "its answer is no JSON object")
        return found

    def _read(self, answer: "httpx.Response") -> bytes:
        if answer.status_code != 200:
            raise self._failed("provider-unusable", f"it answered {answer.status_code}")
        text = b""
        for part in answer.iter_bytes():
            text += part
            if len(text) > LONGEST:
                raise self._failed("provider-unusable", "its answer is too long")
        return text

    def _oauth(self, redirect_uri: str) -> Any:
        from authlib.integrations.httpx_client import OAuth2Client

        provider = self.provider
        secret = self._secrets.fill(provider.client_secret) if provider.client_secret else None
        return OAuth2Client(
            client_id=provider.client_id,
            client_secret=secret,
            token_endpoint_auth_method=self._how(secret),
            code_challenge_method="S256",
            scope=" ".join(provider.scopes),
            redirect_uri=redirect_uri,
            timeout=SECONDS,
            follow_redirects=False,
        )

    def _how(self, secret: str | None) -> str:
        if secret is None:
            return "none"
        known = self.metadata().get("token_endpoint_auth_methods_supported") or ()
        only_posts = "client_secret_post" in known and "client_secret_basic" not in known
        return "client_secret_post" if only_posts else "client_secret_basic"

    def _failed(self, code: str, why: str) -> UnreachableError:
        return UnreachableError(
            code,
            f"the provider `{self.provider.issuer}` cannot be used: {why}",
            hint="`identity.oidc` in mesh.yaml names it",
        )


_CLIENTS: "WeakKeyDictionary[Wiring, ProviderClient]" = WeakKeyDictionary()


def provider_of(wiring: Wiring) -> ProviderClient:
    """Return the provider of a mesh; raise `UsageError` (`provider-missing`) where it has none."""
    provider = wiring.mesh.identity.provider
    if provider is None:
        raise UsageError(
            "provider-missing",
            "this mesh has no provider of sign-ins",
            hint="identity: {oidc: {issuer: …, client_id: …}} in mesh.yaml",
        )
    known = _CLIENTS.get(wiring.origin)
    if known is None or known.provider != provider:
        known = _CLIENTS[wiring.origin] = ProviderClient(wiring.origin, provider)
    return known
