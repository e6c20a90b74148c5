"""Sinks for OpenLineage events that need no library: a file, a server, the terminal."""

import json
import os
import sys
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection, responses
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from meshwright.errors import DescriptorError, RefusedError, UnreachableError
from meshwright.model.json_value import Json

ENDPOINT = "api/v1/lineage"
SECONDS = 3.0
REFUSING = (400, 413, 422)  # the receiver will never take this event
_FILE_HINT = "for example `transport: file`, `path: lineage.ndjson`"
_HTTP_HINT = "for example `transport: http`, `url: https://lineage.example.com`"


class FileSink:
    """`path`: one line of JSON an event, appended."""

    def __init__(self, options: Mapping[str, Json], root: Path) -> None:
        path = options.get("path")
        if not isinstance(path, str) or not path or "\0" in path:
            raise DescriptorError("sink-invalid", "a `path` is missing", hint=_FILE_HINT)
        self._path = root / Path(path).expanduser()

    def send(self, event: Mapping[str, Json]) -> None:
        """Append an event, on disk when this returns."""
        line = json.dumps(event, ensure_ascii=False) + "\n"
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
            with os.fdopen(file, "ab", buffering=0) as stream:
                stream.write(line.encode("utf-8", "backslashreplace"))
        except OSError as error:
            reason = (error.strerror or "it cannot be written").lower()
            raise UnreachableError(
                "sink-unreachable", f"the file of events cannot be used: {reason}", hint=_FILE_HINT
            ) from None

    def close(self) -> None:
        """Do nothing: no file stays open."""


class ConsoleSink:
    """One line of JSON an event, on stderr: stdout is for results."""

    def __init__(self, options: Mapping[str, Json], root: Path) -> None:
        del options, root

    def send(self, event: Mapping[str, Json]) -> None:
        """Write an event."""
        try:
            sys.stderr.write(json.dumps(event, ensure_ascii=False) + "\n")
            sys.stderr.flush()
        except (OSError, ValueError):
            raise UnreachableError(
                "sink-unreachable", "stderr cannot be written to", hint="choose another transport"
            ) from None

    def close(self) -> None:
        """Do nothing: stderr is not ours."""


class HttpSink:
    """`url`, `endpoint`, `auth`, `timeout`: one POST an event, over a connection that is kept."""

    def __init__(self, options: Mapping[str, Json], root: Path) -> None:
        del root
        url = _address(options.get("url"))
        endpoint = str(options.get("endpoint", ENDPOINT)).strip("/")
        self._place = url
        self._path = f"{url.path.rstrip('/')}/{endpoint}"
        self._timeout = float(str(options.get("timeout") or SECONDS))
        self._headers = {"Content-Type": "application/json", "User-Agent": "meshwright"}
        auth = options.get("auth")
        if auth:
            self._headers["Authorization"] = f"Bearer {auth}"
        self._connection: HTTPConnection | None = None

    def send(self, event: Mapping[str, Json]) -> None:
        """Post an event; a kept connection that the server closed meanwhile is opened again once."""
        body = json.dumps(event, ensure_ascii=False).encode("utf-8", "backslashreplace")
        is_kept = self._connection is not None
        try:
            status = self._post(body)
        except (OSError, HTTPException):
            self.close()
            if not is_kept:
                raise _away("cannot be reached") from None
            try:
                status = self._post(body)
            except (OSError, HTTPException):
                self.close()
                raise _away("cannot be reached") from None
        if 200 <= status < 300:
            return
        said = f"answered {status} {responses.get(status, '')}".rstrip().lower()
        if status in REFUSING:
            raise RefusedError("event-refused", f"the lineage server {said}", hint=_HTTP_HINT)
        raise _away(said)

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _post(self, body: bytes) -> int:
        if self._connection is None:
            kind = HTTPSConnection if self._place.scheme == "https" else HTTPConnection
            host, port = self._place.hostname or "", self._place.port
            self._connection = kind(host, port, timeout=self._timeout)
        self._connection.request("POST", self._path, body, self._headers)
        response = self._connection.getresponse()
        response.read()
        return response.status


def _address(url: Json) -> SplitResult:
    try:
        found = urlsplit(str(url or ""))
        is_good = found.scheme in ("http", "https") and bool(found.hostname)
        is_good = is_good and (found.port is None or found.port > 0) and "@" not in found.netloc
    except ValueError:
        is_good = False
    if not is_good:
        raise DescriptorError(
            "sink-invalid", "`url` is no address of a server (keys go into `auth`)", hint=_HTTP_HINT
        )
    return found


def _away(what: str) -> UnreachableError:
    return UnreachableError(
        "sink-unreachable", f"the lineage server {what}", hint="mesh lineage send"
    )
