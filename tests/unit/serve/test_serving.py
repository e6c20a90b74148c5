"""The server, asked over a real socket."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection
from threading import Thread

import pytest

from meshwright.errors import DeniedError, MeshwrightError, UnreachableError
from meshwright.model.address import Address
from meshwright.model.health import PortHealth
from meshwright.serve.answers import Observed
from meshwright.serve.http import Server, open_server

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def observed(status: str = "healthy") -> Observed:
    return Observed(NOW, (PortHealth(Address.parse("sales.orders.orders"), status),))


@contextmanager
def serving(observe: object = observed, host: str = "127.0.0.1") -> Iterator[Server]:
    server = open_server(host, 0, observe)  # type: ignore[arg-type]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def ask(
    server: Server, path: str, method: str = "GET", **headers: str
) -> tuple[int, dict[str, str], str]:
    connection = HTTPConnection(*server.place, timeout=5)
    connection.request(method, path, headers=headers)
    response = connection.getresponse()
    body = response.read().decode()
    connection.close()
    return response.status, dict(response.headers), body


def test_health_is_json_and_503_when_a_port_is_broken() -> None:
    with serving() as server:
        status, _, body = ask(server, "/health")
        assert (status, json.loads(body)["status"]) == (200, "healthy")
    with serving(lambda: observed("broken")) as server:
        status, _, body = ask(server, "/health")
        assert (status, json.loads(body)["products"][0]["product"]) == (503, "sales.orders")


def test_metrics_are_openmetrics_with_security_headers() -> None:
    with serving() as server:
        status, headers, body = ask(server, "/metrics?x=1")
    assert status == 200
    assert headers["Content-Type"].startswith("application/openmetrics-text")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "Python" not in headers["Server"]
    assert body.endswith("# EOF\n")


def test_a_head_request_has_no_body() -> None:
    with serving() as server:
        status, headers, body = ask(server, "/health", "HEAD")
    assert (status, body) == (200, "")
    assert int(headers["Content-Length"]) > 0


@pytest.mark.parametrize("path", ["/", "/nothing", "/../etc/passwd", "/health/../x"])
def test_an_unknown_path_is_not_found(path: str) -> None:
    with serving() as server:
        status, _, body = ask(server, path)
    assert (status, json.loads(body)["error"]["code"]) == (404, "not-found")


def test_nothing_can_be_changed() -> None:
    with serving() as server:
        posted, _, body = ask(server, "/health", "POST")
        assert (posted, json.loads(body)["error"]["code"]) == (405, "method-not-allowed")
        status, _, body = ask(server, "/health", "DELETE")
    assert (status, json.loads(body)["error"]["code"]) == (501, "http")


def test_a_page_that_names_itself_as_this_machine_gets_nothing() -> None:
    with serving() as server:
        assert ask(server, "/health", Host="evil.example:8321")[0] == 421
        assert ask(server, "/health", Host="localhost:1")[0] == 200
        assert ask(server, "/health", Host="[::1]:1")[0] == 200


@pytest.mark.parametrize(
    ("error", "status"),
    [(UnreachableError("state-busy", "`/secret/place` is busy"), 503), (OSError("/secret"), 500)],
)
def test_an_error_names_no_place(error: Exception, status: int) -> None:
    def broken() -> Observed:
        raise error

    with serving(broken) as server:
        found, _, body = ask(server, "/health")
    assert found == status
    assert "secret" not in body
    assert set(json.loads(body)) == {"error"}


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.1", "example.com", ""])
def test_only_this_machine_is_served(host: str) -> None:
    with pytest.raises(DeniedError, match="login") as caught:
        open_server(host, 0, observed)
    assert caught.value.code == "serve-not-local"


def test_a_port_in_use_is_one_clear_error() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(MeshwrightError) as caught:
            open_server("127.0.0.1", taken.getsockname()[1], observed)
    assert caught.value.code == "port-in-use"
    assert caught.value.hint.startswith("mesh serve --port")


def test_garbage_ends_in_an_error_and_serves_on() -> None:
    with serving() as server:
        with socket.create_connection(server.place, timeout=5) as raw:
            raw.sendall(b"\x00\xff nonsense\r\n\r\n")
            assert b"bad request" in raw.recv(4096)
        assert ask(server, "/health")[0] == 200
