"""The first steps: a source, names, and the inferred contract."""

from dataclasses import replace
from typing import Any

from starlette.responses import Response

from meshwright.app.catalog.words import spoken
from meshwright.app.creating import creating, drafts, looking
from meshwright.app.creating.draft import PLACE, Draft, DraftSource, chosen
from meshwright.app.creating.naming import NEW, named
from meshwright.app.mesh import Mesh
from meshwright.errors import MeshwrightError
from meshwright.model.classification import LEVELS
from meshwright.serve.api.errors import HttpError
from meshwright.serve.web import first_build
from meshwright.serve.web.pages.create.drafting import (
    fault_of,
    heavy,
    mine,
    named_draft,
    open_draft,
    status_for,
)
from meshwright.serve.web.visit import Visit

MOST_OF_DESCRIPTION = 2000  # characters
MOST_FIELDS = 7 * 2000  # seven a column
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
            draft = drafts.begin(wiring, by, name, upload.file, said["table"])
        elif said["path"]:
            size = looking.place_in(wiring, said["path"]).stat().st_size
            found = DraftSource(PLACE, said["path"], said["table"], size)
            draft = drafts.begin_at(wiring, by, found)
        else:
            raise HttpError(400, "source-missing", "choose a file, or name one in the mesh")
        try:
            return drafts.save(wiring, looking.look_at(wiring, draft))
        except BaseException:
            drafts.discard(wiring, draft)
            raise

    try:
        draft = await heavy(visit, look)
    except MeshwrightError as error:
        return await _first(visit, error, said)
    return visit.go(f"/create/{draft.draft}/names")


async def names(visit: Visit) -> Response:
    """Show the second step: what it is called, and whose it is."""
    draft = await visit.read(lambda mesh: open_draft(mesh, visit))
    return await _names(visit, draft, {})


async def take_names(visit: Visit) -> Response:
    """Keep names; a mistake is told at its field."""
    said = {name: visit.said(name) for name in _NAMES}

    def keep(mesh: Mesh) -> tuple[Draft, dict[str, str]]:
        draft, wrong = named(mesh.wiring, open_draft(mesh, visit), said)
        return drafts.save(mesh.wiring, draft), wrong

    draft, wrong = await visit.read(keep)
    if wrong:
        return await _names(visit, draft, wrong)
    return visit.go(f"/create/{draft.draft}/contract")


async def contract(visit: Visit) -> Response:
    """Show the third step: the inferred contract."""
    draft = await visit.read(lambda mesh: named_draft(mesh, visit))
    return _contract(visit, draft, {})


async def take_contract(visit: Visit) -> Response:
    """Keep what was chosen of each column."""
    said = [_said_of(visit, place) for place in range(len((await mine(visit)).choices))]
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
        draft = named_draft(mesh, visit)
        choices = tuple(
            chosen(choice, one) for choice, one in zip(draft.choices, said, strict=True)
        )
        return drafts.save(mesh.wiring, replace(draft, choices=choices, leaves_out=leaves_out))

    draft = await visit.read(keep)
    if wrong:
        return _contract(visit, draft, wrong)
    return visit.go(f"/create/{draft.draft}/review")


async def _first(
    visit: Visit, error: MeshwrightError | None = None, said: dict[str, str] | None = None
) -> Response:
    def read(mesh: Mesh) -> list[Draft]:
        found = drafts.list_drafts(mesh.wiring, mesh.wiring.actor)
        return [first_build.settled(visit.service, mesh, draft) for draft in found]

    mine = await visit.read(read)
    return visit.page(
        "create/source.html",
        status=status_for(error),
        fault=fault_of(visit, error),
        said=said or {"path": "", "table": ""},
        drafts=mine,
        most=drafts.MOST_BYTES,
        endings=(*drafts.ENDINGS, *drafts.COMPRESSED),
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
