"""Secrets of the environment and of files, for instance those that an orchestrator mounts."""

import os
from pathlib import Path

from meshwright.errors import UnreachableError

LARGEST = 65_536  # a secret is no document


class EnvironmentSecrets:
    """`${env:NAME}`: a variable of this process. An empty one is none."""

    def __init__(self, root: Path) -> None:
        del root  # the environment is the same wherever the mesh lies

    def find(self, name: str) -> str | None:
        """Return a variable's value."""
        return os.environ.get(name) or None


class FileSecrets:
    """`${file:PATH}`: a file's text without the line end; a relative path starts at the mesh."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def find(self, name: str) -> str | None:
        """Return a file's text."""
        path = self._root / os.path.expanduser(name)
        try:
            with path.open("rb") as file:
                data = file.read(LARGEST + 1)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError) as error:
            reason = (getattr(error, "strerror", None) or "its name is not a path").lower()
            raise _unreadable(name, reason) from None
        if len(data) > LARGEST:
            raise _unreadable(name, f"it has more than {LARGEST:,} bytes")
        try:
            return data.decode("utf-8-sig").rstrip("\r\n") or None
        except UnicodeDecodeError:
            raise _unreadable(name, "it is not UTF-8 text") from None


def _unreadable(name: str, reason: str) -> UnreachableError:
    return UnreachableError(
        "secret-unreachable",
        f"the secret file `{name}` cannot be read: {reason}",
        hint="a secret file holds the secret and nothing else",
    )
