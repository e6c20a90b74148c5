"""The process of one run that a server began: an order on stdin, what happens as lines of JSON on stdout.

What must stay true: who ordered it is judged again here, as somebody who proved who they are; a server that
ends, however it ends, ends its run cleanly, for nobody is left at the other end of stdin.
"""

import json
import os
import signal
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from threading import Thread
from typing import Any

from meshwright.app.acting import ActingWiring
from meshwright.app.catalog.running import require_may_run
from meshwright.app.events import RunEvent
from meshwright.app.run import run
from meshwright.app.shapes import build_shape
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError
from meshwright.model.plan import BuildResult
from meshwright.orchestrate.heeding import heed_signals
from meshwright.serve.wording import told

WAIT_SECONDS = 30.0  # for a run that somebody began elsewhere


@dataclass(frozen=True, slots=True)
class Order:
    """What to run, as whom. `principal` '': as the owner of the mesh's files."""

    root: str
    environment: str
    principal: str
    run: str
    select: tuple[str, ...] = ()
    changed: bool = False
    force: bool = False
    as_of: str = ""


def main() -> int:
    """Run what stdin says."""
    order = Order(**json.loads(sys.stdin.readline()))
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, _interrupt)
    heed_signals()
    Thread(target=_watch_parent, daemon=True).start()
    origin = Wiring(Path(order.root), order.environment)
    try:
        _say("done", results=[_result(one) for one in _run(origin, order)])
    except MeshwrightError as error:
        _say("failed", error=_told(error))
        return error.exit_code
    except KeyboardInterrupt:
        _say("stopped")
        return 130
    finally:
        origin.close()
    return 0


def _run(origin: Wiring, order: Order) -> tuple[BuildResult, ...]:
    origin.door = "web"
    wiring = ActingWiring(origin, order.principal) if order.principal else origin
    select = tuple(order.select)
    require_may_run(wiring, select)
    return run(
        wiring,
        select,
        changed=order.changed,
        force=order.force,
        as_of=order.as_of or None,
        wait=WAIT_SECONDS,
        on_event=_tell,
        name=order.run,
    )


def _tell(event: RunEvent) -> None:
    _say("event", **asdict(event))


def _say(say: str, /, **said: Any) -> None:
    """Write one line whole: threads speak at once."""
    os.write(1, f"{json.dumps({'say': say, **said})}\n".encode())


def _result(result: BuildResult) -> dict[str, Any]:
    """Return how a product's build ended, without rows that failed a check: a run is not a way to read."""
    checks = tuple(replace(check, example=None) for check in result.failed_checks)
    return build_shape(replace(result, failed_checks=checks))


def _told(error: MeshwrightError) -> dict[str, str]:
    """Return an error as a page may tell it; that somebody else runs the mesh is no secret."""
    if error.code == "held-elsewhere":
        message = "another run of this mesh goes on"
        return {
            "code": error.code,
            "message": message,
            "hint": "wait until it has ended",
            "kind": "external",
        }
    return told(error)


def _interrupt(number: int, frame: object) -> None:  # noqa: ARG001
    raise KeyboardInterrupt


def _watch_parent() -> None:
    """End the run when the server that holds the other end of stdin is gone."""
    while os.read(0, 1):  # not through `sys.stdin`, whose lock a process waits for at its own end
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    raise SystemExit(main())
