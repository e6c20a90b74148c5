"""The first build of a product that was made here: begun in a thread, and how far it is."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from threading import Lock, Thread

from meshwright.app.creating import shelf
from meshwright.app.creating.draft import Draft
from meshwright.app.events import RunEvent
from meshwright.app.mesh import Mesh
from meshwright.errors import MeshwrightError
from meshwright.model.plan import BuildResult
from meshwright.serve.wording import told

MOST_LINES = 200


@dataclass(slots=True)
class Progress:
    """What a build told so far, newest last."""

    lines: list[str] = field(default_factory=list)
    is_over: bool = False


_RUNNING: dict[str, Progress] = {}
_LOCK = Lock()


def begin(mesh: Mesh, draft: Draft) -> None:
    """Build a product as the person who made it; a build that goes on already is not begun twice."""
    with _LOCK:
        known = _RUNNING.get(draft.draft)
        if known is not None and not known.is_over:
            return
        progress = _RUNNING[draft.draft] = Progress()
    work = Thread(target=_build, args=(mesh, draft, progress), name="first-build", daemon=True)
    work.start()


def progress_of(draft: Draft) -> Progress | None:
    """Return how far a build is; None for one that this process knows nothing of."""
    with _LOCK:
        return _RUNNING.get(draft.draft)


def run_now(mesh: Mesh, product: str, on_event: Callable[[RunEvent], None]) -> BuildResult:
    """Build one product and wait for it: the one place that says how a build is asked for."""
    return mesh.run(product, on_event=on_event)[-1]


def _build(mesh: Mesh, draft: Draft, progress: Progress) -> None:
    product = str(draft.address)

    def tell(event: RunEvent) -> None:
        if event.product == product and len(progress.lines) < MOST_LINES:
            words = event.detail or event.status
            progress.lines.append(f"{event.kind}: {words}" if words else event.kind)

    state, outcome = "failed", ""
    try:
        result = run_now(mesh, product, tell)
        state, outcome = _ended(result)
    except MeshwrightError as error:
        outcome = told(error, mesh.wiring.root)["message"]
    except Exception:
        outcome = "internal error"
        raise
    finally:
        _keep(mesh, draft, state, outcome)
        progress.is_over = True


def _ended(result: BuildResult) -> tuple[str, str]:
    if result.status in ("published", "up_to_date"):
        return "published", f"version {result.version}" if result.version else ""
    checks = "; ".join(f"{one.check}: {one.expectation}" for one in result.failed_checks[:5])
    why = result.error or checks or "; ".join(result.reasons)
    return "failed", f"{result.status}: {why}" if why else result.status


def _keep(mesh: Mesh, draft: Draft, state: str, outcome: str) -> None:
    def end(now: Draft) -> Draft:
        return replace(now, state=state, outcome=outcome[:500])

    with suppress(MeshwrightError):  # discarded meanwhile: the product is there all the same
        shelf.changed(mesh.wiring, draft.by, draft.draft, end)
