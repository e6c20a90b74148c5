"""Policies in words, who can read what, and what another principal would see."""

from typing import Any

from starlette.responses import Response

from meshwright.app.access.listing import PolicyFile, PolicyLine
from meshwright.app.catalog.knowing import Knowing
from meshwright.app.knowing_mesh import require_known
from meshwright.errors import MeshwrightError
from meshwright.model.address import Address
from meshwright.serve.web.page import Page
from meshwright.serve.web.visit import Visit
from meshwright.serve.wording import told


async def show(visit: Visit) -> Response:
    """Show the policies; with `as` or `address`, also what is decided."""
    _, knowing = await visit.board()
    files: tuple[PolicyFile, ...] = await visit.read(lambda mesh: mesh.access.policies())
    decided, readers, fault = None, None, None
    address, purpose = visit.word("address").strip(), visit.word("purpose").strip()
    if address:
        try:
            decided, readers = await _decided(visit, knowing, address, purpose)
        except MeshwrightError as error:
            fault = told(error, visit.service.wiring.root)
    return visit.page(
        "access/policies.html",
        files=[(file, [line for line in file.lines if _is_known(knowing, line)]) for file in files],
        decided=decided,
        readers=readers,
        fault=fault,
        address=address,
        purpose=purpose,
        who=visit.word("as").strip(),
        asks_who="who" in visit.request.query_params,
    )


async def _decided(
    visit: Visit, knowing: Knowing, address: str, purpose: str
) -> tuple[dict[str, Any] | None, list[dict[str, Any]] | None]:
    """Return what one principal sees, or who all can read it: as is asked."""
    if not knowing.of(Address.parse(address)):
        await visit.read(lambda mesh: require_known(mesh.wiring, knowing, address))
    if "who" in visit.request.query_params:
        return None, await visit.read(lambda mesh: mesh.access.who(address, purpose=purpose))
    name = visit.word("as").strip()
    found = await visit.read(
        lambda mesh: mesh.access.explain(address, principal=name, purpose=purpose)
    )
    return found, None


def _is_known(knowing: Knowing, line: PolicyLine) -> bool:
    """Say whether a policy names nothing that they may not know of; patterns name no product."""
    named = [one for one in line.policy.objects.addresses if "*" not in one.split(".")[:2]]
    return all(knowing.of(".".join(one.split(".")[:2])) for one in named)


PAGES = (Page("/access/policies", show),)
