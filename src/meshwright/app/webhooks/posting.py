"""Post one signed body: to an address that was judged, within a time, following nothing.

What must stay true: what the other side answers is a number; nothing else of it is read, kept or told.
"""

import socket
import ssl
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from threading import Timer

from meshwright import __version__
from meshwright.app.webhooks.reach import Place
from meshwright.errors import UnreachableError

CONNECT_SECONDS, WHOLE_SECONDS = 10.0, 20.0
LONGEST_WAIT = 24 * 3600


class _Connection(HTTPConnection):
    """A connection to one of the addresses that were judged, under the name of the host."""

    def __init__(self, place: Place) -> None:
        super().__init__(place.host, place.port, timeout=CONNECT_SECONDS)
        self._place = place

    def connect(self) -> None:
        """Connect to the first address that answers."""
        error: OSError = OSError("no address")
        for address in self._place.addresses:
            try:
                self.sock = socket.create_connection((address, self.port), CONNECT_SECONDS)
                break
            except OSError as found:
                error = found
        else:
            raise error
        if self._place.is_secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self._place.host)


def post(place: Place, body: bytes, headers: Mapping[str, str]) -> tuple[int, int]:
    """Return the status, and how many seconds the other side wants to be left alone (0: it does not say).

    Raises `UnreachableError` (`webhook-unreachable`, `webhook-slow`).
    """
    connection = _Connection(place)
    is_late: list[bool] = []

    def hang_up() -> None:
        is_late.append(True)
        sock = connection.sock
        if sock is not None:
            sock.shutdown(socket.SHUT_RDWR)

    timer = Timer(WHOLE_SECONDS, lambda: _quietly(hang_up))
    timer.daemon = True
    timer.start()
    try:
        connection.request(
            "POST",
            place.path,
            body,
            {"Content-Type": "application/json", "User-Agent": f"meshwright/{__version__}", **headers},
        )  # fmt: skip
        response = connection.getresponse()
        return response.status, _wait(response.getheader("Retry-After") or "")
    except (OSError, HTTPException, ValueError):
        code = "webhook-slow" if is_late else "webhook-unreachable"
        what = "did not answer in time" if is_late else "cannot be reached"
        raise UnreachableError(
            code, f"`{place.host}` {what}", hint="mesh webhook test ID"
        ) from None  # what it says may hold the address, which may hold a token
    finally:
        timer.cancel()
        connection.close()


def _quietly(do: object) -> None:
    try:
        assert callable(do)
        do()
    except OSError:
        pass  # closed already


def _wait(said: str) -> int:
    is_number = said.isascii() and said.isdigit() and len(said) < 9
    return min(int(said), LONGEST_WAIT) if is_number else 0
