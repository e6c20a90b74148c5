"""Whatever bytes come: the server stays up, the sessions of others go on, and little is kept of anything."""

import contextlib
import os
import random
import resource
import socket
import struct
import time
from collections.abc import Iterator

import psycopg
import pytest

from meshwright.serve.sql.limits import ServerLimits
from tests.sql_mesh import ADA, Served, served

STARTUP = struct.pack("!I", 196608) + f"user\0{ADA}\0database\0test\0\0".encode()
STARTUP = struct.pack("!I", len(STARTUP) + 4) + STARTUP


@pytest.fixture(scope="module")
def strict(sql_folder: object) -> Iterator[Served]:
    """A server of short patience."""
    limits = ServerLimits(
        startup_seconds=2.0, message_seconds=2.0, stalled_seconds=2.0, unproven=60, unproven_per_address=50,
        message_bytes=1 << 20,
    )  # fmt: skip
    with served(sql_folder, limits=limits) as running:  # type: ignore[arg-type]
        yield running


def opened(running: Served) -> socket.socket:
    """Return a bare connection."""
    return socket.create_connection(("127.0.0.1", running.server.port), timeout=10)


def drained(connection: socket.socket) -> bytes:
    """Return all that the server says until it ends the connection."""
    found = b""
    try:
        while data := connection.recv(65536):
            found += data
    except (ConnectionResetError, TimeoutError):
        pass
    return found


def alive(running: Served) -> None:
    with psycopg.connect(running.dsn, autocommit=True) as connection:
        assert connection.execute("select count(*) from pg_namespace").fetchone() is not None


def test_random_bytes_end_their_own_connection_only(strict: Served) -> None:
    dice = random.Random(7)
    with psycopg.connect(strict.dsn, autocommit=True) as other:
        for _ in range(150):
            with opened(strict) as connection:
                noise = dice.randbytes(dice.randrange(1, 400))
                head = b"" if dice.random() < 0.5 else struct.pack("!I", len(noise) + 4)
                connection.sendall(head + noise)
                connection.shutdown(socket.SHUT_WR)
                drained(connection)
        assert other.execute("select 1").fetchone() == (1,)


class Recorded:
    """A conversation of a real client, kept as it passes."""

    def __init__(self, running: Served) -> None:
        self.sent: list[bytes] = []
        listener = socket.create_server(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        self._listener, self._running = listener, running

    def run(self) -> None:
        import threading

        def pump(source: socket.socket, target: socket.socket, keep: bool) -> None:
            try:
                while data := source.recv(65536):
                    if keep:
                        self.sent.append(data)
                    target.sendall(data)
            except OSError:
                pass

        def carry() -> None:
            client, _ = self._listener.accept()
            with client, opened(self._running) as server:
                back = threading.Thread(target=pump, args=(server, client, False), daemon=True)
                back.start()
                pump(client, server, True)

        thread = threading.Thread(target=carry, daemon=True)
        thread.start()
        dsn = self._running.dsn.replace(f"port={self._running.server.port}", f"port={self.port}")
        with psycopg.connect(
            dsn, autocommit=True, sslmode="disable", gssencmode="disable"
        ) as client:
            client.execute("select %s::int + 1", [1]).fetchone()
            client.execute("show timezone")
        thread.join(10)
        self._listener.close()


def signed_in(running: Served) -> socket.socket:
    """Return the bare connection of a session that signed in, as libpq did it."""
    client = psycopg.connect(running.dsn, autocommit=True, sslmode="disable")
    bare = socket.socket(fileno=os.dup(client.fileno()))
    bare.setblocking(True)
    bare.settimeout(10)
    KEPT.append(client)
    return bare


KEPT: "list[psycopg.Connection[object]]" = []


def let_go() -> None:
    """Close what stood behind bare connections."""
    while KEPT:
        KEPT.pop().close()


def test_a_conversation_cut_short_at_each_byte_is_the_end_of_it_alone(strict: Served) -> None:
    recorded = Recorded(strict)
    recorded.run()
    whole = b"".join(recorded.sent)
    assert len(whole) > 300
    places = range(1, len(whole), max(1, len(whole) // 120))
    for place in places:
        with opened(strict) as connection:
            connection.sendall(whole[:place])
            connection.shutdown(socket.SHUT_WR)
            drained(connection)
    alive(strict)


def test_messages_of_a_session_cut_or_out_of_order_are_refused(strict: Served) -> None:
    dice = random.Random(11)
    for _ in range(60):
        bare, sent = signed_in(strict), b""
        with bare:
            for _ in range(dice.randrange(1, 6)):
                kind = dice.choice(b"QPBDECHSFdcfp\0zX")
                body = dice.choice(
                    (dice.randbytes(dice.randrange(0, 60)), b"x\0y\0\0\0", b"select 1\0", b"S\0")
                )
                sent += bytes([kind]) + struct.pack("!I", len(body) + 4) + body
            bare.sendall(sent)
            with contextlib.suppress(OSError):
                bare.shutdown(socket.SHUT_WR)
            drained(bare)
        let_go()
    let_go()
    alive(strict)


@pytest.mark.parametrize("length", [0, 3, 2**31 - 1, 2**31, 2**32 - 1, (1 << 20) + 5])
def test_a_length_that_is_not_allowed_is_refused_before_anything_is_kept(
    strict: Served, length: int
) -> None:
    with opened(strict) as connection:
        connection.sendall(struct.pack("!I", length))
        assert b"08P01" in drained(connection)
    bare = signed_in(strict)
    with bare:
        bare.sendall(b"Q" + struct.pack("!I", length))
        assert b"08P01" in drained(bare)
    let_go()


def test_a_client_that_dawdles_is_let_go(strict: Served) -> None:
    started = time.monotonic()
    with opened(strict) as connection:
        connection.sendall(STARTUP[:10])
        assert b"57P05" in drained(connection)
    bare = signed_in(strict)
    with bare:
        bare.sendall(b"Q\0\0\0")
        assert b"57P05" in drained(bare)
    let_go()
    assert time.monotonic() - started < 20


def test_a_client_that_does_not_read_holds_little_and_not_for_long(strict: Served) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    bare = signed_in(strict)
    with bare:
        sql = b"select i, repeat('x', 200) from range(3000000) t(i)\0"
        bare.sendall(b"Q" + struct.pack("!I", len(sql) + 4) + sql)
        time.sleep(6)
        alive(strict)
    let_go()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300 * 1024


def test_a_thousand_connections_that_say_nothing_keep_nobody_out_for_long(strict: Served) -> None:
    held = []
    for _ in range(1000):
        try:
            held.append(opened(strict))
        except OSError:
            break
    refused = sum(1 for connection in held[200:260] if b"53300" in drained(connection))
    assert refused > 0
    for connection in held:
        connection.close()
    deadline = time.monotonic() + 15
    while True:
        try:
            alive(strict)
            break
        except psycopg.OperationalError:
            assert time.monotonic() < deadline
            time.sleep(0.3)
