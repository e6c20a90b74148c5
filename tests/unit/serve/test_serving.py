"""The server, asked over a real socket."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path

import pytest
from tests.meshes import write_mesh
from tests.serving import serving as serving_mesh

from meshwright.errors import DeniedError, MeshwrightError, UnreachableError
from meshwright.model.address import Address
from meshwright.model.health import PortHealth
from meshwright.serve.answers import Observed
from meshwright.serve.api.listening import ApiServer, open_socket, require_safe

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def observed(status: str = "healthy") -> Observed:
    return Observed(NOW, (PortHealth(Address.parse("sales.orders.orders"), status),))


Ask = Callable[[], Observed]


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A mesh of nothing."""
    return write_mesh(tmp_path / "mesh", {})


@contextmanager
def serving(folder: Path, observe: Ask = observed) -> Iterator[ApiServer]:
    with serving_mesh(folder, people=False) as found:
        found.service.observe = observe
        yield found.server


def ask(
    server: ApiServer, path: str, method: str = "GET", **headers: str
) -> tuple[int, dict[str, str], str]:
    connection = HTTPConnection(*server.place[:2], timeout=5)
    connection.request(method, path, headers=headers)
    response = connection.getresponse()
    body = response.read().decode()
    connection.close()
    return response.status, {name.title(): value for name, value in response.getheaders()}, body


def test_health_is_json_and_503_when_a_port_is_broken(empty: Path) -> None:
    with serving(empty) as server:
        status, _, body = ask(server, "/health")
        assert (status, json.loads(body)["status"]) == (200, "healthy")
    with serving(empty, lambda: observed("broken")) as server:
        status, _, body = ask(server, "/health")
        assert (status, json.loads(body)["products"][0]["product"]) == (503, "sales.orders")


def test_metrics_are_openmetrics_with_security_headers(empty: Path) -> None:
    with serving(empty) as server:
        status, headers, body = ask(server, "/metrics?x=1")
    assert status == 200
    assert headers["Content-Type"].startswith("application/openmetrics-text")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "Python" not in headers["Server"]
    assert body.endswith("# EOF\n")


def test_a_head_request_has_no_body(empty: Path) -> None:
    with serving(empty) as server:
        status, headers, body = ask(server, "/health", "HEAD")
    assert (status, body) == (200, "")
    assert int(headers["Content-Length"]) > 0


@pytest.mark.parametrize("path", ["/nothing", "/../etc/passwd", "/health/../x"])
def test_an_unknown_path_is_not_found(empty: Path, path: str) -> None:
    with serving(empty) as server:
        status, _, body = ask(server, path)
    assert (status, json.loads(body)["error"]["code"]) == (404, "not-found")


def test_home_leads_who_is_not_signed_in_to_where_they_can_be(empty: Path) -> None:
    with serving(empty) as server:
        status, headers, _ = ask(server, "/")
    assert (status, headers["Location"]) == (303, "/sign-in")


def test_nothing_can_be_changed(empty: Path) -> None:
    with serving(empty) as server:
        posted, _, body = ask(server, "/health", "POST")
        assert (posted, json.loads(body)["error"]["code"]) == (405, "method-not-allowed")
        status, _, body = ask(server, "/health", "DELETE")
    assert (status, json.loads(body)["error"]["code"]) == (405, "method-not-allowed")


def test_a_page_that_names_itself_as_this_machine_gets_nothing(empty: Path) -> None:
    with serving(empty) as server:
        assert ask(server, "/health", Host="evil.example:8321")[0] == 421
        assert ask(server, "/health", Host="localhost:1")[0] == 200
        assert ask(server, "/health", Host="[::1]:1")[0] == 200


@pytest.mark.parametrize(
    ("error", "status"),
    [(UnreachableError("state-busy", "`/secret/place` is busy"), 503), (OSError("/secret"), 500)],
)
def test_an_error_names_no_place(empty: Path, error: Exception, status: int) -> None:
    def broken() -> Observed:
        raise error

    with serving(empty, broken) as server:
        found, _, body = ask(server, "/health")
    assert found == status
    assert "secret" not in body
    assert set(json.loads(body)) == {"error"}


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.1", "example.com", ""])
def test_other_machines_are_served_over_tls_or_by_an_explicit_word(host: str) -> None:
    with pytest.raises(DeniedError, match="in the clear") as caught:
        require_safe(host, None, insecure=False)
    assert caught.value.code == "serve-not-secure"
    require_safe(host, None, insecure=True)
    require_safe("127.0.0.1", None, insecure=False)


def test_a_port_in_use_is_one_clear_error() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(MeshwrightError) as caught:
            open_socket("127.0.0.1", taken.getsockname()[1])
    assert caught.value.code == "port-in-use"
    assert caught.value.hint.startswith("mesh serve --port")


def test_garbage_ends_in_an_error_and_serves_on(empty: Path) -> None:
    with serving(empty) as server:
        with socket.create_connection(server.place[:2], timeout=5) as raw:
            raw.sendall(b"\x00\xff nonsense\r\n\r\n")
            assert b"bad request" in raw.recv(4096)
        assert ask(server, "/health")[0] == 200
