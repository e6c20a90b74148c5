"""Sign in at a server with a real OpenID Connect provider, as a browser does."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.integration.test_oidc import configure
from tests.oidc.running import SECRET, Running, running
from tests.serving import Serving, serving

BEGIN, BACK = "/login/oidc", "/login/oidc/callback"
FROM_ANOTHER_SITE = {
    "Sec-Fetch-Site": "cross-site",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
}


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


def brought_back(
    server: Serving, provider: Running, browser: httpx.Client, **words: str
) -> dict[str, str]:
    sent = browser.get(f"{server.url}{BEGIN}", params=words)
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


def test_who_begins_on_a_page_ends_on_it_with_the_session_in_a_cookie(
    server: Serving, provider: Running
) -> None:
    with httpx.Client(trust_env=False) as browser:
        back = brought_back(server, provider, browser, to="/access?view=mine")
        done = browser.get(f"{server.url}{BACK}", params=back, headers=FROM_ANOTHER_SITE)
        assert (done.status_code, done.headers["location"]) == (303, "/access?view=mine")
        cookie = done.headers.get_list("set-cookie")[0].lower()
        assert cookie.startswith("mesh-session=")
        assert "httponly" in cookie
        assert "mesh-session-" not in done.text, "no script can read the token"
        page = browser.get(f"{server.url}/access", headers={"Accept": "text/html"})
        assert page.status_code == 200
        assert "person:ada@example.com" in page.text
        plain = brought_back(server, provider, browser)
        assert "token" in browser.get(f"{server.url}{BACK}", params=plain).json(), "for programs"


@pytest.mark.parametrize(
    "to",
    ["web", "https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"],
)
def test_a_sign_in_ends_on_no_other_site(server: Serving, provider: Running, to: str) -> None:
    with httpx.Client(trust_env=False) as browser:
        back = brought_back(server, provider, browser, to=to)
        browser.cookies.set("mesh-login-to", to, domain="127.0.0.1", path=BEGIN)
        done = browser.get(f"{server.url}{BACK}", params=back)
        assert (done.status_code, done.headers["location"]) == (303, "/")


def test_a_sign_in_that_fails_is_told_on_a_page(server: Serving) -> None:
    with httpx.Client(trust_env=False) as browser:
        failed = browser.get(
            f"{server.url}{BACK}",
            params={"state": "x", "code": "y"},
            headers={"Accept": "text/html"},
        )
    assert failed.status_code == 403
    assert "<h1>This did not work</h1>" in failed.text
    assert "begin it again" in failed.text
