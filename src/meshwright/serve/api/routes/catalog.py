"""Metadata, for whoever is known to the mesh: products, lineage, impact, health, incidents, history.

It shows what there is, never a row: what one may read of a port is a matter of access.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from meshwright.app.catalog.board import BoardProduct
from meshwright.app.health_shapes import health_shape
from meshwright.app.history import HistoryLine
from meshwright.app.impact.found import Impact, impact_shape
from meshwright.app.incident_pages import IncidentLine, IncidentPage
from meshwright.app.lineage import Lineage
from meshwright.app.show import ProductLine, ProductPage
from meshwright.app.show_shapes import page_shape
from meshwright.errors import UsageError, did_you_mean
from meshwright.model.cost import Cost
from meshwright.model.health import PortHealth
from meshwright.model.product import InputPort
from meshwright.serve.api.bodies import Words
from meshwright.serve.api.looking import Look, looking
from meshwright.serve.api.operations import (
    ADDRESS,
    AS_OF,
    CURSOR,
    LIMIT,
    Operation,
    Parameter,
)
from meshwright.serve.api.paging import page_down, page_of, paged

Products = paged(ProductLine, "Products", "products")
Incidents = paged(IncidentLine, "Incidents", "incidents")
History = paged(HistoryLine, "History", "history")
Healths = paged(PortHealth, "Healths", "ports")
Costs = paged(Cost, "Costs", "costs")
FORM = Parameter(
    "form",
    "`document`: as `mesh … --json` has it; `whole`: every value, typed, as clients rebuild it.",
    example="document",
    words=("document", "whole"),
)
SELECT = Parameter("select", "Products, separated by commas; `*` stands for any name.")
PRODUCT = Parameter("address", "A product or a port.", place="path", example="sales.orders")
ANY = dict[str, Any]


def _products(look: Look) -> Any:
    """Return lines of the board, which is kept: of ten thousand products a page is made, not all."""
    domain = look.words.text("domain")
    knowing = look.knowing
    domains = look.mesh.wiring.workspace.domains
    if domain and not (domain in domains and knowing.of_domain(domain)):
        hint = did_you_mean(domain, filter(knowing.of_domain, domains))
        raise UsageError("domain-unknown", f"there is no domain `{domain}`", hint=hint)
    board = look.service.boards.board()
    products = board.domains.get(domain, ()) if domain else board.products.values()
    known = (one.address for one in products if knowing.of(one.address))
    return page_of(Products, known, lambda name: _line(board.products[name]), look.words)


def _line(one: BoardProduct) -> ProductLine:
    return ProductLine(one.address, one.status, one.version, one.ports, one.rows, one.incidents)


def _product(look: Look) -> Any:
    found = shown(look.mesh.show(look.path()))
    return found if is_whole(look.words) else page_shape(found)


def shown(found: ProductPage) -> ProductPage:
    """Return a product's page without what is for its own team: code, tests, and how sources are reached."""
    product = found.product
    inputs = tuple(_told(one) for one in product.inputs)
    return replace(
        found, product=replace(product, inputs=inputs, models=(), tests=(), parameters=())
    )


def _told(port: InputPort) -> InputPort:
    if port.source is None:
        return port
    names = tuple(path.rsplit("/", 1)[-1] for path in port.source.paths)
    return replace(port, source=replace(port.source, paths=names, options={}))


def _history(look: Look) -> Any:
    lines = look.mesh.history(look.path())
    return page_down(History, lines, lambda one: f"{one.at} {one.build}", look.words)


def _lineage(look: Look) -> Any:
    found = look.mesh.lineage(
        look.path(),
        up=not look.words.flag("down"),
        depth=look.words.count("depth", 0),
        models=look.words.flag("models"),
        direct=look.words.flag("direct"),
        as_of=look.words.text("as_of") or None,
    )
    return found if is_whole(look.words) else found.document()


def _impact(look: Look) -> Any:
    found = look.mesh.impact(
        look.path(),
        drop=look.words.flag("drop"),
        type=look.words.text("type") or None,
        rename=look.words.text("rename") or None,
    )
    return found if is_whole(look.words) else impact_shape(found)


def _health(look: Look) -> Any:
    from meshwright.app.clock import parse_as_of

    as_of = look.words.text("as_of") or None
    ports = look.mesh.health(*look.words.parts("select"), as_of=as_of)
    if is_whole(look.words):
        return Healths(ports)
    return health_shape(ports, parse_as_of(as_of, look.mesh.wiring.mesh.timezone).instant)


def _incidents(look: Look) -> Any:
    lines = look.mesh.incidents.list(*look.words.parts("select"), closed=look.words.flag("all"))
    return page_down(Incidents, lines, lambda one: f"{one.opened} {one.id}", look.words)


def _incident(look: Look) -> Any:
    return look.mesh.incidents.show(look.path("incident"))


def _cost(look: Look) -> Any:
    return Costs(look.mesh.cost(*look.words.parts("select"), by=look.words.text("by", "product")))


def is_whole(words: Words) -> bool:
    """Say whether every value is asked for; raise for a form that is none."""
    from meshwright.serve.api.errors import HttpError

    form = words.text("form", "document")
    if form not in FORM.words:
        raise HttpError(400, "parameter-invalid", "`form` must be document or whole")
    return form == "whole"


OPERATIONS: Sequence[Operation] = (
    looking(
        "/api/v1/products", "List the products of the mesh, or of one domain.", Products, _products,
        Parameter("domain", "Only of this domain.", example="sales"), LIMIT, CURSOR,
    ),
    looking("/api/v1/products/{address}", "Show all that is known of a product or port.",
            (ProductPage, ANY), _product, PRODUCT, FORM),
    looking("/api/v1/history/{address}", "List the builds of a product, the newest first.",
            History, _history, PRODUCT, LIMIT, CURSOR),
    looking(
        "/api/v1/lineage/{address}", "Walk from a port or column to what it is made of, or is made of it.",
        (Lineage, ANY), _lineage, ADDRESS,
        Parameter("down", "To what is made of it.", "boolean"),
        Parameter("depth", "Steps; 0: to the end.", "integer", most=1000),
        Parameter("models", "With the models between the ports.", "boolean"),
        Parameter("direct", "Without what only decides on rows.", "boolean"), AS_OF, FORM,
    ),
    looking(
        "/api/v1/impact/{address}", "Say what rests on a column, port or product.",
        (Impact, ANY), _impact, ADDRESS,
        Parameter("drop", "As if it were taken away.", "boolean"),
        Parameter("type", "As if the column had this SQL type.", example="BIGINT"),
        Parameter("rename", "As if the column were called that."), FORM,
        is_long=True,
    ),
    looking("/api/v1/health", "Say which promises each port keeps.", (Healths, ANY),
            _health, SELECT, AS_OF, FORM, is_long=True),
    looking("/api/v1/incidents", "List what is unhealthy, the newest first.", Incidents, _incidents,
            SELECT, Parameter("all", "With what is over.", "boolean"), LIMIT, CURSOR),
    looking("/api/v1/incidents/{incident}", "Show all of one incident.", IncidentPage, _incident,
            Parameter("incident", "Its id, or its number.", place="path", example="inc-7")),
    looking("/api/v1/cost", "Say what builds took and what versions store.", Costs, _cost, SELECT,
            Parameter("by", "build, product or domain.", words=("build", "product", "domain")), is_long=True),
)  # fmt: skip
