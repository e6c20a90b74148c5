"""Posting lineage, over a real socket: what is taken, and from whom nothing is."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from tests.meshes import write_mesh
from tests.serving import serving as serving_mesh

from meshwright.adapters.openlineage import ClientSink
from meshwright.app.lineage_import import Taken
from meshwright.errors import UnreachableError, UsageError
from meshwright.serve.answers import Observed
from meshwright.serve.api.listening import ApiServer
from meshwright.serve.posts import MOST_BYTES, Take
from meshwright.testing.lineage_sink import event

JSON = "application/json"
PATH = "/api/v1/lineage"


def no_observation() -> Observed:
    raise AssertionError("a POST observes nothing")


def take_all(body: bytes) -> tuple[Taken, bool]:
    """Take anything that is JSON."""
    found = json.loads(body)
    events = found if isinstance(found, list) else [found]
    failed = [(number, "bad") for number, one in enumerate(events) if one == "bad"]
    return Taken(len(events), len(events) - len(failed), failed=failed), isinstance(found, list)


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A mesh of nothing."""
    return write_mesh(tmp_path / "mesh", {})


@contextmanager
def serving(folder: Path, take: Take = take_all) -> Iterator[ApiServer]:
    with serving_mesh(folder, people=False) as found:
        found.service.observe = no_observation
        found.service.take = take
        yield found.server


def post(
    server: ApiServer,
    body: bytes = b"{}",
    path: str = PATH,
    kind: str | None = JSON,
    **headers: str,
) -> tuple[int, Any]:
    connection = HTTPConnection(*server.place[:2], timeout=5)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("POST", path, body, {**({"Content-Type": kind} if kind else {}), **sent})
    response = connection.getresponse()
    answer = json.loads(response.read())
    connection.close()
    return response.status, answer


def test_one_event_is_created_and_a_batch_is_told_one_by_one(empty: Path) -> None:
    """201 as lineage servers answer; for a list 200, with what became of each."""
    with serving(empty) as server:
        assert post(server) == (201, {"status": "success"})
        status, answer = post(server, b'[{}, "bad", {}]', "/api/v1/lineage/batch")
    assert (status, answer["status"]) == (200, "partial_success")
    assert answer["summary"] == {
        "received": 3,
        "successful": 2,
        "failed": 1,
        "retriable": 0,
        "non_retriable": 1,
    }
    assert answer["failed_events"] == [{"index": 1, "reason": "bad", "retriable": False}]


def test_the_official_client_posts_here(empty: Path, tmp_path: Path) -> None:
    """With the url alone, as `OPENLINEAGE_URL` gives it to Airflow, dbt and others."""
    taken: list[Any] = []

    def keep(body: bytes) -> tuple[Taken, bool]:
        taken.append(json.loads(body))
        return take_all(body)

    with serving(empty, keep) as server:
        sink = ClientSink({"type": "http", "url": server.place.url}, tmp_path)
        sink.send(event())
        sink.close()
    assert taken[0]["run"] == event()["run"]


def test_an_event_that_is_none_is_refused_in_the_one_shape_of_errors(empty: Path) -> None:
    def refuse(body: bytes) -> tuple[Taken, bool]:
        raise UsageError("events-unreadable", "these are no events: at line 1")

    with serving(empty) as server:
        assert post(server, b'"bad"') == (
            400,
            {"error": {"code": "event-invalid", "message": "bad", "hint": "", "kind": "user"}},
        )
    with serving(empty, refuse) as server:
        status, answer = post(server)
    assert (status, answer["error"]["code"]) == (400, "events-unreadable")


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (JSON, 201),
        ("application/json; charset=utf-8", 201),
        ("application/x-ndjson", 201),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        (None, 415),
    ],
)
def test_only_media_types_that_no_form_can_send_are_taken(
    empty: Path, kind: str | None, status: int
) -> None:
    with serving(empty) as server:
        assert post(server, kind=kind)[0] == status


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:8321"},
        {"Sec_Fetch_Site": "cross-site"},
    ],
)
def test_a_page_in_a_browser_may_not_post(empty: Path, headers: dict[str, str]) -> None:
    with serving(empty) as server:
        status, answer = post(server, **headers)
    assert (status, answer["error"]["code"]) == (403, "origin-refused")


def test_another_host_name_gets_nothing(empty: Path) -> None:
    """A page that rebinds its own name to 127.0.0.1."""
    with serving(empty) as server:
        assert post(server, Host="evil.example")[0] == 421


def test_a_body_that_is_too_large_is_not_read(empty: Path) -> None:
    """413 before a byte of it is taken; the connection is closed."""
    with serving(empty) as server, socket.create_connection(server.place[:2], timeout=5) as client:
        head = f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {JSON}\r\n"
        client.sendall(f"{head}Content-Length: {MOST_BYTES + 1}\r\n\r\n".encode())
        answer = client.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"body-too-large" in answer


@pytest.mark.parametrize(
    "headers", [{"Transfer_Encoding": "chunked"}, {"Content_Encoding": "gzip"}]
)
def test_a_body_of_unknown_length_is_not_read(empty: Path, headers: dict[str, str]) -> None:
    with serving(empty) as server:
        assert post(server, **headers)[0] == 411


def test_a_body_that_is_cut_short_is_refused(empty: Path) -> None:
    with serving(empty) as server, socket.create_connection(server.place[:2], timeout=5) as client:
        head = f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {JSON}\r\n"
        client.sendall(f"{head}Content-Length: 50\r\n\r\n{{}}".encode())
        client.shutdown(socket.SHUT_WR)
        answer = client.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"body-cut-short" in answer


@pytest.mark.parametrize("path", ["/", "/api/v1", "/api/v1/lineage/x"])
def test_nothing_else_can_be_posted(empty: Path, path: str) -> None:
    with serving(empty) as server:
        assert post(server, path=path)[0] in (404, 405)


def test_lineage_is_posted_not_fetched(empty: Path) -> None:
    with serving(empty) as server:
        connection = HTTPConnection(*server.place[:2], timeout=5)
        connection.request("GET", PATH)
        assert connection.getresponse().status == 405
        connection.close()


def test_a_fault_of_ours_says_nothing_of_itself(empty: Path) -> None:
    def break_down(body: bytes) -> tuple[Taken, bool]:
        raise RuntimeError("/secret/path")

    def locked(body: bytes) -> tuple[Taken, bool]:
        raise UnreachableError("state-locked", "/secret/path is locked")

    for take, expected in ((break_down, 500), (locked, 503)):
        with serving(empty, take) as server:
            status, answer = post(server)
        assert status == expected
        assert "secret" not in json.dumps(answer)


@pytest.mark.parametrize("lengths", [("-1", "2"), ("2", "-1"), ("2", "3"), ("\xb2",)])
def test_a_length_that_is_no_number_or_said_twice_is_refused(
    empty: Path, lengths: tuple[str, ...]
) -> None:
    """What was judged must be what is read."""
    head = f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {JSON}\r\n"
    head += "".join(f"Content-Length: {length}\r\n" for length in lengths)
    with serving(empty) as server, socket.create_connection(server.place[:2], timeout=5) as client:
        client.sendall(f"{head}\r\n{{}}".encode("latin-1"))
        assert client.recv(20)[:13] in (b"HTTP/1.1 400 ", b"HTTP/1.1 411 ")
