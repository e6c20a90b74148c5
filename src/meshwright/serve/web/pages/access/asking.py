"""Asking for access: a form that says what would happen before anything is sent."""

from dataclasses import dataclass

from starlette.responses import Response

from meshwright.app.access.prospect import Prospect
from meshwright.app.access.requesting import DAYS
from meshwright.app.catalog.knowing import Knowing
from meshwright.app.knowing_mesh import require_known
from meshwright.errors import MeshwrightError, UsageError
from meshwright.model.address import Address
from meshwright.serve.api.errors import status_of
from meshwright.serve.web.page import Page
from meshwright.serve.web.visit import Visit
from meshwright.serve.wording import told

LENGTHS = (
    ("7d", "a week"),
    ("30d", "30 days"),
    ("90d", "90 days"),
    ("180d", "half a year"),
    ("1y", "a year"),
)


@dataclass(frozen=True, slots=True)
class Ask:
    """What is typed into the form."""

    purpose: str = ""
    lasting: str = DAYS
    columns: tuple[str, ...] = ()
    reason: str = ""
    for_principal: str = ""


async def form(visit: Visit) -> Response:
    """Show the form; what a link says is filled in."""
    address = _address(visit)
    words = visit.request.query_params
    columns = (*words.getlist("column"), *([address.column] if address.column else []))
    ask = Ask(visit.word("purpose"), visit.word("lasting", DAYS), columns)
    return await _page(visit, address, ask)


async def prospect(visit: Visit) -> Response:
    """Show what asking would lead to; nothing is asked."""
    return await _page(visit, _address(visit), _asked(visit))


async def ask(visit: Visit) -> Response:
    """Ask."""
    address, said = _address(visit), _asked(visit)
    await _require_known(visit, address)
    try:
        done = await visit.read(
            lambda mesh: mesh.access.request(
                str(address.port_address),
                purpose=said.purpose,
                lasting=said.lasting,
                columns=said.columns,
                reason=said.reason,
                for_principal=said.for_principal,
            )
        )
    except MeshwrightError as error:
        return await _page(visit, address, said, error)
    if "grant" in done:
        until = done["grant"]["until"][:10]
        say = f"A rule approved it at once: {done['principal']} has access until {until}"
    else:
        say = f"{done['request']} is sent; asked are: {', '.join(done['asked_now'])}"
    return visit.go(f"/access/requests/{done['request']}", say)


def _address(visit: Visit) -> Address:
    return Address.parse(visit.path_word()).at(None)


def _asked(visit: Visit) -> Ask:
    return Ask(
        visit.said("purpose"),
        visit.said("lasting") or DAYS,
        visit.all_said("column"),
        visit.said("reason"),
        visit.said("for"),
    )


async def _require_known(visit: Visit, address: Address) -> Knowing:
    _, knowing = await visit.board()
    if not knowing.of(address):
        await visit.read(lambda mesh: require_known(mesh.wiring, knowing, str(address)))
    return knowing


async def _page(
    visit: Visit, address: Address, ask: Ask, error: MeshwrightError | None = None
) -> Response:
    await _require_known(visit, address)
    if not address.port:
        return await _choose_port(visit, address)
    wrong = error
    try:
        found = await _prospect(visit, address, ask)
    except MeshwrightError as problem:
        wrong = wrong or problem
        found = await _prospect(visit, address, Ask())
    sees, others = await visit.read(
        lambda mesh: (
            None
            if visit.who.principal.owns_mesh
            else mesh.access.explain(str(address.port_address), purpose=ask.purpose),
            mesh.access.askable(),
        )
    )
    return visit.page(
        "access/prospect.html" if visit.is_part else "access/ask.html",
        status=status_of(wrong) if wrong and not visit.is_part else 200,  # a script shows only that
        fault=told(wrong, visit.service.wiring.root) if wrong else None,
        address=address.port_address,
        ask=ask,
        found=found,
        sees=sees,
        others=others,
        lengths=LENGTHS,
    )


async def _prospect(visit: Visit, address: Address, ask: Ask) -> Prospect:
    found: Prospect = await visit.read(
        lambda mesh: mesh.access.prospect(
            str(address.port_address),
            purpose=ask.purpose,
            lasting=ask.lasting,
            columns=ask.columns,
            for_principal=ask.for_principal,
        )
    )
    return found


async def _choose_port(visit: Visit, address: Address) -> Response:
    board, knowing = await visit.board()
    product = board.products.get(str(address))
    if product is None:
        await visit.read(lambda mesh: require_known(mesh.wiring, knowing, str(address)))
        raise UsageError("product-unknown", f"there is no product `{address}`")
    return visit.page("access/choose.html", product=product)


PAGES = (
    Page("/access/ask/{address}", form),
    Page("/access/ask/{address}", ask, "POST"),
    Page("/access/ask/{address}/prospect", prospect, "POST"),
)
