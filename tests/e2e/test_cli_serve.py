"""`mesh serve` in a process of its own: every door, TLS, the first administrator, and its end."""

import json
import re
import signal
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg
import pytest
from adbc_driver_flightsql import DatabaseOptions
from adbc_driver_flightsql import dbapi as adbc

from tests.certificates import write_certificate
from tests.e2e.shell import mesh, start
from tests.meshes import change_yaml

ORDERS = "select id, amount from sales.orders.orders order by id"


@contextmanager
def served(folder: Path, *options: str) -> Iterator[tuple["subprocess.Popen[bytes]", str]]:
    """Serve a mesh; give the process and what it said until every door was named."""
    process = start(folder, "serve", "--port", "0", *options)
    said = ""
    try:
        assert process.stderr is not None
        while "Flight SQL  " not in said:
            line = process.stderr.readline().decode()
            assert line, said
            said += line
        yield process, said
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        if process.stdout is not None and not process.stdout.closed:
            process.communicate(timeout=30)


def token_of(folder: Path, *options: str) -> str:
    assert mesh(folder, "user", "add", "person:ada").code == 0
    assert mesh(folder, "team", "add", "sales", "person:ada").code == 0
    return mesh(folder, "token", "create", "person:ada", *options).out.strip()


def test_every_door_gives_the_same_rows(shop: Path) -> None:
    token = token_of(shop)
    with served(shop) as (_, said):
        http = re.search(r"http://[\d.]+:\d+", said)
        sql = re.search(r"postgresql://NAME@([\d.]+):(\d+)/", said)
        flight = re.search(r"grpc://[\d.]+:\d+", said)
        assert http, said
        assert sql, said
        assert flight, said
        bearer = {"Authorization": f"Bearer {token}"}
        answer = httpx.post(f"{http[0]}/api/v1/query", json={"sql": ORDERS}, headers=bearer)
        rows = [tuple(row) for row in answer.json()["rows"]]
        assert rows == [(1, 10), (2, 20), (3, 5)]
        with psycopg.connect(
            host=sql[1],
            port=int(sql[2]),
            user="ada",
            password=token,
            dbname="test",
            sslmode="disable",
        ) as connection:
            assert connection.execute(ORDERS).fetchall() == rows
        options = {DatabaseOptions.AUTHORIZATION_HEADER.value: f"Bearer {token}"}
        with (
            adbc.connect(flight[0], db_kwargs=options, autocommit=True) as db,
            db.cursor() as cursor,
        ):
            cursor.execute(ORDERS)
            assert [tuple(row) for row in cursor.fetchall()] == rows


def test_the_first_start_says_how_to_sign_in_and_the_next_says_nothing(shop: Path) -> None:
    with served(shop) as (process, said):
        http = re.search(r"http://[\d.]+:\d+", said)
        assert http
        assert process.stderr is not None
        while "it is not shown again" not in said:
            said += process.stderr.readline().decode()
        name, password = re.findall(r"(?:name|password)  +(\S+)", said)
        answer = httpx.post(f"{http[0]}/api/v1/login", json={"name": name, "password": password})
        bearer = {"Authorization": f"Bearer {answer.json()['token']}"}
        me = httpx.get(f"{http[0]}/api/v1/me", headers=bearer).json()
        assert me["roles"] == ["administrator"]
        refused = httpx.post(f"{http[0]}/api/v1/query", json={"sql": ORDERS}, headers=bearer)
        assert refused.status_code == 403, "no role lets read data"
    with served(shop) as (process, _):
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (0, b"")
    assert b"password" not in err


def test_tls_is_spoken_at_http_and_flight(shop: Path, tmp_path: Path) -> None:
    """By what mesh.yaml says; a client that trusts the certificate is answered, another one is not."""
    certificate, key = write_certificate(tmp_path)
    change_yaml(
        shop / "mesh.yaml",
        lambda mesh: mesh.update(serve={"tls": {"certificate": str(certificate), "key": str(key)}}),
    )
    token = token_of(shop)
    with served(shop) as (_, said):
        http = re.search(r"https://[\d.]+:\d+", said)
        flight = re.search(r"grpc\+tls://[\d.]+:\d+", said)
        assert http, said
        assert flight, said
        trusting = ssl.create_default_context(cafile=str(certificate))
        assert httpx.get(f"{http[0]}/health", verify=trusting).json()["products"]
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{http[0]}/health", verify=ssl.create_default_context())
        options = {
            DatabaseOptions.AUTHORIZATION_HEADER.value: f"Bearer {token}",
            DatabaseOptions.TLS_ROOT_CERTS.value: certificate.read_text(),
        }
        with (
            adbc.connect(flight[0], db_kwargs=options, autocommit=True) as db,
            db.cursor() as cursor,
        ):
            cursor.execute(ORDERS)
            assert len(cursor.fetchall()) == 3


def test_other_machines_need_tls_or_an_explicit_word(shop: Path) -> None:
    done = mesh(shop, "serve", "--host", "0.0.0.0")
    assert done.code == 4
    assert "serve-not-secure" in done.err
    assert mesh(shop, "serve", "--tls-cert", "x.pem").code == 2
    broken = mesh(shop, "serve", "--tls-cert", "x.pem", "--tls-key", "x.key", "--port", "0")
    assert broken.code == 2
    assert "tls-unreadable" in broken.err


def test_without_tls_others_need_a_token_for_health_too(shop: Path) -> None:
    token = token_of(shop, "--scope", "lineage")
    process = start(shop, "serve", "--host", "0.0.0.0", "--insecure", "--port", "0", "--no-flight")
    try:
        assert process.stderr is not None
        said = ""
        while "no SQL endpoint" not in said:
            line = process.stderr.readline().decode()
            assert line, said
            said += line
        port = re.search(r":(\d+) \(the web", said)
        assert port, said
        url = f"http://127.0.0.1:{port[1]}"
        assert httpx.get(f"{url}/health").status_code == 401
        bearer = {"Authorization": f"Bearer {token}"}
        assert httpx.get(f"{url}/health", headers=bearer).json()["products"]
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


def test_sigterm_ends_it_while_a_query_runs(shop: Path) -> None:
    """Nobody waits for a long query: it is cancelled."""
    token = token_of(shop)
    sql = "select count(*) from range(100000) a, range(100000) b, range(1000) c"
    with served(shop) as (process, said):
        http = re.search(r"http://[\d.]+:\d+", said)
        assert http
        asking = subprocess.Popen(
            ["curl", "-s", "-X", "POST", f"{http[0]}/api/v1/query", "-H", f"Authorization: Bearer {token}",
             "-H", "Content-Type: application/json", "-d", json.dumps({"sql": sql})],
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(1.5)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
        assert time.monotonic() - began < 15
        asking.wait(timeout=10)
