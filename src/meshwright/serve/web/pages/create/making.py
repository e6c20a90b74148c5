"""The last step: review the files, write them, and see the first build end."""

from dataclasses import replace
from typing import Any

from starlette.responses import Response

from meshwright.app.creating import creating, drafts
from meshwright.app.creating.draft import Draft
from meshwright.app.creating.files import files_of
from meshwright.app.mesh import Mesh
from meshwright.errors import MeshwrightError
from meshwright.serve.web import first_build
from meshwright.serve.web.pages.create.drafting import (
    fault_of,
    heavy,
    named_draft,
    open_draft,
    status_for,
)
from meshwright.serve.web.visit import Visit


async def review(visit: Visit) -> Response:
    """Show the last step: the files that are written."""
    return await _review(visit)


async def finish(visit: Visit) -> Response:
    """Write the files and begin the first build."""

    def do(mesh: Mesh) -> Draft:
        draft = named_draft(mesh, visit)
        if draft.state != "open":
            return draft
        if not creating.may_create(mesh.wiring, draft):
            made = creating.propose(mesh.wiring, draft)
            return drafts.save(mesh.wiring, replace(draft, state="proposed", outcome=made.proposal))
        creating.create(mesh.wiring, draft)
        return drafts.save(mesh.wiring, replace(draft, state="building"))

    try:
        draft = await heavy(visit, do)
        if draft.state == "building":
            await _build(visit, draft)
    except MeshwrightError as error:
        return await _review(visit, error)
    return visit.go(f"/create/{draft.draft}/done")


async def done(visit: Visit) -> Response:
    """Show how far the first build is."""
    draft = await _settled(visit)
    if draft.state == "open":
        return visit.go(f"/create/{draft.draft}/names")
    if visit.is_part and draft.state == "published":
        return visit.go(f"/products/{draft.address}", f"{draft.title} is published.")
    job = first_build.job_of(visit.service, draft)
    is_lost = draft.state == "building" and job is None
    template = "create/progress.html" if visit.is_part else "create/done.html"
    return visit.page(template, draft=draft, lines=first_build.lines_of(job), is_lost=is_lost)


async def again(visit: Visit) -> Response:
    """Build once more, after what was wrong is mended."""
    draft = await _settled(visit)
    if draft.state in ("failed", "building"):
        await _build(visit, draft)
    return visit.go(f"/create/{draft.draft}/done")


async def discard(visit: Visit) -> Response:
    """Forget a draft."""
    await visit.read(lambda mesh: drafts.discard(mesh.wiring, open_draft(mesh, visit)))
    return visit.go("/create", "The draft is gone.")


async def _review(visit: Visit, error: MeshwrightError | None = None) -> Response:
    def read(mesh: Mesh) -> dict[str, Any]:
        draft = named_draft(mesh, visit)
        wiring = mesh.wiring
        return {
            "draft": draft,
            "files": files_of(wiring, draft),
            "problems": creating.problems_of(wiring, draft),
            "may": creating.may_create(wiring, draft),
        }

    found = await visit.read(read)
    if found["draft"].state != "open":
        return visit.go(f"/create/{found['draft'].draft}/done")
    fault = fault_of(visit, error)
    return visit.page("create/review.html", status=status_for(error), fault=fault, **found)


async def _settled(visit: Visit) -> Draft:
    service = visit.service
    return await visit.read(
        lambda mesh: first_build.settled(service, mesh, open_draft(mesh, visit))
    )


async def _build(visit: Visit, draft: Draft) -> None:
    service, who = visit.service, visit.who
    await visit.read(lambda mesh: first_build.begin(service, who, mesh, draft))
