"""What strangers try on the HTTP API: each gets one clear answer, and the server serves on."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from unittest.mock import patch

import httpx
import pytest

from meshwright.serve.api import guard, listening
from tests.serving import Serving, error_of, serving

API = "/api/v1"
JSON = "application/json"


@pytest.fixture(scope="module")
def server(served_shop: Path) -> Iterator[Serving]:
    with (
        patch.object(listening, "IDLE_SECONDS", 1.0),
        patch.object(guard, "BODY_SECONDS", 1.0),
        serving(served_shop) as found,
    ):
        yield found


def raw(server: Serving, sent: bytes, seconds: float = 8.0) -> bytes:
    """Send bytes and return all that comes back until the server hangs up."""
    with socket.create_connection(server.server.place[:2], timeout=seconds) as client:
        found = b""
        with suppress(ConnectionError):  # it may hang up before it has read all of that
            client.sendall(sent)
            while chunk := client.recv(65536):
                found += chunk
        return found


def post(server: Serving, head: str, body: bytes = b"") -> bytes:
    token = server.tokens["ada"]
    lines = f"POST {API}/query HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
    return raw(server, f"{lines}Content-Type: {JSON}\r\n{head}\r\n".encode() + body)


def alive(server: Serving) -> bool:
    return server.query("select 1 as one").json()["rows"] == [[1]]


BODY = b'{"sql": "select 1 as one"}'
SECOND = b"GET /api/v1/me HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("Transfer-Encoding: chunked\r\n", b"0\r\n\r\n" + SECOND),
        (f"Content-Length: {len(BODY)}\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n" + SECOND),
        ("Transfer-Encoding: identity, chunked\r\nContent-Length: 5\r\n", b"0\r\n\r\n" + SECOND),
        (f"Content-Length: 5\r\nContent-Length: {len(BODY)}\r\n", BODY + SECOND),
        ("Content-Length: +26\r\n", BODY + SECOND),
        ("Content-Length : 26\r\n", BODY),
        ("Content-Encoding: gzip\r\nContent-Length: 26\r\n", BODY),
        ("Host: evil.example\r\nContent-Length: 26\r\n", BODY),
        ("X: a\rb\r\nContent-Length: 26\r\n", BODY),
        ("\x00: a\r\nContent-Length: 26\r\n", BODY),
    ],
)
def test_two_readings_of_one_request_are_none(server: Serving, head: str, body: bytes) -> None:
    """Nothing that another reader of these bytes would take for a second request is answered as one."""
    answer = post(server, head, body)
    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 411"))
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"person:ada" not in answer
    assert alive(server)


@pytest.mark.parametrize("size", [guard.MOST_BYTES + 1, 10**11])
def test_a_giant_body_is_refused_before_it_is_read(server: Serving, size: int) -> None:
    assert post(server, f"Content-Length: {size}\r\n").startswith(b"HTTP/1.1 413")
    assert alive(server)


def test_giant_heads_and_addresses_are_refused(server: Serving) -> None:
    end = b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    assert raw(server, b"GET /" + b"a" * 100_000 + end + b"\r\n")[9:12] in (b"400", b"414")
    many = b"".join(b"X-%d: %s\r\n" % (n, b"y" * 100) for n in range(2000))
    assert raw(server, b"GET /health" + end + many + b"\r\n")[9:12] in (b"400", b"431", b"")
    assert alive(server)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET /health HTTP/1.1\r\nHost: local",
        b"POST /api/v1/query HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Content-Length: 50\r\n\r\n{",
    ],
)
def test_a_slow_client_is_hung_up_on(server: Serving, sent: bytes) -> None:
    began = time.monotonic()
    raw(server, sent)
    assert time.monotonic() - began < 6


def test_a_client_that_drips_its_head_is_hung_up_on(server: Serving) -> None:
    """A byte now and then does not make the time longer."""
    began = time.monotonic()
    with socket.create_connection(server.server.place[:2], timeout=8) as client:
        client.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nX: ")
        with suppress(OSError):
            while time.monotonic() - began < 8:
                client.sendall(b"a")
                time.sleep(0.2)
    assert time.monotonic() - began < 6
    assert alive(server)


def test_many_slow_clients_stop_nobody(server: Serving) -> None:
    clients = [socket.create_connection(server.server.place[:2], timeout=5) for _ in range(150)]
    for client in clients:
        client.sendall(b"GET /health HTTP/1.1\r\n")
    assert alive(server)
    for client in clients:
        client.close()


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "[::1].evil", "localhost.", ""]
)
def test_a_name_that_was_bound_anew_gets_nothing(server: Serving, host: str) -> None:
    response = server.get(f"{API}/me", headers={"Host": host})
    assert response.status_code in (400, 421)
    assert alive(server)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost"},  # another port is another origin
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_pages_of_other_origins_get_nothing(server: Serving, headers: dict[str, str]) -> None:
    for method, path in (
        ("GET", f"{API}/me"),
        ("POST", f"{API}/login"),
        ("OPTIONS", f"{API}/query"),
    ):
        response = server.ask(method, path, headers=headers)
        assert error_of(response) == (403, "origin-refused")
        assert "access-control-allow-origin" not in response.headers


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_a_form_cannot_post(server: Serving, kind: str) -> None:
    response = server.ask("POST", f"{API}/query", content=BODY, headers={"Content-Type": kind})
    assert error_of(response) == (415, "media-type-unknown")


@pytest.mark.parametrize("name", ["token", "access_token", "Authorization", "API_KEY", "password"])
def test_a_secret_in_an_address_is_refused(server: Serving, name: str) -> None:
    assert error_of(server.get(f"{API}/me?{name}=x")) == (400, "token-in-url")


def test_two_tokens_are_none(server: Serving) -> None:
    token = server.tokens["ada"]
    with httpx.Client(base_url=server.url, verify=False) as client:
        headers = [("Authorization", f"Bearer {token}"), ("Authorization", "Bearer other")]
        response = client.get(f"{API}/me", headers=headers)
    assert error_of(response) == (400, "authorization-twice")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND"])
def test_other_methods_do_nothing(server: Serving, method: str) -> None:
    if method == "CONNECT":
        assert raw(server, b"CONNECT evil.example:80 HTTP/1.1\r\nHost: localhost\r\n\r\n")[9:12] in (
            b"400", b"404", b"405", b"421",
        )  # fmt: skip
        return
    assert server.ask(method, f"{API}/query").status_code == 405


def test_an_error_names_neither_a_path_nor_a_line(server: Serving, served_shop: Path) -> None:
    tries = [
        server.query("select * from read_csv('/etc/passwd')"),
        server.query("select * from '/etc/passwd'"),
        server.query("select 1 from sales.orders.orders where id = 'x'"),
        server.query("copy sales.orders.orders to '/tmp/x'"),
        server.query("\ud800".encode("utf-8", "surrogatepass").decode("latin-1")),
        server.get(f"{API}/lineage/files:..%2f..%2fetc"),
        server.get(f"{API}/products/../../etc/passwd"),
        server.get(f"{API}/impact/sales.orders.orders.amount?type=%27%3B"),
    ]
    for response in tries:
        assert 400 <= response.status_code < 500, response.text
        for secret in (str(served_shop), "/etc/", "/tmp/x", "Traceback", ".py", "line 1,"):
            told = response.json()["error"]["message"] + response.json()["error"]["hint"]
            assert secret not in told or secret in ("/etc/", "/tmp/x"), told
    assert alive(server)


def test_deep_and_odd_json_is_one_clear_error(server: Serving) -> None:
    for body in (
        b"[" * 100_000,
        b'{"sql":' * 10_000,
        b'{"sql": "a", "sql": "b"}' * 2,
        b"\xef\xbb\xbf{}",
        b"NaN",
    ):
        response = server.ask("POST", f"{API}/query", content=body, headers={"Content-Type": JSON})
        assert error_of(response) == (400, "body-invalid")


def test_a_client_that_goes_ends_its_query(server: Serving) -> None:
    """Half of the rows are read and then nothing: the query is not left running."""
    sql = "select a.range x from range(4000) a, range(4000) b"
    body = json.dumps({"sql": sql}).encode()
    token = server.tokens["ada"]
    head = f"POST {API}/query HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
    head += f"Accept: text/csv\r\nContent-Type: {JSON}\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(server.server.place[:2], timeout=20) as client:
        client.sendall(head.encode() + body)
        assert client.recv(1000).startswith(b"HTTP/1.1 200")
        assert len(server.service.running) == 1
    until = time.monotonic() + 20
    while len(server.service.running) and time.monotonic() < until:
        time.sleep(0.05)
    assert len(server.service.running) == 0
    assert alive(server)


def test_a_client_that_takes_nothing_holds_no_more_than_its_share(server: Serving) -> None:
    """Rows are made as they are taken: what waits to be sent stays small."""
    import resource

    sql = "select repeat('x', 1000) x from range(2000) a, range(1000) b"
    body = json.dumps({"sql": sql}).encode()
    token = server.tokens["ada"]
    head = f"POST {API}/query HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
    head += f"Accept: text/csv\r\nContent-Type: {JSON}\r\nContent-Length: {len(body)}\r\n\r\n"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with socket.create_connection(server.server.place[:2], timeout=20) as client:
        client.sendall(head.encode() + body)
        client.recv(1000)
        time.sleep(2)
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert after - before < 600_000, "2 GB of rows are not kept for who does not take them"
