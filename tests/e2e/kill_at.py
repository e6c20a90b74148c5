"""Run a mesh with adapters that kill their own process at the Nth call that changes state.

    python kill_at.py MESH N     (N = 0: count the calls, print the number, kill nothing)

Wrapped are the calls of every adapter that change something, and what Python itself does to files.
"""

import os
import signal
import sys
from collections.abc import Callable
from itertools import count
from threading import Lock
from typing import Any

from meshwright.app.mesh import open_mesh
from meshwright.spi import plugins

CHANGING = {
    "state_stores": ("write", "hold", "prepare"),
    "engines": ("open", "land"),
    "table_stores": ("follow",),
    "checkpoint_sinks": ("send",),
}
SESSION = ("define", "stage")
FILES = ("replace", "rename", "unlink", "remove", "rmdir", "mkdir", "fsync", "link")


class Killer:
    """Counts calls that change state and dies at the one it was given."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.calls = 0
        self._numbers = count(1)
        self._lock = Lock()

    def tick(self) -> None:
        with self._lock:
            self.calls = next(self._numbers)
            if self.calls == self.at:
                os.kill(os.getpid(), signal.SIGKILL)

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Die before the call, or after it has been done (each is a moment of its own)."""

        def wrapper(*args: Any, **kwargs: Any) -> Any:
            self.tick()
            result = function(*args, **kwargs)
            self.tick()
            return result

        return wrapper


class Wrapped:
    """Passes everything on; the changing methods go by the killer."""

    def __init__(self, inner: Any, killer: Killer, methods: tuple[str, ...]) -> None:
        self._inner = inner
        self._killer = killer
        self._methods = methods

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._inner, name)
        if name == "open":
            return lambda *args: Wrapped(self._killer.around(value)(*args), self._killer, SESSION)
        if name == "write":
            return lambda: WrappedWrite(value(), self._killer)
        return self._killer.around(value) if name in self._methods else value


class WrappedWrite:
    """A transaction: each statement and the commit are moments to die at."""

    def __init__(self, inner: Any, killer: Killer) -> None:
        self._inner = inner
        self._killer = killer

    def __enter__(self) -> Any:
        writer = self._inner.__enter__()
        return Wrapped(writer, self._killer, ("run", "run_many"))

    def __exit__(self, *error: Any) -> Any:
        self._killer.tick()
        result = self._inner.__exit__(*error)
        self._killer.tick()
        return result


def killing_load(killer: Killer) -> Callable[[str, str], Any]:
    """Return what loads adapters, each wrapped."""

    def load(group: str, name: str) -> Any:
        factory = plugins.load(group, name)
        methods = CHANGING.get(group)
        if methods is None:
            return factory
        return lambda *args, **kwargs: Wrapped(factory(*args, **kwargs), killer, methods)

    return load


def main() -> None:
    folder, number = sys.argv[1], int(sys.argv[2])
    killer = Killer(number)
    for name in FILES:
        setattr(os, name, killer.around(getattr(os, name)))
    mesh = open_mesh(folder, load=killing_load(killer))
    results = mesh.run(workers=1)
    mesh.close()
    if number == 0:
        print(killer.calls, *(result.status for result in results))


if __name__ == "__main__":
    main()
