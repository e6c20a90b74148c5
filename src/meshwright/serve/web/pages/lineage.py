"""Lineage: what a column is made of and what is made of it, as a picture to walk in and as a list."""

import re
from typing import Any

from starlette.responses import Response

from meshwright.app.catalog.board import Board
from meshwright.app.catalog.knowing import Knowing
from meshwright.app.impact.found import DROP, RENAME, TYPE, Impact, impact_shape
from meshwright.app.lineage_about import about_port
from meshwright.app.lineage_graph import HIDDEN, LineageGraph, described, without_hidden
from meshwright.app.lineage_graph_shapes import graph_shape
from meshwright.app.mesh import Mesh
from meshwright.errors import UsageError
from meshwright.lineage.graph import ENDLESS
from meshwright.model.address import Address
from meshwright.serve.api.answering import json_response
from meshwright.serve.web.hiding import seen_impact
from meshwright.serve.web.known import missing, require_known, unnamed
from meshwright.serve.web.lineage_steps import steps_of
from meshwright.serve.web.page import Page
from meshwright.serve.web.visit import Visit

STEPS = ("0", "1", "2", "3", "4", "6", "all")
FEW = 60  # data sets that a first picture shows; a wider one begins with a single step
CHANGES = (DROP, RENAME, TYPE)


async def choose(visit: Visit) -> Response:
    """Let them choose where to begin."""
    board, knowing = await visit.board()
    wanted = visit.word("q").lower()
    ports = [
        (f"{product.address}.{port}", product)
        for product in board.products.values()
        if knowing.of(product.address)
        for port in product.ports
    ]
    found = [
        (address, product)
        for address, product in ports
        if all(word in f"{address} {product.title}".lower() for word in wanted.split())
    ]
    read = {product: sum(map(knowing.of, readers)) for product, readers in board.readers.items()}
    found.sort(key=lambda one: (-read.get(one[1].address, 0), one[0]))
    if len(found) == 1 and wanted:
        return visit.go(f"/lineage/{found[0][0]}")
    known = [one for one in board.products.values() if knowing.of(one.address) and one.published]
    lately = sorted(known, key=lambda one: one.published, reverse=True)[:5] if not wanted else []
    return visit.page(
        "lineage/choose.html", wanted=visit.word("q"), ports=found, read=read, lately=lately
    )


async def explore(visit: Visit) -> Response:
    """Show the lineage around a port or column."""
    text = visit.path_word()
    board, knowing = await visit.board()
    if ports := _ports_of_product(text, board, knowing):
        return visit.go(f"/lineage/{ports[0]}") if len(ports) == 1 else _which(visit, text, ports)
    found = await _graph(visit, text, board, knowing)
    shape = graph_shape(found)
    about = await _about(visit, _start(found), board, knowing)
    impact = await _impact(visit, _start(found), knowing)
    return visit.page(
        "lineage/explore.html",
        address=_start(found),
        shape=shape,
        lists=[(word, steps_of(shape, word == "up")) for word in ("up", "down")],
        steps=STEPS,
        chosen={"up": visit.word("up"), "down": visit.word("down"), "models": visit.word("models")},
        about=about,
        impact=impact,
        change=visit.word("change"),
        to=visit.word("to"),
    )


async def graph(visit: Visit) -> Response:
    """Give the graph as JSON, for the picture."""
    board, knowing = await visit.board()
    return json_response(graph_shape(await _graph(visit, visit.path_word(), board, knowing)))


async def about(visit: Visit) -> Response:
    """Show what is known of one data set or column, as a part of a page."""
    text = visit.path_word()
    board, knowing = await visit.board()
    require_known(knowing, text, board)
    words = await _about(visit, text, board, knowing)
    return visit.page(
        "lineage/about.html", about=words, address=text, impact=None, change="", to=""
    )


async def impact(visit: Visit) -> Response:
    """Show what a change of one column or port would break, as a part of a page."""
    text = visit.path_word()
    _, knowing = await visit.board()
    found = await _impact(visit, text, knowing)
    return visit.page(
        "lineage/impact.html", impact=found, address=text, change=visit.word("change")
    )


async def _graph(visit: Visit, text: str, board: Board, knowing: Knowing) -> LineageGraph:
    """Return the graph that is asked for, as they may have it; 404 for what they may not know of."""
    require_known(knowing, text)
    asked_up, asked_down = _steps(visit.word("up")), _steps(visit.word("down"))
    models = visit.word("models") == "1"

    def read(mesh: Mesh) -> LineageGraph:
        if asked_up is not None or asked_down is not None:
            return _walked(mesh, text, asked_up, asked_down, models)
        wide = _walked(mesh, text, 2, 2, models)
        return wide if len(wide.graph.nodes) <= FEW else _walked(mesh, text, 1, 1, models)

    try:
        found = await visit.read(read)
    except UsageError as error:
        raise unnamed(error, text) from error
    seen = described(without_hidden(found, knowing), board)
    if seen.known[seen.graph.nodes[0].dataset].kind == HIDDEN:
        raise missing(text)
    return seen


def _walked(mesh: Mesh, text: str, up: int | None, down: int | None, models: bool) -> LineageGraph:
    def steps(asked: int | None) -> int | None:
        return None if asked == ENDLESS else 2 if asked is None else asked

    return mesh.lineage_graph(text, up=steps(up), down=steps(down), models=models)


def _steps(word: str) -> int | None:
    """Return how many steps were asked for; None where nothing was."""
    if word == "all":
        return ENDLESS
    return min(int(word), 99) if re.fullmatch(r"\d{1,3}", word) else None


def _start(found: LineageGraph) -> str:
    start, column = found.graph.start, found.graph.column
    return f"{start}.{column}" if column else start


async def _about(visit: Visit, text: str, board: Board, knowing: Knowing) -> dict[str, Any]:
    """Return what there is to say of a port or column; of anything else, its name alone."""
    try:
        address = Address.parse(text).at(None)
    except UsageError:
        return {"address": text, "port": None}
    product = board.products.get(str(address.product_address))
    if product is None or product.is_broken or not address.port:
        return {"address": text, "port": None}
    port = await visit.read(lambda mesh: about_port(mesh.wiring, address, knowing))
    health = board.health_of.get(str(address.port_address))
    return {"address": str(address), "port": port, "product": product, "health": health}


async def _impact(visit: Visit, text: str, knowing: Knowing) -> dict[str, Any] | None:
    """Return what the change that is asked for would break; None where none is asked for."""
    change, to = visit.word("change"), visit.word("to").strip()
    if change not in CHANGES or (change != DROP and not to):
        return None
    require_known(knowing, text)

    def read(mesh: Mesh) -> Impact:
        return mesh.impact(
            text,
            drop=change == DROP,
            rename=to if change == RENAME else None,
            type=to if change == TYPE else None,
        )

    try:
        found = await visit.read_long(read)
    except UsageError as error:
        raise unnamed(error, text) from error
    seen, hidden = seen_impact(found, knowing)
    return {**impact_shape(seen), "hidden": hidden}


def _ports_of_product(text: str, board: Board, knowing: Knowing) -> list[str]:
    product = board.products.get(text)
    if product is None or not knowing.of(text):
        return []
    return [f"{product.address}.{port}" for port in product.ports]


def _which(visit: Visit, text: str, ports: list[str]) -> Response:
    return visit.page("lineage/which.html", product=text, ports=ports)


PAGES = (
    Page("/lineage", choose),
    Page("/lineage/{address:path}/graph", graph),
    Page("/lineage/{address:path}/about", about),
    Page("/lineage/{address:path}/impact", impact),
    Page("/lineage/{address:path}", explore),
)
