"""What of a product's page takes its time: a sample, versions compared, what is alike. Loaded after it.

What must stay true: rows come by the governed query, as whoever looks, and are in the trail like any query.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from meshwright.app.catalog.place import find_place
from meshwright.app.catalog.sight import PortSight, sight_of
from meshwright.app.governed.ask import ask
from meshwright.app.query import read_sql
from meshwright.app.result import Result
from meshwright.errors import MeshwrightError
from meshwright.model.access import Decision, Mask
from meshwright.model.address import Address
from meshwright.serve.web.page import Page
from meshwright.serve.web.visit import DOOR, Visit
from meshwright.serve.wording import told

ROWS, LONGEST, LIKE = 20, 160, 8


@dataclass(frozen=True, slots=True)
class Sample:
    """The first rows of a port as somebody sees them; `masks` by column."""

    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str | None, ...], ...]
    masks: dict[str, str]
    version: int
    is_filtered: bool


async def rows(visit: Visit) -> Response:
    """Show some rows of a port, under the policies that hold for whoever looks."""
    address = await _known(visit)
    purpose = visit.word("purpose").strip()
    sample, fault = None, None
    try:
        sample = await visit.service.threads.query(lambda: _sample(visit, address, purpose))
    except MeshwrightError as error:
        fault = told(error, visit.service.wiring.root)
    sight = await _sight(visit, address) if fault else None
    template = "product/rows.html" if visit.is_part else "product/rows-page.html"
    return visit.page(
        template,
        address=str(address),
        sample=sample,
        fault=fault,
        purpose=purpose,
        wants_purpose=sight is not None and sight.needs_purpose,
    )


async def difference(visit: Visit) -> Response:
    """Show by key which rows of a port two versions have, for who owns it."""
    address = await _known(visit)
    found, fault = None, None
    before, after = _number(visit.word("before")), _number(visit.word("after"))
    try:
        mesh = visit.service.mesh_of(visit.who, DOOR)
        found = await visit.service.threads.query(
            lambda: mesh.diff(str(address.at(before)), str(address.at(after)) if after else None)
        )
    except MeshwrightError as error:
        fault = told(error, visit.service.wiring.root)
    template = "product/difference.html" if visit.is_part else "product/difference-page.html"
    return visit.page(template, address=str(address), difference=found, fault=fault)


async def alike(visit: Visit) -> Response:
    """Show ports that are like this one, and on which columns they can be joined."""
    address = await _known(visit)
    mesh = visit.service.mesh_of(visit.who, DOOR)
    found = await visit.service.threads.query(lambda: mesh.alike(str(address)))
    template = "product/alike.html" if visit.is_part else "product/alike-page.html"
    return visit.page(template, address=str(address), found=found[:LIKE])


async def _sight(visit: Visit, address: Address) -> PortSight:
    wiring, principal = visit.service.wiring, visit.who.principal
    return await visit.service.threads.read(lambda: sight_of(wiring, principal, address))


async def _known(visit: Visit) -> Address:
    """Return the port of an address, which whoever asks may know of."""
    _, knowing = await visit.board()
    wiring = visit.service.wiring
    found = await visit.service.threads.read(lambda: find_place(wiring, knowing, visit.path_word()))
    return found.address.at(None)


def _sample(visit: Visit, address: Address, purpose: str) -> Sample:
    sql = f"{read_sql(str(address.port_address))} LIMIT {ROWS}"
    with ask(visit.service.wiring, visit.asker(purpose), sql) as answer:
        decisions: Sequence[Decision] = answer.decisions
        columns = tuple((one.name, one.type) for one in answer.columns)
        result = answer.result()
    masks: dict[str, Mask] = {k: v for one in decisions for k, v in one.masks.items()}
    return Sample(
        columns,
        _texts(result),
        {name: str(mask) for name, mask in masks.items()},
        next(iter(result.versions.values()), 0),
        any(one.filters for one in decisions),
    )


def _texts(result: Result) -> tuple[tuple[str | None, ...], ...]:
    return tuple(tuple(map(_text, row)) for row in result.rows())


def _text(value: object) -> str | None:
    if value is None:
        return None
    text = value.hex() if isinstance(value, bytes) else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() and len(text) < 10 else None


PAGES = (
    Page("/products/{address}/rows", rows),
    Page("/products/{address}/difference", difference),
    Page("/products/{address}/alike", alike),
)
