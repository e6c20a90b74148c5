"""Sign in with a real OpenID Connect provider, which the tests run."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import yaml

import meshwright
from meshwright.app.identity import users
from meshwright.app.identity.oidc import begin, by_bearer, finish
from meshwright.app.identity.pending import Begun, Pending, pending_of
from meshwright.app.identity.principals import find_principal
from meshwright.app.identity.provider import provider_of
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError, UnreachableError, UsageError
from meshwright.model.principal import Principal
from tests.oidc.running import CALLBACK, SECRET, Running, running


@pytest.fixture(scope="module")
def provider() -> Iterator[Running]:
    with running() as started:
        yield started


def configure(folder: Path, issuer: str, **more: Any) -> None:
    """Name the provider in mesh.yaml; its secret is in the environment."""
    said = yaml.safe_load((folder / "mesh.yaml").read_text())
    oidc = {"issuer": issuer, "client_id": "mesh", "client_secret": "${env:OIDC_SECRET}", **more}
    said["identity"] = {"oidc": {key: value for key, value in oidc.items() if value is not None}}
    (folder / "mesh.yaml").write_text(yaml.safe_dump(said))


@contextmanager
def opened(folder: Path, issuer: str, **more: Any) -> Iterator[Wiring]:
    configure(folder, issuer, **more)
    with meshwright.open(folder) as mesh:
        yield mesh.wiring


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OIDC_SECRET", SECRET)


@pytest.fixture
def wiring(shop: Path, provider: Running) -> Iterator[Wiring]:
    with opened(shop, provider.issuer, attributes={"unit": "department"}) as found:
        yield found


def sign_in(wiring: Wiring, provider: Running, who: str) -> Principal:
    url, _ = begin(wiring, CALLBACK)
    back = provider.sign_in(url, who)
    return finish(wiring, back["state"], back["code"], back["iss"]).principal


def code_of(act: Any) -> str:
    with pytest.raises(MeshwrightError) as refused:
        act()
    return refused.value.code


def tokens(
    wiring: Wiring, provider: Running, who: str, client: str = "mesh", secret: str = SECRET
) -> dict[str, str]:
    """Sign in and return the provider's tokens themselves, also those of another client."""
    url, _ = begin(wiring, CALLBACK)
    back = provider.sign_in(url.replace("client_id=mesh", f"client_id={client}"), who)
    begun = pending_of(wiring).take(back["state"])
    assert begun is not None
    form = {
        "grant_type": "authorization_code",
        "code": back["code"],
        "redirect_uri": CALLBACK,
        "code_verifier": begun.verifier,
    }
    answer = httpx.post(
        f"{provider.issuer}/token", data=form, auth=(client, secret.replace(" ", "+"))
    )
    found: dict[str, str] = answer.json()
    return found


def test_a_person_signs_in_and_is_known_with_teams(wiring: Wiring, provider: Running) -> None:
    ada = sign_in(wiring, provider, "u-ada")
    assert (ada.name, ada.title) == ("person:ada@example.com", "Ada Lovelace")
    assert ada.teams == ("team:analysts", "team:mesh%20admins")
    assert ada.attributes["unit"] == "network"
    assert ada.roles == ()
    with wiring.store.read() as reader:
        assert find_principal(wiring, reader, "ada@example.com") == ada


def test_signing_in_again_records_nothing_new(wiring: Wiring, provider: Running) -> None:
    sign_in(wiring, provider, "u-ada")
    sign_in(wiring, provider, "u-ada")
    (entry,) = wiring.ledger.newest(9, ["PrincipalAdded"])
    assert entry.actor == "person:ada@example.com"


def test_what_the_mesh_said_itself_stays(wiring: Wiring, provider: Running) -> None:
    """A provider takes nothing away that was said here, nor the other way round."""
    users.add_user(wiring, "ada@example.com", roles=["auditor"])
    ada = sign_in(wiring, provider, "u-ada")
    assert ada.roles == ("auditor",)
    assert "team:analysts" in ada.teams
    assert users.set_roles(wiring, "ada@example.com", add=["governance"]) == (
        "governance",
        "auditor",
    )
    assert "team:analysts" in sign_in(wiring, provider, "u-ada").teams


def test_an_unverified_address_and_an_odd_subject_are_names_of_their_own(
    wiring: Wiring, provider: Running
) -> None:
    host = provider.issuer.partition("://")[2].replace(":", "%3A")
    eve = sign_in(wiring, provider, "u-eve")
    assert eve.name == f"person:oidc|{host}|u-eve"
    assert eve.title.isprintable()
    assert sign_in(wiring, provider, "u-plain|1/2").name == f"person:oidc|{host}|u-plain%7C1%2F2"


def test_groups_are_mapped_to_teams_and_roles(shop: Path, provider: Running) -> None:
    more = {"teams": {"analysts": "sales"}, "roles": {"mesh admins": "administrator"}}
    with opened(shop, provider.issuer, **more) as wiring:
        ada = sign_in(wiring, provider, "u-ada")
    assert (ada.teams, ada.roles) == (("team:sales",), ("administrator",))


def test_claims_that_are_given_elsewhere_are_asked_for(shop: Path) -> None:
    with running("userinfo") as provider, opened(shop, provider.issuer) as wiring:
        ada = sign_in(wiring, provider, "u-ada")
    assert ada.name == "person:ada@example.com"
    assert "team:analysts" in ada.teams


def test_a_public_client_signs_in_by_pkce_alone(shop: Path, provider: Running) -> None:
    with opened(shop, provider.issuer, client_id="public", client_secret=None) as wiring:
        assert sign_in(wiring, provider, "u-ada").name == "person:ada@example.com"


def test_the_browser_is_sent_with_pkce_state_and_nonce(wiring: Wiring, provider: Running) -> None:
    url, state = begin(wiring, CALLBACK)
    asked = {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}
    assert url.startswith(f"{provider.issuer}/auth?")
    assert asked["state"] == state
    assert asked["code_challenge_method"] == "S256"
    assert asked["response_type"] == "code"
    assert asked["scope"] == "openid email profile"
    assert len({asked["nonce"], asked["state"], asked["code_challenge"]}) == 3
    assert SECRET not in url
    other = parse_qs(urlsplit(begin(wiring, CALLBACK)[0]).query)
    assert other["state"][0] != state
    assert other["nonce"][0] != asked["nonce"]


def test_a_state_ends_one_sign_in_and_no_second(wiring: Wiring, provider: Running) -> None:
    url, _ = begin(wiring, CALLBACK)
    back = provider.sign_in(url, "u-ada")
    assert finish(wiring, back["state"], back["code"], back["iss"])
    assert (
        code_of(lambda: finish(wiring, back["state"], back["code"], back["iss"])) == "state-unknown"
    )


def test_a_state_of_nobody_and_no_code_are_refused(wiring: Wiring, provider: Running) -> None:
    _, state = begin(wiring, CALLBACK)
    for said, code in (("x", "y"), ("", ""), ("x" * 10**6, "y"), (state, ""), (state, "y")):
        assert code_of(lambda s=said, c=code: finish(wiring, s, c)) == "state-unknown"


def test_a_code_is_used_once_and_with_its_own_verifier(wiring: Wiring, provider: Running) -> None:
    """A code that was stolen is worth nothing in another sign-in."""
    url, _ = begin(wiring, CALLBACK)
    stolen = provider.sign_in(url, "u-ada")
    _, state = begin(wiring, CALLBACK)
    act = lambda: finish(wiring, state, stolen["code"], provider.issuer)  # noqa: E731
    assert code_of(act) == "provider-refused"


def test_a_sign_in_with_another_nonce_is_refused(wiring: Wiring, provider: Running) -> None:
    url, state = begin(wiring, CALLBACK)
    back = provider.sign_in(url, "u-ada")
    begun = pending_of(wiring).take(state)
    assert begun is not None
    pending_of(wiring).keep(
        state, Begun(begun.redirect_uri, "another", begun.verifier, begun.since)
    )
    act = lambda: finish(wiring, state, back["code"], back["iss"])  # noqa: E731
    assert code_of(act) == "provider-token-invalid"


@pytest.mark.parametrize("issuer", ["", "https://evil.example.com"])
def test_an_answer_of_another_issuer_is_refused(
    wiring: Wiring, provider: Running, issuer: str
) -> None:
    """The mix-up of two providers: RFC 9207."""
    url, _ = begin(wiring, CALLBACK)
    back = provider.sign_in(url, "u-ada")
    assert (
        code_of(lambda: finish(wiring, back["state"], back["code"], issuer))
        == "provider-token-invalid"
    )


def test_begun_sign_ins_end_in_time_and_never_fill_the_memory() -> None:
    pending = Pending(seconds=10.0, most=100)
    for number in range(1000):
        pending.keep(f"state-{number}", Begun(CALLBACK, "n", "v", 0.0))
    assert len(pending) == 100
    assert pending.take("state-0", 1.0) is None
    assert pending.take("state-999", 1.0) is not None
    assert pending.take("state-998", 10.1) is None
    assert "v" not in repr(Begun(CALLBACK, "n", "v", 0.0)).split("Begun")[-1]


def test_a_state_is_taken_by_one_of_many(wiring: Wiring) -> None:
    pending = Pending()
    pending.keep("s", Begun(CALLBACK, "n", "v", 0.0))
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: pending.take("s", 1.0), range(64)))
    assert sum(one is not None for one in taken) == 1


def test_who_was_removed_does_not_come_back_by_signing_in(
    wiring: Wiring, provider: Running
) -> None:
    ada = sign_in(wiring, provider, "u-ada")
    bearer = tokens(wiring, provider, "u-ada")["id_token"]
    users.remove_user(wiring, ada.name)
    assert code_of(lambda: sign_in(wiring, provider, "u-ada")) == "sign-in-refused"
    assert code_of(lambda: by_bearer(wiring, bearer)) == "sign-in-refused"
    users.add_user(wiring, ada.name)
    assert sign_in(wiring, provider, "u-ada").name == ada.name


def test_an_address_given_to_another_account_inherits_nothing(
    wiring: Wiring, provider: Running
) -> None:
    sign_in(wiring, provider, "u-ada")
    assert code_of(lambda: sign_in(wiring, provider, "u-again")) == "sign-in-refused"
    assert sign_in(wiring, provider, "u-ada")


def test_an_id_token_opens_api_doors(wiring: Wiring, provider: Running) -> None:
    text = tokens(wiring, provider, "u-ada")["id_token"]
    assert by_bearer(wiring, text, "query").principal.name == "person:ada@example.com"
    now, wiring.now = wiring.now, lambda: datetime.now(UTC) + timedelta(hours=9)
    assert code_of(lambda: by_bearer(wiring, text)) == "provider-token-expired"
    wiring.now = now
    header, body, signature = text.split(".")
    for forged in (
        f"{header}.{body}.",
        f"{header}.{body}.{signature[:-4]}AAAA",
        f"{body}.{header}.{signature}",
    ):
        assert code_of(lambda f=forged: by_bearer(wiring, f)) == "provider-token-invalid"


def test_an_id_token_for_another_client_opens_nothing(wiring: Wiring, provider: Running) -> None:
    other = tokens(wiring, provider, "u-ada", "other", "the secret of another client")
    assert code_of(lambda: by_bearer(wiring, other["id_token"])) == "provider-token-invalid"


def test_an_access_token_opens_api_doors_where_it_is_made_for_them(shop: Path) -> None:
    with running("api") as provider:
        with opened(shop, provider.issuer) as wiring:
            sign_in(wiring, provider, "u-ada")
            text = tokens(wiring, provider, "u-ada")["access_token"]
            assert text.count(".") == 2
            assert code_of(lambda: by_bearer(wiring, text)) == "provider-token-invalid"
        with opened(shop, provider.issuer, audiences=["urn:mesh:api"]) as wiring:
            assert by_bearer(wiring, text).principal.name == "person:ada@example.com"
            users.remove_user(wiring, "ada@example.com")
            assert code_of(lambda: by_bearer(wiring, text)) == "sign-in-refused"


def test_an_opaque_token_and_our_own_are_told_apart(wiring: Wiring, provider: Running) -> None:
    from meshwright.app.identity.tokens import issue_token

    users.add_user(wiring, "service:bi")
    own = issue_token(wiring, "service:bi").text
    assert by_bearer(wiring, own).principal.name == "service:bi"
    opaque = tokens(wiring, provider, "u-ada")["access_token"]
    for text in (opaque, "", "a.b", "mesh_a.b.c", "x" * 10**6):
        assert code_of(lambda t=text: by_bearer(wiring, t)) == "token-invalid"


def test_without_a_provider_there_is_nothing_to_begin(shop: Path) -> None:
    with meshwright.open(shop) as mesh:
        with pytest.raises(UsageError) as refused:
            begin(mesh.wiring, CALLBACK)
        assert refused.value.code == "provider-missing"
        assert code_of(lambda: by_bearer(mesh.wiring, "a.b.c")) == "token-invalid"


def test_a_wrong_secret_is_the_provider_s_refusal_and_is_not_told(
    wiring: Wiring, provider: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OIDC_SECRET", "quite another secret")
    with pytest.raises(UnreachableError) as refused:
        sign_in(wiring, provider, "u-ada")
    assert refused.value.code == "provider-refused"
    assert "quite another" not in str(refused.value)


@contextmanager
def answering(documents: dict[str, tuple[int, bytes]]) -> Iterator[tuple[str, list[str]]]:
    """Be a provider that is broken or lies."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            status, body = documents.get(self.path, (404, b""))
            self.send_response(status)
            if status == 302:
                self.send_header("Location", body.decode())
            self.end_headers()
            if status != 302:
                self.wfile.write(body.replace(b"$", here.encode()))

        def log_message(self, *values: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield here, asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


WELL_KNOWN = "/.well-known/openid-configuration"
SOUND = (
    b'{"issuer": "$", "authorization_endpoint": "$/auth",'
    b' "token_endpoint": "$/token", "jwks_uri": "$/jwks"}'
)


@pytest.mark.parametrize(
    "document",
    [
        (404, b""),
        (500, b"{}"),
        (302, b"/elsewhere"),
        (200, b""),
        (200, b"[]"),
        (200, b"{}"),
        (200, b'{"issuer": "https://evil.example.com"}'),
        (200, SOUND.replace(b"$/token", b"http://evil.example.com/token")),
        (200, SOUND.replace(b"$/jwks", b"file:///etc/passwd")),
        (200, SOUND.replace(b'"$/auth"', b"7")),
        (200, b"[" * 500_000),
        (200, b" " * 2_000_000),
    ],
)
def test_a_provider_that_is_broken_or_lies_is_not_used(
    shop: Path, document: tuple[int, bytes]
) -> None:
    documents = {WELL_KNOWN: document, "/elsewhere": (200, SOUND)}
    with answering(documents) as (here, _), opened(shop, here) as wiring:
        assert code_of(lambda: begin(wiring, CALLBACK)) == "provider-unusable"


def test_a_provider_that_is_not_there_is_told(shop: Path) -> None:
    with opened(shop, "http://127.0.0.1:9") as wiring:
        assert code_of(lambda: begin(wiring, CALLBACK)) == "provider-unusable"


def test_a_flood_of_unknown_keys_is_no_flood_of_requests(shop: Path) -> None:
    documents = {WELL_KNOWN: (200, SOUND), "/jwks": (200, b'{"keys": []}')}
    with answering(documents) as (here, asked), opened(shop, here) as wiring:
        for _ in range(50):
            assert (
                code_of(lambda: by_bearer(wiring, "eyJhbGciOiJSUzI1NiJ9.e30.AAAA"))
                == "provider-token-invalid"
            )
        assert asked.count("/jwks") <= 2
        assert provider_of(wiring) is provider_of(wiring)


def test_signing_in_is_imported_only_where_somebody_signs_in() -> None:
    import subprocess
    import sys

    code = (
        "import sys, meshwright.app.identity.oidc, meshwright.app.identity.proving, meshwright.cli.acting\n"
        "print([name for name in ('argon2', 'authlib', 'joserfc', 'httpx') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_secrets_are_looked_up_when_they_are_needed_and_never_kept(wiring: Wiring) -> None:
    for file in wiring.root.rglob("*"):
        if file.is_file():
            assert SECRET.encode() not in file.read_bytes()
