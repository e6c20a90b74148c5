"""`meshwright.connect`: the verbs of a local mesh, on a server, with the same answers."""

import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

import meshwright
from meshwright.app.mesh import Mesh
from meshwright.app.result import Result
from meshwright.client.remote_mesh import RemoteMesh
from meshwright.errors import (
    DeniedError,
    MeshwrightError,
    RefusedError,
    UnreachableError,
    UsageError,
)
from tests.serving import Serving, serving

ORDERS = "select id, amount from sales.orders.orders order by id"


@pytest.fixture(scope="module")
def server(served_shop: Path) -> Iterator[Serving]:
    with serving(served_shop) as found:
        yield found


@pytest.fixture
def remote(server: Serving) -> Iterator[RemoteMesh]:
    with meshwright.connect(server.url, server.tokens["ada"]) as mesh:
        yield mesh


def test_rows_and_versions_are_those_of_the_local_mesh(remote: RemoteMesh, server: Serving) -> None:
    found, local = remote.query(ORDERS), Mesh(server.service.wiring).query(ORDERS)
    assert isinstance(found, Result)
    assert found.rows() == local.rows() == [(1, 10), (2, 20), (3, 5)]
    assert found.versions == local.versions == {"sales.orders.orders": 1}
    assert found.to_polars().shape == (3, 2)
    assert len(remote.read("sales.orders.orders", version=1)) == 3


def test_many_rows_come_whole(remote: RemoteMesh) -> None:
    """More than one piece of the network holds."""
    table = remote.query("select range as x, repeat('y', 100) as y from range(300000)").to_arrow()
    assert table.num_rows == 300_000
    assert table["x"].to_pylist() == list(range(300_000))


def test_pages_are_the_same_values(remote: RemoteMesh, server: Serving) -> None:
    local = Mesh(server.service.wiring)
    assert remote.products() == local.products()
    assert remote.products("sales") == local.products("sales")
    assert remote.history("sales.orders") == local.history("sales.orders")
    assert remote.history("sales.orders", limit=1) == local.history("sales.orders", limit=1)
    assert remote.cost() == local.cost()
    way: dict[str, Any] = {"up": False, "models": True}
    assert remote.lineage("sales.orders.orders", **way) == local.lineage(
        "sales.orders.orders", **way
    )
    wish: dict[str, Any] = {"drop": True}
    column = "sales.orders.orders.amount"
    assert remote.impact(column, **wish) == local.impact(column, **wish)
    assert remote.incidents.list() == local.incidents.list()

    def steady(ports: Any) -> Any:
        return [
            replace(port, age=0.0, compliance=None, budget_left=None, downtime=None)
            for port in ports
        ]

    assert steady(remote.health("sales.*")) == steady(local.health("sales.*"))


def test_a_product_is_told_but_for_its_code_and_sources(
    remote: RemoteMesh, server: Serving
) -> None:
    found, local = remote.show("sales.orders"), Mesh(server.service.wiring).show("sales.orders")
    assert replace(found, product=local.product) == local
    assert found.product.models == ()
    assert found.product.outputs == local.product.outputs


def test_errors_come_back_as_what_they_are(remote: RemoteMesh, server: Serving) -> None:
    with pytest.raises(UsageError) as wrong:
        remote.query("select * from sales.orders.nothing")
    assert wrong.value.code == "table-unknown"
    assert "sales.orders.orders" in wrong.value.hint
    with meshwright.connect(server.url, server.tokens["gus"]) as guest:
        with pytest.raises(DeniedError, match="may not read") as denied:
            guest.query(ORDERS)
        assert denied.value.exit_code == 4
    with meshwright.connect(server.url, "wrong") as nobody, pytest.raises(DeniedError):
        nobody.products()


def test_access_is_asked_for_and_given_from_afar(server: Serving) -> None:
    with (
        meshwright.connect(server.url, server.tokens["gus"], purpose="billing") as guest,
        meshwright.connect(server.url, server.tokens["sales"]) as owner,
    ):
        asked = guest.access.request("sales.orders.orders", purpose="billing", lasting="30d")
        assert [one["request"] for one in owner.access.requests(to_approve=True)] == [
            asked["request"]
        ]
        given = owner.access.approve(asked["request"], note="fine")
        assert len(guest.query(ORDERS)) == 3
        assert [one["grant"] for one in guest.access.grants()] == [given["grant"]["grant"]]
        owner.access.revoke(given["grant"]["grant"], reason="over")
        with pytest.raises(DeniedError):
            guest.query(ORDERS)
        with pytest.raises((UsageError, RefusedError)):
            owner.access.approve("request-none")


def test_what_one_may_read_is_explained_and_what_one_did_is_told(server: Serving) -> None:
    with (
        meshwright.connect(server.url, server.tokens["gus"]) as guest,
        meshwright.connect(server.url, server.tokens["ada"]) as member,
    ):
        denied = guest.access.explain("sales.orders.orders")
        assert denied["allowed"] is False
        assert "sales.orders.orders" in {one["address"] for one in member.access.what()}
        assert "person:ada" in {
            one["principal"] for one in member.access.who("sales.orders.orders")
        }
        with pytest.raises(DeniedError) as caught:
            guest.access.who("sales.orders.orders")
        assert caught.value.code == "explain-denied"
        with pytest.raises(DeniedError):
            guest.query(ORDERS)
        told = list(guest.trail(kinds=("query",), refused=True, limit=5))
        assert [(one.principal, one.door, one.error) for one in told][-1] == (
            "person:gus", "http", "access-denied"
        )  # fmt: skip
        assert not list(guest.trail(principal="person:ada"))


def test_what_a_server_does_not_offer_says_so(remote: RemoteMesh) -> None:
    for verb in ("run", "rollback", "wiring", "ledger_verify"):
        with pytest.raises(UsageError) as caught:
            getattr(remote, verb)
        assert caught.value.code == "server-verb-missing"
    with pytest.raises(UsageError, match="incidents resolve"):
        remote.incidents.resolve("inc-1")
    with pytest.raises(AttributeError):
        remote.nonsense  # noqa: B018


@pytest.mark.parametrize("url", ["", "ftp://x", "https://user:password@host", "http://"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        meshwright.connect(url)
    assert caught.value.code == "server-invalid"


def test_a_token_is_not_sent_in_the_clear() -> None:
    with pytest.raises(DeniedError) as caught:
        meshwright.connect("http://mesh.example.com", "secret")
    assert caught.value.code == "server-not-secure"


def strange(answers: list[bytes]) -> tuple[str, list[bytes]]:
    """Serve raw answers, one a connection; return the address and what was sent."""
    listener = socket.create_server(("127.0.0.1", 0))
    sent: list[bytes] = []

    def serve() -> None:
        with listener:
            for answer in answers:
                connection, _ = listener.accept()
                with connection:
                    sent.append(connection.recv(65536))
                    connection.sendall(answer)

    Thread(target=serve, daemon=True).start()
    return f"http://127.0.0.1:{listener.getsockname()[1]}", sent


def http(status: str, body: bytes = b"", head: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{head}\r\n".encode() + body


def test_a_read_is_tried_again_and_a_change_is_not() -> None:
    busy = http("503 Busy", b'{"error":{"code":"server-busy","message":"busy","kind":"exhausted"}}')
    good = http("200 OK", json.dumps({"products": [], "next": ""}).encode())
    url, sent = strange([busy, good])
    with meshwright.connect(url, "t") as mesh:
        assert mesh.products() == ()
    assert len(sent) == 2
    url, sent = strange([busy, busy])
    with meshwright.connect(url, "t") as mesh, pytest.raises(MeshwrightError) as caught:
        mesh.access.refuse("request-1")
    assert (caught.value.code, len(sent)) == ("server-busy", 1)


@pytest.mark.parametrize(
    "answer",
    [
        http("200 OK", b"<html>"),
        http("302 Found", b"", "Location: https://evil.example/\r\n"),
        http("500 Oops", b"nonsense"),
        b"garbage",
        b"",
    ],
)
def test_what_is_no_mesh_is_told_as_such(answer: bytes) -> None:
    url, _ = strange([answer] * 3)
    with meshwright.connect(url, "t") as mesh, pytest.raises(UnreachableError):
        mesh.products()


def test_an_answer_that_breaks_off_is_never_fewer_rows(server: Serving) -> None:
    whole = server.query(ORDERS, "application/vnd.apache.arrow.stream").content
    head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    for cut in (10, len(whole) // 2, len(whole) - 8):  # the last: a stream without its end
        part = whole[:cut]
        url, _ = strange([head.encode() + f"{len(part):x}\r\n".encode() + part + b"\r\n"])
        with meshwright.connect(url, "t") as mesh, pytest.raises(UnreachableError) as caught:
            mesh.query(ORDERS)
        assert caught.value.code == "answer-cut-short"


def test_nobody_there_is_one_clear_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with meshwright.connect(f"http://127.0.0.1:{port}", "t") as mesh:
        with pytest.raises(UnreachableError) as caught:
            mesh.query("select 1")
        assert caught.value.code == "server-unreachable"
