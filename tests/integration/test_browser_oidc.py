"""Sign in at a server with a real OpenID Connect provider, as a browser does."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.integration.test_oidc import configure
from tests.oidc.running import SECRET, Running, running
from tests.serving import Serving, serving

BEGIN, BACK = "/login/oidc", "/login/oidc/callback"


@pytest.fixture(scope="module")
def provider() -> Iterator[Running]:
    with running() as started:
        yield started


@pytest.fixture
def server(shop: Path, provider: Running, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serving]:
    monkeypatch.setenv("OIDC_SECRET", SECRET)
    configure(shop, provider.issuer)
    with serving(shop) as found:
        yield found


def brought_back(server: Serving, provider: Running, browser: httpx.Client) -> dict[str, str]:
    sent = browser.get(f"{server.url}{BEGIN}")
    assert sent.status_code == 303
    return provider.sign_in(sent.headers["location"], "u-ada", f"{server.url}{BACK}")


def test_a_person_signs_in_with_a_browser(server: Serving, provider: Running) -> None:
    with httpx.Client(trust_env=False) as browser:
        answer = browser.get(f"{server.url}{BACK}", params=brought_back(server, provider, browser))
    assert answer.status_code == 200, answer.text
    me = server.get("/api/v1/me", token=answer.json()["token"]).json()
    assert me["principal"] == "person:ada@example.com"
    assert "team:analysts" in me["teams"]


def test_a_link_signs_no_other_browser_in(server: Serving, provider: Running) -> None:
    """Whoever is sent the address of somebody's sign-in is not signed in as them."""
    with httpx.Client(trust_env=False) as browser, httpx.Client(trust_env=False) as other:
        back = brought_back(server, provider, browser)
        assert other.get(f"{server.url}{BACK}", params=back).status_code >= 400
        assert browser.get(f"{server.url}{BACK}", params=back).status_code == 200
        assert browser.get(f"{server.url}{BACK}", params=back).status_code >= 400
