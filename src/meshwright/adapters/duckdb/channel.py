"""How a pool speaks with its processes: frames over one socket pair.

A frame is a kind (one byte), a length (four) and that many bytes. Requests are pickled, since the pool trusts
itself; what a process answers is JSON or Arrow IPC, since one that somebody broke must not reach the pool.
"""

import json
import socket
import struct
from collections.abc import Mapping

from meshwright.errors import ExhaustedError

READY, RUN, COLUMNS, STARTED, ROWS, ENDED, FAILED = b"1", b"q", b"c", b"s", b"r", b"z", b"e"
PIECE = 1024 * 1024
_HEAD = struct.Struct("!cI")
_LARGEST = 64 * PIECE
MOST_WORDS = 16 * PIECE  # of JSON


class ChannelClosed(Exception):
    """The other side is gone."""


def send(channel: socket.socket, kind: bytes, payload: bytes | memoryview) -> None:
    """Send one frame; a payload of rows may be of any size, and goes in pieces: they are one stream."""
    try:
        if len(payload) <= 64 * 1024 or kind != ROWS:
            channel.sendall(_HEAD.pack(kind, len(payload)) + bytes(payload))
            return
        view = memoryview(payload)
        for start in range(0, len(view), PIECE):
            piece = view[start : start + PIECE]
            channel.sendall(_HEAD.pack(kind, len(piece)))
            channel.sendall(piece)
    except (BrokenPipeError, ConnectionError) as error:
        raise ChannelClosed from error


def send_json(channel: socket.socket, kind: bytes, value: Mapping[str, object]) -> None:
    """Send one frame of JSON; raise `ExhaustedError` (`query-too-wide`) for one that nobody would take."""
    payload = json.dumps(value).encode()
    if len(payload) > MOST_WORDS:
        raise ExhaustedError(
            "query-too-wide",
            "the names and types of the columns are longer than 16 MB",
            hint="ask for fewer columns",
        )
    send(channel, kind, payload)


def receive(channel: socket.socket) -> tuple[bytes, bytes]:
    """Return the next frame; raise `ChannelClosed` at the end, `TimeoutError` by the socket's timeout."""
    kind, length = _HEAD.unpack(_exactly(channel, _HEAD.size))
    if length > _LARGEST:
        raise ChannelClosed
    return kind, _exactly(channel, length)


def _exactly(channel: socket.socket, count: int) -> bytes:
    buffer = bytearray(count)
    view, done = memoryview(buffer), 0
    while done < count:
        try:
            got = channel.recv_into(view[done:])
        except ConnectionError as error:
            raise ChannelClosed from error
        if not got:
            raise ChannelClosed
        done += got
    return bytes(buffer)


def number(payload: bytes, name: str) -> int | None:
    """Return a number of a frame of JSON; None where there is none."""
    try:
        found = json.loads(payload)[name]
    except (ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, int) else None
