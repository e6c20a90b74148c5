"""Where hooks lead and what they are signed with: files beside the state, that only its owner reads.

What must stay true: neither a URL (which may hold a token) nor a secret enters the ledger or a list.
"""

import json
import os
from base64 import b64decode, b64encode
from binascii import Error
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_bytes, token_hex

from meshwright.app.wiring import Wiring
from meshwright.errors import UsageError

PREFIX = "whsec_"
FOLDER = ("keys", "webhooks")
LEAST, MOST, MADE = 24, 64, 32  # bytes, as Standard Webhooks says


@dataclass(frozen=True, slots=True)
class Target:
    """Where a hook leads. `is_own`: whoever owns the mesh's files gave it, and may reach what they please."""

    url: str = field(repr=False)
    secret: str = field(repr=False)
    is_own: bool = False

    @property
    def key(self) -> bytes:
        """Return the key of its signatures."""
        return b64decode(self.secret.removeprefix(PREFIX))


def new_secret() -> str:
    """Make a secret."""
    return PREFIX + b64encode(token_bytes(MADE)).decode()


def require_secret(text: str) -> str:
    """Return a secret that somebody gave; raise `UsageError` (`webhook-secret-invalid`)."""
    try:
        size = len(b64decode(text.removeprefix(PREFIX), validate=True))
    except (Error, ValueError):
        size = 0
    if not text.startswith(PREFIX) or not LEAST <= size <= MOST:
        raise UsageError(
            "webhook-secret-invalid",
            f"a secret is `{PREFIX}` and {LEAST} to {MOST} bytes in base64",
            hint="give none: one is made and told once",
        )
    return text


def keep(wiring: Wiring, webhook: str, target: Target) -> None:
    """Keep a target, whole, readable by nobody else."""
    path = _path(wiring, webhook)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    hidden = path.with_name(f".{path.name}-{token_hex(4)}")
    shape = {"url": target.url, "secret": target.secret, "is_own": target.is_own}
    file = os.open(hidden, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "w", encoding="utf-8") as out:
        json.dump(shape, out)
        out.flush()
        os.fsync(out.fileno())
    hidden.replace(path)


def find(wiring: Wiring, webhook: str) -> Target | None:
    """Return a target; None where its file is gone or is none."""
    try:
        said = json.loads(_path(wiring, webhook).read_text("utf-8"))
        return Target(str(said["url"]), require_secret(str(said["secret"])), bool(said["is_own"]))
    except (OSError, ValueError, TypeError, LookupError, UsageError):
        return None


def erase(wiring: Wiring, webhook: str) -> None:
    """Forget a target."""
    with suppress(OSError):
        _path(wiring, webhook).unlink()


def _path(wiring: Wiring, webhook: str) -> Path:
    return wiring.mesh.state.joinpath(*FOLDER, f"{webhook}.json")
