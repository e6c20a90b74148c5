"""Where this mesh is served from this machine now: a note that a server leaves while it runs."""

import json
import os
from pathlib import Path

from meshwright.app.wiring import Wiring
from meshwright.errors import UsageError


def keep(wiring: Wiring, url: str) -> None:
    """Say where the mesh is served; the newest server counts."""
    _file(wiring).write_text(json.dumps({"url": url, "pid": os.getpid()}), "utf-8")


def forget(wiring: Wiring) -> None:
    """Take back what this process said."""
    if _pid(_read(wiring)) == os.getpid():
        _file(wiring).unlink(missing_ok=True)


def served_at(wiring: Wiring) -> str:
    """Return the address of the running server; raise `UsageError` (`not-served`) where there is none."""
    said = _read(wiring)
    if not said or not _is_alive(_pid(said)):
        raise UsageError("not-served", "no server of this mesh runs here", hint="mesh serve")
    return str(said.get("url", ""))


def _read(wiring: Wiring) -> dict[str, object]:
    try:
        said = json.loads(_file(wiring).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def _pid(said: dict[str, object]) -> int:
    pid = said.get("pid")
    return pid if isinstance(pid, int) else 0


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return pid > 0


def _file(wiring: Wiring) -> Path:
    return wiring.mesh.state / "serving.json"
