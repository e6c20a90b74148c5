"""Tokens that `mesh login` keeps: one for each server, in a file that only its owner reads."""

import json
import os
import stat
from pathlib import Path

from meshwright.errors import DeniedError, UsageError

VARIABLE = "MESH_TOKEN"


def place() -> Path:
    """Return the file."""
    home = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    return Path(home) / "meshwright" / "tokens.json"


def find_token(url: str) -> str:
    """Return the token for a server: the environment's, else the kept one, else ''.

    Raises `DeniedError` (`tokens-readable-by-others`) rather than use a file that others can read.
    """
    return os.environ.get(VARIABLE, "") or _read().get(url, "")


def keep_token(url: str, token: str) -> None:
    """Keep a token, in a file with mode 0600."""
    _write({**_read(), url: token})


def forget_token(url: str) -> str:
    """Forget the token of a server and return it; '' where none was kept."""
    known = _read()
    token = known.pop(url, "")
    if token:
        _write(known)
    return token


def _read() -> dict[str, str]:
    file = place()
    try:
        mode = file.stat().st_mode
    except FileNotFoundError:
        return {}
    if stat.S_IMODE(mode) & 0o077:
        raise DeniedError(
            "tokens-readable-by-others",
            f"`{file}` can be read by others than you",
            hint=f"chmod 600 {file}",
        )
    try:
        known = json.loads(file.read_text())
        return {str(url): str(token) for url, token in known.items()}
    except (ValueError, AttributeError) as error:
        raise UsageError(
            "tokens-unreadable", f"`{file}` is not what `mesh login` wrote", hint=f"rm {file}"
        ) from error


def _write(known: dict[str, str]) -> None:
    file = place()
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as out:
        json.dump(known, out, indent=1)
    new.replace(file)
