"""Serve a mesh in the foreground, for `mesh serve` and the end of `mesh demo`: say where, wait for Ctrl-C."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from signal import SIGINT, SIGTERM, getsignal, signal
from threading import Event
from typing import TYPE_CHECKING

from meshwright.cli import console

if TYPE_CHECKING:
    from meshwright.app.mesh import Mesh
    from meshwright.serve.starting import Doors


def serve(mesh: "Mesh", metadata: "Mesh", doors: "Doors") -> None:
    """Serve until Ctrl-C; on a terminal of the machine that is served, with a link that signs in."""
    from meshwright.app.identity import links
    from meshwright.app.identity.first import ensure_administrator
    from meshwright.serve.api.listening import is_loopback
    from meshwright.serve.starting import MeshServer

    with _stopped() as wait:
        server = MeshServer(mesh, metadata, doors, console.say)
        try:
            first = ensure_administrator(mesh.wiring)
            for line in first.lines if first else ():
                console.say(line)
            if is_loopback(doors.host) and sys.stderr.isatty():
                console.say(f"\nopen {server.url}/enter/{links.make(mesh.wiring)}")
                console.say("  (the link signs you in once; `mesh open` makes another)")
            wait()
            console.say("\nended")
        finally:
            server.stop()


@contextmanager
def _stopped() -> Iterator[Callable[[], object]]:
    """Give what waits for Ctrl-C or a service manager's SIGTERM; a second one ends at once."""
    over = Event()
    before = {number: getsignal(number) for number in (SIGINT, SIGTERM)}

    def stop(*_: object) -> None:
        for number, handler in before.items():
            signal(number, handler)
        over.set()

    for number in before:
        signal(number, stop)
    try:
        yield over.wait
    finally:
        for number, handler in before.items():
            signal(number, handler)
