"""The draft that a page of creating is about, and how its mistakes are told."""

from collections.abc import Callable

from meshwright.app.creating import drafts
from meshwright.app.creating.draft import Draft
from meshwright.app.mesh import Mesh
from meshwright.errors import MeshwrightError
from meshwright.serve.api.errors import HttpError, status_of
from meshwright.serve.web.visit import Visit
from meshwright.serve.wording import told


def open_draft(mesh: Mesh, visit: Visit) -> Draft:
    """Return the draft of a page; raise `UsageError` (`draft-unknown`)."""
    return drafts.load(mesh.wiring, mesh.wiring.actor, visit.path_word("draft"))


def named_draft(mesh: Mesh, visit: Visit) -> Draft:
    """Return it where it has names; raise 409 (`draft-unnamed`)."""
    draft = open_draft(mesh, visit)
    if not draft.is_named:
        raise HttpError(
            409, "draft-unnamed", "this draft has no names yet", hint="go back to the step before"
        )
    return draft


async def mine(visit: Visit) -> Draft:
    """Return it as it is kept."""
    return await visit.read(lambda mesh: open_draft(mesh, visit))


async def heavy(visit: Visit, do: Callable[[Mesh], Draft]) -> Draft:
    """Do what reads a whole source, beside what only reads metadata."""
    service = visit.service
    return await service.threads.query(lambda: do(service.mesh_of(visit.who, "web")))


def fault_of(visit: Visit, error: MeshwrightError | None) -> dict[str, str] | None:
    """Return a mistake as a page tells it."""
    if error is None:
        return None
    if isinstance(error, HttpError) or error.code == "source-unreadable":
        return {"code": error.code, "message": error.message, "hint": error.hint}
    return told(error, visit.service.wiring.root)


def status_for(error: MeshwrightError | None) -> int:
    """Return the status of a page that tells of a mistake, or of none."""
    return status_of(error) if error else 200
