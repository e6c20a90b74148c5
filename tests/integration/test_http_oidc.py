"""Signing in over HTTP with a real OpenID Connect provider, which the tests run."""

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from meshwright.serve.api.routes import provider as routes
from tests.oidc.running import CALLBACK, SECRET, Running, running
from tests.serving import Serving, error_of, serving

FROM_ANOTHER_SITE = {  # what a browser says that the provider sends back
    "Sec-Fetch-Site": "cross-site",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
}


@pytest.fixture(scope="module")
def provider() -> Iterator[Running]:
    with running() as started:
        yield started


@pytest.fixture(scope="module")
def server(served_shop: Path, provider: Running) -> Iterator[Serving]:
    with pytest.MonkeyPatch.context() as patching:
        patching.setenv("OIDC_SECRET", SECRET)
        said = yaml.safe_load((served_shop / "mesh.yaml").read_text())
        oidc = {
            "issuer": provider.issuer,
            "client_id": "mesh",
            "client_secret": "${env:OIDC_SECRET}",
        }
        said["identity"] = {"oidc": oidc}
        (served_shop / "mesh.yaml").write_text(yaml.safe_dump(said))
        with serving(served_shop) as found:
            yield found


def begin(server: Serving) -> str:
    """Go to the provider; the address it sends back to is the one that it knows of these tests."""
    real = routes.oidc.begin
    with patch.object(routes.oidc, "begin", lambda wiring, _: real(wiring, CALLBACK)):
        sent = server.get("/login/oidc", token="")
    assert sent.status_code == 303
    cookie = sent.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    return str(sent.headers["location"])


def test_who_signs_in_at_the_provider_has_a_session(server: Serving, provider: Running) -> None:
    back = provider.sign_in(begin(server), "u-ada")
    done = server.get(routes.BACK, token="", params=back, headers=FROM_ANOTHER_SITE)
    session = done.json()["token"]
    assert server.get("/api/v1/me", token=session).json()["principal"] == done.json()["principal"]
    again = server.get(routes.BACK, token="", params=back)
    assert error_of(again) == (403, "state-unknown"), "a state ends one sign-in"


def test_a_link_signs_nobody_in(server: Serving, provider: Running) -> None:
    """What the browser brings back counts only in the browser that began."""
    back = provider.sign_in(begin(server), "u-ada")
    server.client.cookies.clear()
    assert error_of(server.get(routes.BACK, token="", params=back)) == (403, "state-unknown")


def test_the_browser_is_sent_back_to_this_server(server: Serving) -> None:
    sent = server.get("/login/oidc", token="")
    words = parse_qs(urlsplit(sent.headers["location"]).query)
    assert words["redirect_uri"] == [f"{server.url}{routes.BACK}"]
    assert words["code_challenge_method"] == ["S256"]


def test_a_mesh_without_a_provider_says_so(shop: Path) -> None:
    with serving(shop) as plain:
        assert error_of(plain.get("/login/oidc", token="")) == (404, "provider-unknown")
