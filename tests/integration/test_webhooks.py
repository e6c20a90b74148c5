"""Webhooks: facts, told in order, at least once, signed; to nowhere inside, to nobody who may not know."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook as Verifier

import meshwright
from meshwright.app.identity.users import add_user, remove_user
from meshwright.app.mesh import Mesh
from meshwright.app.webhooks.delivering import PAUSES, deliver
from meshwright.app.webhooks.hooks import add_webhook, list_webhooks, remove_webhook, try_webhook
from meshwright.app.webhooks.reach import reach
from meshwright.errors import DeniedError, MeshwrightError, UnreachableError, UsageError
from meshwright.model.mesh import WebhookTerms
from tests.serving import error_of, serving


class Receiver:
    """An HTTP server that keeps what it took; `statuses` are answered one after the other, then 200."""

    def __init__(self) -> None:
        self.taken: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        self.tries = 0
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?token=s3cr3t-in-the-url"

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.taken]

    @property
    def kinds(self) -> list[str]:
        return [one["type"] for one in self.messages]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    heard = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.tries += 1
            status = heard.statuses.pop(0) if heard.statuses else 200
            if status < 300:
                heard.taken.append((dict(self.headers), body))
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", heard.url)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            del args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    heard.port = server.server_port
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield heard
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def mesh(shop: Path) -> Iterator[Mesh]:
    with meshwright.open(shop) as found:
        yield found


def now() -> datetime:
    return datetime.now(UTC)


def happen(mesh: Mesh, *addresses: str) -> None:
    """Let facts happen, one an address."""
    for address in addresses:
        mesh.mute(address, span="1h", reason="a test")


@contextmanager
def acting(folder: Path, name: str) -> Iterator[Mesh]:
    with meshwright.open(folder, as_=name) as found:
        yield found


def test_every_message_is_signed_as_the_standards_own_library_verifies(
    mesh: Mesh, receiver: Receiver
) -> None:
    made = add_webhook(mesh.wiring, receiver.url, kinds=["AddressMuted"])
    happen(mesh, "sales.orders")
    assert [told.sent for told in deliver(mesh.wiring, now())] == [1]
    headers, body = receiver.taken[0]
    said = Verifier(made.secret).verify(body, headers)
    assert said["type"] == "AddressMuted"
    assert said["data"]["address"] == "sales.orders"
    assert said["data"]["fact"]["reason"] == "a test"
    other = add_webhook(mesh.wiring, receiver.url).secret
    with pytest.raises(Exception, match="signature"):
        Verifier(other).verify(body, headers)
    with pytest.raises(Exception, match="signature"):
        Verifier(made.secret).verify(body.replace(b"sales", b"sakes"), headers)


def test_facts_come_in_order_and_again_until_they_are_taken(mesh: Mesh, receiver: Receiver) -> None:
    made = add_webhook(mesh.wiring, receiver.url, kinds=["AddressMuted"])
    happen(mesh, "sales.orders", "sales.customers", "insight.report")
    receiver.statuses = [200, 500]
    (told,) = deliver(mesh.wiring, now())
    assert (told.sent, told.error) == (1, "webhook-failing")
    assert deliver(mesh.wiring, now()) == ()  # not at once
    later = now() + timedelta(seconds=PAUSES[0] * 2)
    assert deliver(mesh.wiring, later)[0].sent == 2
    assert [one["data"]["address"] for one in receiver.messages] == [
        "sales.orders",
        "sales.customers",
        "insight.report",
    ]
    ids = [headers["webhook-id"] for headers, _ in receiver.taken]
    assert len(set(ids)) == 3
    assert all("." not in one and made.webhook in one for one in ids)
    assert deliver(mesh.wiring, later) == ()


def test_the_pause_grows_and_days_of_failure_end_a_hook_with_a_fact(
    mesh: Mesh, receiver: Receiver
) -> None:
    add_webhook(mesh.wiring, receiver.url, kinds=["AddressMuted"])
    happen(mesh, "sales.orders")
    receiver.statuses = [503] * 50
    at, pauses = now(), []
    while (found := list_webhooks(mesh.wiring)) and len(pauses) < 40:
        if found[0].again_at:
            pauses.append((datetime.fromisoformat(found[0].again_at) - at).total_seconds())
            at = datetime.fromisoformat(found[0].again_at)
        deliver(mesh.wiring, at)
    assert pauses[:3] == sorted(pauses[:3])
    assert PAUSES[0] <= pauses[0] <= PAUSES[0] * 1.2
    assert max(pauses) >= PAUSES[-1]
    (ended,) = list_webhooks(mesh.wiring, ended=True)
    assert (ended.state, ended.error) == ("disabled", "webhook-failing")
    fact = mesh.ledger_entries(["WebhookDisabled"])[0]["fact"]
    assert fact["webhook"] == ended.webhook
    assert not list(mesh.wiring.mesh.state.glob("keys/webhooks/*"))
    tries = receiver.tries
    happen(mesh, "sales.customers")
    deliver(mesh.wiring, at + timedelta(days=30))
    assert receiver.tries == tries


@pytest.mark.parametrize("status", [301, 302, 307, 404, 500])
def test_what_is_not_200_is_a_failure_and_no_redirect_is_followed(
    mesh: Mesh, receiver: Receiver, status: int
) -> None:
    add_webhook(mesh.wiring, receiver.url, kinds=["AddressMuted"])
    happen(mesh, "sales.orders")
    receiver.statuses = [status]
    assert deliver(mesh.wiring, now())[0].error == "webhook-failing"
    assert receiver.tries == 1


def test_a_hook_that_is_gone_is_told_no_more(mesh: Mesh, receiver: Receiver) -> None:
    add_webhook(mesh.wiring, receiver.url, kinds=["AddressMuted"])
    happen(mesh, "sales.orders")
    receiver.statuses = [410]
    assert deliver(mesh.wiring, now())[0].is_disabled


def test_neither_the_address_nor_the_secret_is_in_the_ledger_or_a_list(
    mesh: Mesh, receiver: Receiver
) -> None:
    made = add_webhook(mesh.wiring, receiver.url)
    written = json.dumps(mesh.ledger_entries())
    listed = str(list_webhooks(mesh.wiring, ended=True))
    for secret in (made.secret, made.secret.removeprefix("whsec_"), "s3cr3t-in-the-url"):
        assert secret not in written
        assert secret not in listed
    (file,) = mesh.wiring.mesh.state.glob("keys/webhooks/*.json")
    assert file.stat().st_mode & 0o077 == 0
    remove_webhook(mesh.wiring, made.webhook)
    assert not file.exists()


def test_no_value_of_data_and_nothing_nested_is_sent(
    shop: Path, mesh: Mesh, receiver: Receiver
) -> None:
    """A whole build is told; its profile and its checks are named as left out."""
    add_webhook(mesh.wiring, receiver.url)
    mesh.run("sales.customers", force=True)  # tells at its end
    for _ in range(20):
        if "VersionPublished" in receiver.kinds:
            break
        deliver(mesh.wiring, now(), force=True)
    assert {"BuildStarted", "PortAudited", "VersionPublished"} <= set(receiver.kinds)
    audited = next(one for one in receiver.messages if one["type"] == "PortAudited")
    assert "checks" in audited["data"]["omitted"]
    text = b"".join(body for _, body in receiver.taken).decode()
    assert '"ada"' not in text
    assert '"bob"' not in text
    assert max(len(body) for _, body in receiver.taken) < 20_000


ALLOWED = WebhookTerms()
PRIVATE = [
    "https://127.0.0.1/",
    "https://[::1]/",
    "https://10.0.0.1/",
    "https://192.168.1.1/",
    "https://172.16.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://[fe80::1]/",
    "https://[fd00::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[64:ff9b::a00:1]/",
    "https://[64:ff9b::169.254.169.254]/",
    "https://[2002:7f00:1::]/",
    "https://0.0.0.0/",
    "https://100.64.0.1/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://localhost/",
    "http://127.0.0.1/",
]


@pytest.mark.parametrize("url", PRIVATE)
def test_no_hook_leads_inside(url: str) -> None:
    with pytest.raises(DeniedError, match="private network") as caught:
        reach(url, ALLOWED)
    assert caught.value.code == "webhook-refused"


def test_only_tls_reaches_public_addresses() -> None:
    assert reach("https://93.184.215.14/x?y=1", ALLOWED).path == "/x?y=1"
    with pytest.raises(DeniedError, match="TLS"):
        reach("http://93.184.215.14/", ALLOWED)
    assert reach("http://93.184.215.14/", WebhookTerms(insecure=True))


@pytest.mark.parametrize(
    "url",
    ["ftp://x.example/", "https://", "file:///etc/passwd", "https://a:b@x.example/", "x", "",
     "https://x.example/${env:HOME}", "https://x.example/ a", "https://x.example:0/", "https://x\n.example/"],
)  # fmt: skip
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        reach(url, ALLOWED)
    assert caught.value.code == "webhook-url-invalid"


def test_mesh_yaml_opens_networks_and_hosts() -> None:
    assert reach("https://10.1.2.3/", WebhookTerms(("10.1.0.0/16",)))
    with pytest.raises(DeniedError):
        reach("https://10.2.2.3/", WebhookTerms(("10.1.0.0/16",)))
    assert reach("https://localhost/", WebhookTerms(("localhost",)))


def test_whoever_owns_the_files_may_try_it_on_their_own_machine(receiver: Receiver) -> None:
    assert reach(receiver.url, ALLOWED, is_own=True)
    with pytest.raises(DeniedError):
        reach("https://169.254.169.254/", ALLOWED, is_own=True)


def test_owners_hear_of_what_is_theirs_and_administrators_of_everything(
    shop: Path, receiver: Receiver
) -> None:
    (shop / "mesh.yaml").write_text(
        (shop / "mesh.yaml").read_text() + "webhooks: {allow: [127.0.0.0/8]}\n"
    )
    with meshwright.open(shop) as mesh:
        add_user(mesh.wiring, "person:sales@example.com")
        add_user(mesh.wiring, "person:gus")
    with acting(shop, "person:sales@example.com") as owner:
        made = add_webhook(owner.wiring, receiver.url, address="sales.orders")
        for how in (
            {},
            {"address": "insight.report"},
            {"address": "sales.orders", "kinds": ["QueryRan"]},
        ):
            with pytest.raises(DeniedError) as caught:
                add_webhook(owner.wiring, receiver.url, **how)
            assert caught.value.code == "webhook-denied"
    with acting(shop, "person:gus") as guest:
        with pytest.raises(DeniedError):
            add_webhook(guest.wiring, receiver.url, address="sales.orders")
        assert list_webhooks(guest.wiring) == ()
        with pytest.raises(UsageError, match="no webhook"):
            remove_webhook(guest.wiring, made.webhook)
    with meshwright.open(shop) as mesh:
        happen(mesh, "sales.orders", "sales.orders.totals", "insight.report")
        mesh.query("select * from sales.orders.orders").rows()
        deliver(mesh.wiring, now())
        assert [one["data"]["address"] for one in receiver.messages] == [
            "sales.orders",
            "sales.orders.totals",
        ]
        remove_user(mesh.wiring, "person:sales@example.com")
        happen(mesh, "sales.orders")
        (told,) = deliver(mesh.wiring, now())
        assert (told.error, told.is_disabled) == ("webhook-not-entitled", True)
        assert len(receiver.taken) == 2


def test_a_test_message_says_nothing_but_that_it_works(mesh: Mesh, receiver: Receiver) -> None:
    made = add_webhook(mesh.wiring, receiver.url)
    assert try_webhook(mesh.wiring, made.webhook) == 200
    headers, body = receiver.taken[0]
    assert Verifier(made.secret).verify(body, headers)["type"] == "test"
    receiver.statuses = [500]
    with pytest.raises(UnreachableError, match="answered 500"):
        try_webhook(mesh.wiring, made.webhook)


def test_a_secret_that_is_given_is_strong(mesh: Mesh, receiver: Receiver) -> None:
    for bad in ("hunter2", "whsec_", "whsec_aGk=", "whsec_!!!"):
        with pytest.raises(UsageError) as caught:
            add_webhook(mesh.wiring, receiver.url, secret=bad)
        assert caught.value.code == "webhook-secret-invalid"
    given = "whsec_" + "QUFB" * 10
    assert add_webhook(mesh.wiring, receiver.url, secret=given).secret == given


def test_hooks_survive_projections_that_are_made_again(mesh: Mesh, receiver: Receiver) -> None:
    add_webhook(mesh.wiring, receiver.url, kinds=["AddressMuted"])
    mesh.ledger_rebuild()
    happen(mesh, "sales.orders")
    assert deliver(mesh.wiring, now())[0].sent == 1
    assert mesh.ledger_verify()["problems"] == []


def test_hooks_are_kept_over_http_by_administrators_alone(shop: Path) -> None:
    api = "/api/v1/webhooks"
    with serving(shop) as server:
        said = {"url": "https://127.0.0.1/x", "kinds": ["VersionPublished"]}
        assert error_of(server.ask("POST", api, json=said, token="gus")) == (403, "webhook-denied")
        owned = {**said, "address": "sales.orders"}
        found = server.ask("POST", api, json=owned, token="sales")
        assert error_of(found) == (403, "webhook-refused")  # theirs to hear of, but not inside
        assert server.get(api, token="sales").json() == {"webhooks": [], "next": ""}
        assert error_of(server.get(api, token="query"))[0] == 403
        missing = server.ask("DELETE", f"{api}/hook-none", token="sales")
        assert error_of(missing) == (404, "webhook-unknown")


def test_an_unknown_kind_is_named(mesh: Mesh, receiver: Receiver) -> None:
    with pytest.raises(MeshwrightError) as caught:
        add_webhook(mesh.wiring, receiver.url, kinds=["VersionPublishd"])
    assert caught.value.code == "fact-kind-unknown"
    assert "VersionPublished" in caught.value.hint
