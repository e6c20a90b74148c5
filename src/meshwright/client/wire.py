"""Requests to a mesh on a server.

What must stay true: a token goes over TLS, or to this machine; what changes something is sent once; an answer
that breaks off is an error, never fewer rows.
"""

import io
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import sleep
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import httpx

from meshwright import __version__
from meshwright.client.faults import error_of
from meshwright.errors import DeniedError, MeshwrightError, UnreachableError, UsageError

if TYPE_CHECKING:
    import pyarrow

ARROW = "application/vnd.apache.arrow.stream"
TRIES = 3
_BUFFER = 1024 * 1024  # what reads Arrow takes a short read for the end
_AGAIN = (429, 502, 503, 504)
_LOCAL = ("localhost", "127.0.0.1", "::1")
_TIMES = httpx.Timeout(10.0, read=300.0)


class Wire:
    """One server, asked with one token."""

    def __init__(self, url: str, token: str = "", *, ca: str = "", insecure: bool = False) -> None:
        self.url = plain_url(url, insecure=insecure)
        self._client = client_of(self.url, token, ca)

    def close(self) -> None:
        """Close connections."""
        self._client.close()

    def get(self, path: str, **words: Any) -> Any:
        """Return the JSON of a GET; tried again where the server cannot be reached now."""
        said = _said(words)
        for left in range(TRIES - 1, -1, -1):
            try:
                response = self._client.get(path, params=said)
            except httpx.TransportError as error:
                if not left:
                    raise self._unreachable(error) from error
            else:
                if response.status_code not in _AGAIN or not left:
                    return self._json(response)
            sleep(0.2 * (TRIES - left))
        raise AssertionError("the last try returns or raises")

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Return the JSON of a POST, which is sent once."""
        try:
            response = self._client.post(path, json=body)
        except httpx.TransportError as error:
            raise self._unreachable(error) from error
        return self._json(response)

    def rows(self, path: str, body: Mapping[str, Any]) -> "tuple[pyarrow.Table, Mapping[str, str]]":
        """Return the rows of a query, whole, and the headers that describe them."""
        with self._stream(path, body) as response:
            import pyarrow

            try:
                with pyarrow.ipc.open_stream(io.BufferedReader(_Body(response), _BUFFER)) as reader:
                    table = reader.read_all()
            except (pyarrow.ArrowException, OSError) as error:
                raise UnreachableError("answer-cut-short", "the answer broke off") from error
            return table, dict(response.headers)

    @contextmanager
    def _stream(self, path: str, body: Mapping[str, Any]) -> Iterator[httpx.Response]:
        try:
            with self._client.stream("POST", path, json=body, headers={"Accept": ARROW}) as found:
                if found.status_code >= 400:
                    found.read()
                    raise self._error(found)
                yield found
        except httpx.TransportError as error:
            raise self._unreachable(error) from error

    def _json(self, response: httpx.Response) -> Any:
        if response.status_code >= 400 or response.is_redirect:
            raise self._error(response)
        if response.status_code == 204:
            return None
        try:
            return response.json()
        except ValueError as error:
            raise error_of(response.status_code, None, self.url) from error

    def _error(self, response: httpx.Response) -> MeshwrightError:
        try:
            body = response.json()
        except ValueError:
            body = None
        return error_of(response.status_code, body, self.url)

    def _unreachable(self, error: httpx.TransportError) -> UnreachableError:
        said = str(error) or type(error).__name__
        if isinstance(error, httpx.RemoteProtocolError | httpx.ReadError):
            return UnreachableError(
                "answer-cut-short", f"the answer of `{self.url}` broke off", hint="try again"
            )
        hint = "`mesh serve` prints where it listens"
        if "certificate" in said.lower():
            hint = "name the authority that signed its certificate: MESH_CA=FILE"
        return UnreachableError(
            "server-unreachable", f"`{self.url}` cannot be reached: {said.lower()[:200]}", hint=hint
        )


def client_of(url: str, token: str = "", ca: str = "") -> httpx.Client:
    """Return what sends requests to a server, with a token."""
    headers = {"User-Agent": f"meshwright/{__version__}"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return httpx.Client(
        base_url=url,
        headers=headers,
        timeout=_TIMES,
        verify=_trust(url, ca),
        follow_redirects=False,
    )


class _Body(io.RawIOBase):
    """A response that is read like a file."""

    def __init__(self, response: httpx.Response) -> None:
        self._chunks = response.iter_bytes()
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = memoryview(chunk)
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


def plain_url(url: str, *, insecure: bool = False) -> str:
    """Return a server's address without what comes after its port; raise `UsageError` for what is none."""
    parts = urlsplit(url if "://" in url else f"https://{url}")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise UsageError(
            "server-invalid", f"`{url}` is no server's address", hint="https://mesh.example.com"
        )
    if parts.scheme == "http" and parts.hostname not in _LOCAL and not insecure:
        raise DeniedError(
            "server-not-secure",
            f"`{url}` would be sent a token in the clear",
            hint=f"https://{parts.netloc}",
        )
    return f"{parts.scheme}://{parts.netloc}"


def word(text: str) -> str:
    """Return a text as one part of a path."""
    return quote(text, safe="@:~")


def _said(words: Mapping[str, Any]) -> dict[str, str]:
    """Return the words that say something, as a query string has them."""
    told: dict[str, str] = {}
    for name, value in words.items():
        if isinstance(value, bool):
            told |= {name: "true"} if value else {}
        elif value not in (None, "", ()):
            told[name] = ",".join(value) if isinstance(value, tuple) else str(value)
    return told


def _trust(url: str, ca: str) -> ssl.SSLContext | bool:
    if url.startswith("http:"):
        return False  # there is no certificate to judge
    try:
        return ssl.create_default_context(cafile=ca or None)
    except (OSError, ssl.SSLError) as error:
        raise UsageError("ca-unreadable", f"`{ca}` is no certificate authority's file") from error
