"""Notifiers for those who have none: a file of messages, or the terminal."""

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

from meshwright.errors import DescriptorError, UnreachableError
from meshwright.spi.notifier import Message

_HINT = "for example file:alerts.ndjson, beside mesh.yaml"


class FileNotifier:
    """`file:PATH`: one line of JSON a message, appended."""

    def __init__(self, url: str) -> None:
        scheme, _, path = url.partition(":")
        path = unquote(path.removeprefix("//"))
        if scheme != "file" or not path or "\0" in path:
            raise DescriptorError("notifier-invalid", "this address names no file", hint=_HINT)
        self._path = Path(path)

    def send(self, message: Message) -> None:
        """Append a message, on disk when this returns."""
        said = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "event": message.event,
            "severity": message.severity,
            "title": message.title,
            "body": message.body,
            "link": message.link,
        }
        line = json.dumps(said, ensure_ascii=False) + "\n"
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(file, "ab", buffering=0) as stream:
                stream.write(line.encode("utf-8", "backslashreplace"))
                os.fsync(stream.fileno())
        except OSError as error:
            reason = (error.strerror or "it cannot be written").lower()
            raise UnreachableError(
                "notifier-unreachable", f"the file of messages cannot be used: {reason}", hint=_HINT
            ) from None


class StderrNotifier:
    """`stderr:`: for a service whose output somebody keeps."""

    def __init__(self, url: str) -> None:
        if url.rstrip("/") != "stderr:":
            raise DescriptorError(
                "notifier-invalid", "this address is more than `stderr:`", hint="write `stderr:`"
            )

    def send(self, message: Message) -> None:
        """Write a message."""
        try:
            sys.stderr.write(f"{message.title}\n{message.body}\n\n")
            sys.stderr.flush()
        except (OSError, ValueError):
            raise UnreachableError(
                "notifier-unreachable",
                "stderr cannot be written to",
                hint="choose another notifier in mesh.yaml",
            ) from None
