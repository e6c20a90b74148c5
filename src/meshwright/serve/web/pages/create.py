"""Create: from a source to a working product, in four steps, each a page that works without JavaScript."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from meshwright.app.catalog.words import spoken
from meshwright.app.creating import creating, looking, shelf
from meshwright.app.creating.draft import PLACE, Draft, DraftSource, chosen
from meshwright.app.creating.files import files_of
from meshwright.app.creating.naming import NEW, named
from meshwright.app.mesh import Mesh
from meshwright.errors import MeshwrightError
from meshwright.model.classification import LEVELS
from meshwright.serve.api.errors import HttpError, status_of
from meshwright.serve.uploads import PATH, require_small
from meshwright.serve.web import first_build
from meshwright.serve.web.page import Page
from meshwright.serve.web.visit import Visit
from meshwright.serve.wording import told

MOST_OF_DESCRIPTION = 2000
_NAMES = (
    "domain", "new_domain", "domain_title", "domain_owner", "product", "port", "title", "purpose", "owner",
)  # fmt: skip


async def begin(visit: Visit) -> Response:
    """Show the first step: where the rows come from."""
    return await _first(visit)


async def source(visit: Visit) -> Response:
    """Take a file, or a path in the mesh's folder, and look at it."""
    upload, said = visit.file("file"), {"path": visit.said("path"), "table": visit.said("table")}

    def look(mesh: Mesh) -> Draft:
        wiring, by = mesh.wiring, mesh.wiring.actor
        if upload is not None:
            name = upload.filename or ""
            draft = shelf.begin(wiring, by, name, upload.file, said["table"])
        elif said["path"]:
            size = looking.place_in(wiring, said["path"]).stat().st_size
            found = DraftSource(PLACE, said["path"], said["table"], size)
            draft = shelf.begin_at(wiring, by, found)
        else:
            raise HttpError(400, "source-missing", "choose a file, or name one in the mesh")
        try:
            return shelf.save(wiring, looking.look_at(wiring, draft))
        except BaseException:
            shelf.discard(wiring, draft)
            raise

    try:
        draft = await _heavy(visit, look)
    except MeshwrightError as error:
        return await _first(visit, error, said)
    return visit.go(f"/create/{draft.draft}/names")


async def names(visit: Visit) -> Response:
    """Show the second step: what it is called, and whose it is."""
    draft = await visit.read(lambda mesh: _open(mesh, visit))
    return await _names(visit, draft, {})


async def take_names(visit: Visit) -> Response:
    """Keep names; a mistake is told at its field."""
    said = {name: visit.said(name) for name in _NAMES}

    def keep(mesh: Mesh) -> tuple[Draft, dict[str, str]]:
        draft, wrong = named(mesh.wiring, _open(mesh, visit), said)
        return shelf.save(mesh.wiring, draft), wrong

    draft, wrong = await visit.read(keep)
    if wrong:
        return await _names(visit, draft, wrong)
    return visit.go(f"/create/{draft.draft}/contract")


async def contract(visit: Visit) -> Response:
    """Show the third step: the inferred contract."""
    draft = await visit.read(lambda mesh: _named(mesh, visit))
    return _contract(visit, draft, {})


async def take_contract(visit: Visit) -> Response:
    """Keep what was chosen of each column."""
    said = [_said_of(visit, place) for place in range(len((await _mine(visit)).choices))]
    leaves_out = visit.said("leaves_out") == "on"
    wrong: dict[str, str] = {}
    for place, one in enumerate(said):
        try:
            what = "a description"
            text = str(one["description"])
            one["description"] = spoken(text, what, MOST_OF_DESCRIPTION, is_needed=False)
        except MeshwrightError as error:
            wrong[f"description-{place}"] = error.message
    if not any(one["is_kept"] for one in said):
        wrong["columns"] = "Keep at least one column."

    def keep(mesh: Mesh) -> Draft:
        draft = _named(mesh, visit)
        choices = tuple(
            chosen(choice, one) for choice, one in zip(draft.choices, said, strict=True)
        )
        return shelf.save(mesh.wiring, replace(draft, choices=choices, leaves_out=leaves_out))

    draft = await visit.read(keep)
    if wrong:
        return _contract(visit, draft, wrong)
    return visit.go(f"/create/{draft.draft}/review")


async def review(visit: Visit) -> Response:
    """Show the last step: the files that are written."""
    return await _review(visit)


async def finish(visit: Visit) -> Response:
    """Write the files and begin the first build."""

    def do(mesh: Mesh) -> Draft:
        draft = _named(mesh, visit)
        if draft.state != "open":
            return draft
        if not creating.may_create(mesh.wiring, draft):
            made = creating.propose(mesh.wiring, draft)
            return shelf.save(mesh.wiring, replace(draft, state="proposed", outcome=made.proposal))
        creating.create(mesh.wiring, draft)
        return shelf.save(mesh.wiring, replace(draft, state="building"))

    try:
        draft = await _heavy(visit, do)
    except MeshwrightError as error:
        return await _review(visit, error)
    if draft.state == "building":
        first_build.begin(visit.service.mesh_of(visit.who, "web"), draft)
    return visit.go(f"/create/{draft.draft}/done")


async def done(visit: Visit) -> Response:
    """Show how far the first build is."""
    draft = await _mine(visit)
    if draft.state == "open":
        return visit.go(f"/create/{draft.draft}/names")
    if visit.is_part and draft.state == "published":
        return visit.go(f"/products/{draft.address}", f"{draft.title} is published.")
    progress = first_build.progress_of(draft)
    is_lost = draft.state == "building" and progress is None
    template = "create/progress.html" if visit.is_part else "create/done.html"
    return visit.page(
        template, draft=draft, lines=progress.lines if progress else [], is_lost=is_lost
    )


async def again(visit: Visit) -> Response:
    """Build once more, after what was wrong is mended."""

    def do(mesh: Mesh) -> Draft:
        draft = _open(mesh, visit)
        if draft.state not in ("failed", "building"):
            return draft
        return shelf.save(mesh.wiring, replace(draft, state="building", outcome=""))

    draft = await visit.read(do)
    if draft.state == "building":
        first_build.begin(visit.service.mesh_of(visit.who, "web"), draft)
    return visit.go(f"/create/{draft.draft}/done")


async def discard(visit: Visit) -> Response:
    """Forget a draft."""
    await visit.read(lambda mesh: shelf.discard(mesh.wiring, _open(mesh, visit)))
    return visit.go("/create", "The draft is gone.")


async def _first(
    visit: Visit, error: MeshwrightError | None = None, said: dict[str, str] | None = None
) -> Response:
    drafts = await visit.read(lambda mesh: shelf.drafts(mesh.wiring, mesh.wiring.actor))
    return visit.page(
        "create/source.html",
        status=_status(error),
        fault=_fault(visit, error),
        said=said or {"path": "", "table": ""},
        drafts=drafts,
        most=shelf.MOST_BYTES,
        endings=(*shelf.ENDINGS, *shelf.COMPRESSED),
    )


async def _names(visit: Visit, draft: Draft, wrong: dict[str, str]) -> Response:
    def read(mesh: Mesh) -> dict[str, Any]:
        known = visit.service.knowing(visit.who)
        domains = mesh.wiring.workspace.domains
        may = {
            name: creating.may_create(mesh.wiring, replace(draft, domain=name, is_new_domain=False))
            for name in sorted(domains)
            if known.of_domain(name)
        }
        return {
            "domains": [(name, domains[name].title or name, may[name]) for name in may],
            "person": known.principal.id,
        }

    found = await visit.read(read)
    status = 400 if wrong else 200
    return visit.page(
        "create/names.html", status=status, draft=draft, wrong=wrong, new=NEW, **found
    )


def _contract(visit: Visit, draft: Draft, wrong: dict[str, str]) -> Response:
    status = 400 if wrong else 200
    return visit.page(
        "create/contract.html", status=status, draft=draft, wrong=wrong, levels=LEVELS
    )


async def _review(visit: Visit, error: MeshwrightError | None = None) -> Response:
    def read(mesh: Mesh) -> dict[str, Any]:
        draft = _named(mesh, visit)
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
    fault = _fault(visit, error)
    return visit.page("create/review.html", status=_status(error), fault=fault, **found)


def _open(mesh: Mesh, visit: Visit) -> Draft:
    return shelf.load(mesh.wiring, mesh.wiring.actor, visit.path_word("draft"))


def _named(mesh: Mesh, visit: Visit) -> Draft:
    draft = _open(mesh, visit)
    if not draft.is_named:
        raise HttpError(
            409, "draft-unnamed", "this draft has no names yet", hint="go back to the step before"
        )
    return draft


async def _mine(visit: Visit) -> Draft:
    return await visit.read(lambda mesh: _open(mesh, visit))


async def _heavy(visit: Visit, do: Callable[[Mesh], Draft]) -> Draft:
    """Do what reads a whole source, beside what only reads metadata."""
    service = visit.service
    return await service.threads.query(lambda: do(service.mesh_of(visit.who, "web")))


def _said_of(visit: Visit, place: int) -> dict[str, str | bool]:
    level = visit.said(f"classification-{place}")
    return {
        "description": visit.said(f"description-{place}"),
        "classification": level if level in LEVELS else "",
        **{
            name: visit.said(f"{name}-{place}") == "on"
            for name in ("required", "unique", "enum", "minimum", "is_kept")
        },
    }


def _fault(visit: Visit, error: MeshwrightError | None) -> dict[str, str] | None:
    if error is None:
        return None
    if isinstance(error, HttpError) or error.code == "source-unreadable":
        return {"code": error.code, "message": error.message, "hint": error.hint}
    return told(error, visit.service.wiring.root)


def _status(error: MeshwrightError | None) -> int:
    return status_of(error) if error else 200


MOST_FIELDS = 7 * 2000  # seven a column

PAGES = (
    Page("/create", begin),
    Page(PATH, source, "POST", admits=require_small),
    Page("/create/{draft}/names", names),
    Page("/create/{draft}/names", take_names, "POST"),
    Page("/create/{draft}/contract", contract),
    Page("/create/{draft}/contract", take_contract, "POST", most_fields=MOST_FIELDS),
    Page("/create/{draft}/review", review),
    Page("/create/{draft}/review", finish, "POST"),
    Page("/create/{draft}/done", done),
    Page("/create/{draft}/again", again, "POST"),
    Page("/create/{draft}/discard", discard, "POST"),
)
