"""Named locks across processes: a lock file that the operating system frees, and who holds it beside.

`<name>.lock` carries the lock, `<name>.holder` says who has it. The second is a courtesy to those who wait:
it may be stale after a crash, and is read only while the lock is taken.
"""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from filelock import FileLock, Timeout

from meshwright.adapters.sqlite.connections import read_only
from meshwright.errors import UnreachableError

_POLL_SECONDS = 0.02


@contextmanager
def hold(folder: Path, name: str, holder: str, wait: float) -> Iterator[None]:
    """Hold `name` in `folder`; raise `UnreachableError` (`held-elsewhere`) after `wait` seconds."""
    base = folder / quote(name, safe=" ")
    note = base.with_name(f"{base.name}.holder")
    lock = FileLock(base.with_name(f"{base.name}.lock"), thread_local=False)
    try:
        lock.acquire(timeout=max(wait, 0.0), poll_interval=_POLL_SECONDS)
    except (Timeout, RuntimeError):  # RuntimeError: this very thread holds it already
        raise _held_elsewhere(name, note) from None
    except OSError as error:
        raise read_only(Path(lock.lock_file)) from error
    try:
        _write(note, holder)
        yield
    finally:
        with suppress(OSError):
            note.unlink(missing_ok=True)
        lock.release()


def _write(note: Path, holder: str) -> None:
    """Say who holds the lock, at once: nobody reads half of it."""
    said = {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "command": holder,
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    draft = note.with_name(f"{note.name}.{os.getpid()}")
    with suppress(OSError):
        draft.write_text(json.dumps(said), encoding="utf-8")
        draft.replace(note)


def _held_elsewhere(name: str, note: Path) -> UnreachableError:
    try:
        said = json.loads(note.read_text(encoding="utf-8"))
        who = f"`{said['command']}` (pid {said['pid']} on {said['host']}, since {said['since']})"
        hint = f"wait until process {said['pid']} has ended, or stop it"
    except (OSError, ValueError, KeyError, TypeError):
        who, hint = "another process", "wait until it has ended"
    return UnreachableError("held-elsewhere", f"`{name}` is held by {who}", hint=hint)
