"""Edit a field where it is shown: say it where the descriptor is silent, else propose a change of it."""

from hashlib import sha256
from typing import Any

from starlette.responses import PlainTextResponse, Response

from meshwright.app.catalog.discussing import is_owner
from meshwright.app.mesh import Mesh
from meshwright.catalog.provenance import DESCRIPTION, TERMS, Field
from meshwright.errors import MeshwrightError
from meshwright.model.address import Address
from meshwright.serve.api.errors import HttpError, status_of
from meshwright.serve.web.page import Page
from meshwright.serve.web.visit import Visit
from meshwright.serve.wording import told

SAY, PROPOSE, APPLY = WAYS = ("say", "propose", "apply")


async def form(visit: Visit) -> Response:
    """Show the form."""
    return await _form(visit, None)


async def save(visit: Visit) -> Response:
    """Say it, propose it, or write it at once; what was typed is kept where it cannot be."""
    address, name, way = visit.path_word(), visit.path_word("field"), visit.said("way", PROPOSE)
    texts = visit.all_said("value")
    value: Any = texts[0] if name == DESCRIPTION and texts else _labels(texts)

    def do(mesh: Mesh) -> tuple[str, str]:
        if way not in WAYS:
            raise HttpError(400, "way-unknown", "say it, propose it, or write it at once")
        was = visit.said("was")
        if was != _mark(mesh.catalog.field(address, name)):
            raise HttpError(
                409, "field-changed", "somebody changed this meanwhile",
                hint="look at what it says now, then send yours again",
            )  # fmt: skip
        if way == SAY:
            mesh.catalog.say(address, name, value)
            return _page_of(address), "Your word is kept."
        made = mesh.catalog.propose(address, name, value, reason=visit.said("reason"))
        if way == PROPOSE:
            return f"/proposals/{made.proposal}", "The change is proposed."
        try:
            mesh.catalog.apply(made.proposal)
        except MeshwrightError:
            mesh.catalog.withdraw(made.proposal, note="it could not be applied at once")
            raise
        return _page_of(address), "The file is changed."

    try:
        where, words = await visit.read(do)
    except MeshwrightError as error:
        typed = texts[0] if name == DESCRIPTION and texts else ", ".join(_labels(texts))
        return await _form(visit, error, typed)
    return visit.go(where, words)


async def listed(visit: Visit) -> Response:
    """List what is proposed."""
    ended = visit.word("all") == "1"
    found = await visit.read(lambda mesh: mesh.catalog.proposals(ended=ended))
    return visit.page("proposals/list.html", proposals=found, ended=ended)


async def one(visit: Visit) -> Response:
    """Show a proposal: its diff, and what it would do."""
    return await _proposal(visit, None)


async def decide(visit: Visit) -> Response:
    """Withdraw a proposal, or write it into the working tree."""
    name, way = visit.path_word("proposal"), visit.said("way")

    def do(mesh: Mesh) -> str:
        if way == "withdraw":
            mesh.catalog.withdraw(name, note=visit.said("note"))
            return "The proposal is withdrawn."
        if way == APPLY:
            mesh.catalog.apply(name)
            return "The files are changed."
        raise HttpError(400, "way-unknown", "withdraw it, or apply it")

    try:
        words = await visit.read(do)
    except MeshwrightError as error:
        return await _proposal(visit, error)
    return visit.go(f"/proposals/{name}", words)


async def patch(visit: Visit) -> Response:
    """Download a proposal as a patch."""
    name = visit.path_word("proposal")
    found, _ = await visit.read(lambda mesh: mesh.catalog.proposal(name))
    if not found.files:
        raise HttpError(404, "proposal-lost", "the texts of this proposal are gone")
    response = PlainTextResponse(found.patch, media_type="text/x-diff")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.proposal}.patch"'
    return response


async def _form(visit: Visit, error: MeshwrightError | None, typed: str | None = None) -> Response:
    address, name = visit.path_word(), visit.path_word("field")

    def read(mesh: Mesh) -> dict[str, Any]:
        field = mesh.catalog.field(address, name)
        product = Address.parse(field.address).product_address
        return {
            "field": field,
            "was": _mark(field),
            "may_own": is_owner(mesh.wiring, product),
            "terms": sorted(mesh.wiring.workspace.terms) if name == TERMS else (),
        }

    found = await visit.read(read)
    shown: Field = found["field"]
    now = shown.value if isinstance(shown.value, str) else ", ".join(shown.value)
    template = "edit-form.html" if visit.is_part and error is None else "edit.html"
    return visit.page(
        template,
        status=status_of(error) if error else 200,
        fault=_fault(visit, error),
        typed=now if typed is None else typed,
        way=visit.said("way") if error else "",
        reason=visit.said("reason") if error else "",
        **found,
    )


async def _proposal(visit: Visit, error: MeshwrightError | None) -> Response:
    name = visit.path_word("proposal")

    def read(mesh: Mesh) -> dict[str, Any]:
        found, judged = mesh.catalog.proposal(name)
        may_own = is_owner(mesh.wiring, Address.parse(found.product))
        may = visit.service.knowing(visit.who)
        hit = {
            change.port: [one.product for one in change.affected if may.of(one.product)]
            for change in judged.changes
        }
        return {"proposal": found, "judged": judged, "hit": hit, "may_own": may_own}

    found = await visit.read(read)
    return visit.page(
        "proposals/one.html",
        status=status_of(error) if error else 200,
        fault=_fault(visit, error),
        me=visit.who.principal.name,
        **found,
    )


def _mark(field: Field) -> str:
    """Return what the form was made from, so that nobody writes over another's word unseen."""
    return sha256(repr((field.source, field.texts)).encode()).hexdigest()[:32]


def _labels(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(
        filter(
            None, (part.strip() for text in texts for part in text.replace("\n", ",").split(","))
        )
    )


def _page_of(address: str) -> str:
    found = Address.parse(address)
    port = f".{found.port}" if found.port else ""
    return f"/products/{found.product_address}{port}" + ("?view=schema" if found.column else "")


def _fault(visit: Visit, error: MeshwrightError | None) -> dict[str, str] | None:
    if error is None:
        return None
    if isinstance(error, HttpError):
        return {"code": error.code, "message": error.message, "hint": error.hint}
    return told(error, visit.service.wiring.root)


PAGES = (
    Page("/edit/{address:path}/{field}", form),
    Page("/edit/{address:path}/{field}", save, "POST"),
    Page("/proposals", listed),
    Page("/proposals/{proposal}", one),
    Page("/proposals/{proposal}", decide, "POST"),
    Page("/proposals/{proposal}/patch", patch),
)
