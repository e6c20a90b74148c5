"""The first build of a product that was made here: a run in the queue, as its maker; and how it ended."""

from contextlib import suppress
from dataclasses import replace
from threading import Lock
from typing import Any

from meshwright.app.catalog.running import require_may_run
from meshwright.app.creating import drafts
from meshwright.app.creating.draft import Draft
from meshwright.app.identity.proving import Proven
from meshwright.app.mesh import Mesh
from meshwright.errors import MeshwrightError
from meshwright.serve.api.service import Service
from meshwright.serve.builds.runner import Job

_LOCK = Lock()
MOST_OF_OUTCOME = 500  # characters


def begin(service: Service, who: Proven, mesh: Mesh, draft: Draft) -> None:
    """Put the build into the queue; one that waits or goes on is not begun twice.

    Raises `DeniedError` (`verb-denied`), `ExhaustedError` (`runs-too-many`).
    """
    select = (str(draft.address),)
    with _LOCK:
        now = drafts.load(mesh.wiring, draft.by, draft.draft)
        job = job_of(service, now)
        if job is not None and not job.is_over:
            return
        require_may_run(mesh.wiring, select)
        order = service.run_order(who, select=select)
        job = service.builds.begin(order, who.principal.name)
        drafts.save(mesh.wiring, replace(now, state="building", outcome="", run=job.id))


def job_of(service: Service, draft: Draft) -> Job | None:
    """Return the run of a draft; None for one that this server knows nothing of."""
    return next((job for job in service.builds.jobs() if job.id == draft.run), None)


def settled(service: Service, mesh: Mesh, draft: Draft) -> Draft:
    """Return a draft with how its build ended, kept where it has just ended."""
    job = job_of(service, draft) if draft.state == "building" else None
    if job is None or not job.is_over:
        return draft
    state, outcome = _ended(job)

    def end(now: Draft) -> Draft:
        is_it = now.state == "building" and now.run == draft.run
        return replace(now, state=state, outcome=outcome[:MOST_OF_OUTCOME]) if is_it else now

    with suppress(MeshwrightError):  # discarded meanwhile: the product is there all the same
        return drafts.changed(mesh.wiring, draft.by, draft.draft, end)
    return draft


def lines_of(job: Job | None) -> list[str]:
    """Return what a build told so far."""
    if job is None:
        return []
    told = [(said["status"], said["detail"]) for said in list(job.products.values())]
    return [f"{kind}: {words}" if words else kind for kind, words in (*told, *_warnings(job))]


def _warnings(job: Job) -> list[tuple[str, str]]:
    return [("warning", detail) for _, detail in list(job.warnings)]


def _ended(job: Job) -> tuple[str, str]:
    if job.error is not None:
        return "failed", job.error["message"]
    result = job.results[-1]
    if result["status"] in ("published", "up_to_date"):
        return "published", f"version {result['version']}" if result["version"] else ""
    why = _why(result)
    return "failed", f"{result['status']}: {why}" if why else str(result["status"])


def _why(result: dict[str, Any]) -> str:
    if result["error"]:
        return str(result["error"]["message"])
    checks = [f"{one['check']}: {one['expectation']}" for one in result["failed_checks"][:5]]
    return "; ".join(checks or result["reasons"])
