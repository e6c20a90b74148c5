"""Know: what a product is, what its columns mean, how far it is to be trusted."""

from fnmatch import fnmatchcase
from typing import Annotated, Any, cast

from msgspec import Meta

from meshwright.app.health_shapes import port_shape
from meshwright.app.show import PortPage, ProductPage
from meshwright.errors import UsageError
from meshwright.model.contract import ContractColumn
from meshwright.serve.mcp.answers import Incident, picked
from meshwright.serve.mcp.answers.knowing import (
    Check,
    ColumnCard,
    PortCard,
    PortState,
    ProductAnswer,
    Quality,
    Schema,
)
from meshwright.serve.mcp.caller import Caller
from meshwright.serve.mcp.tool import Arguments, Port, Product, Purpose, Text, Tool


class GetProduct(Arguments, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A product."""

    address: Product


class GetSchema(Arguments, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A port, and which of its columns."""

    address: Port
    match: Annotated[Text, Meta(description="Only columns whose names match, as `*amount*`.")] = "*"
    purpose: Purpose = ""
    max_tokens: Annotated[int, Meta(ge=200, le=20_000)] = 4000


class QualityStatus(Arguments, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A product or port."""

    address: Product


def get_product(caller: Caller, said: GetProduct) -> ProductAnswer:
    """Return all that helps to choose a product."""
    address = caller.address(said.address)
    page = caller.mesh.show(str(address.port_address))
    product, served = page.product, page.served
    return {
        "product": str(product.address),
        "title": product.title,
        "description": product.description,
        "owners": list(product.owners),
        "tags": list(product.tags),
        "status": served.status if served else "never built",
        "version": served.version if served else None,
        "health": _health(caller, str(product.address)),
        "open_incidents": _incidents(page),
        "retired_until": (served.retired_until or None) if served else None,
        "ports": [_port(caller, port) for port in page.ports],
        "inputs": _inputs(caller, page),
        "consumers": caller.known(page.consumers),
    }


def _health(caller: Caller, product: str) -> dict[str, str]:
    return {str(port.address): port.status for port in caller.mesh.health(product)}


def _inputs(caller: Caller, page: ProductPage) -> list[str]:
    """Return what it reads, by name: an address, or `source` for a silo."""
    return [
        str(port.port) if port.port else f"source {port.name}"
        for port in page.product.inputs
        if port.port is None or caller.knowing.of(port.port)
    ]


def _port(caller: Caller, port: PortPage) -> PortCard:
    card: PortCard = {
        "address": port.address,
        "description": port.description,
        "contract_version": port.contract_version,
        "rows": port.served.rows if port.served else None,
        "columns": len(port.columns),
        "you_may_read_it": _may_read(caller, port.address),
    }
    if port.is_deprecated:
        card["deprecated_until"] = port.ends or "no end is announced"
    if port.replaced_by:
        card["use_instead"] = caller.known(port.replaced_by)
    return card


def _may_read(caller: Caller, address: str) -> bool | None:
    found: bool | None = _sight(caller, address, "").get("allowed")
    return found


def get_schema(caller: Caller, said: GetSchema) -> Schema:
    """Return the columns of a port, with how the caller would see each."""
    address = caller.port(said.address)
    page = caller.mesh.show(str(address.port_address))
    port = page.ports[0]
    sight = _sight(caller, port.address, said.purpose)
    shown = {column["name"]: column["shown"] for column in sight.get("columns", ())}
    types = dict(port.served.columns) if port.served else {}
    columns = [
        _column(column, types.get(column.name, ""), shown.get(column.name, ""))
        for column in port.columns
        if fnmatchcase(column.name.lower(), said.match.lower() or "*")
    ]
    return {
        "address": port.address,
        "sql_name": port.address,
        "description": port.description,
        "you_may_read_it": sight.get("allowed"),
        "row_filters": list(sight.get("filters", ())),
        "minimum_group": sight.get("minimum_group") or None,
        "columns_in_all": len(port.columns),
        "columns": columns,
    }


def _sight(caller: Caller, address: str, purpose: str) -> dict[str, Any]:
    """Return how the caller sees a port; nothing where nothing is published yet."""
    if caller.asker(purpose).principal.owns_mesh:
        return {"allowed": True}
    try:
        return caller.mesh.access.explain(address, purpose=purpose)
    except UsageError as error:
        if error.code.endswith("-unknown") or error.code == "never-published":
            return {}
        raise


def _column(column: ContractColumn, sql_type: str, shown: str) -> ColumnCard:
    told = {
        "name": column.name,
        "type": sql_type or column.physical_type or column.logical_type,
        "business_name": column.business_name,
        "description": column.description,
        "key": column.key_position,
        "required": column.required,
        "one_of": list(column.enum[:20]) if column.enum else None,
        "classification": column.classification,
        "tags": list(column.tags),
        "terms": list(column.terms),
        "you_see_it": shown,
    }
    return cast("ColumnCard", {name: value for name, value in told.items() if value})


def quality_status(caller: Caller, said: QualityStatus) -> Quality:
    """Return which promises are kept, which checks failed last, and what is unhealthy now."""
    address = caller.address(said.address)
    page = caller.mesh.show(str(address.port_address))
    wanted = {port.address for port in page.ports}
    health = [
        port_shape(one)
        for one in caller.mesh.health(str(address.product_address))
        if str(one.address) in wanted
    ]
    return {
        "address": str(address.port_address),
        "status": page.served.status if page.served else "never built",
        "ports": [picked(one, PortState) for one in health],
        "checks": [shape for port in page.ports for shape in _checks(port)],
        "open_incidents": _incidents(page),
        "waivers": [{"checks": sorted(w.checks), "reason": w.reason} for w in page.waivers],
    }


def _incidents(page: ProductPage) -> list[Incident]:
    return [{"id": a, "opened": b, "cause": c} for a, b, c in page.incidents]


def _checks(port: PortPage) -> list[Check]:
    """Return the checks of the newest audit, those that failed first."""
    told: list[Check] = [
        {"port": port.address, "check": check, "status": status, "severity": severity, "says": says}
        for check, status, severity, says in port.checks
    ]
    return sorted(told, key=lambda one: one["status"] == "passed")


TOOLS = (
    Tool(
        "get_product",
        "Show a product",
        "Show what a data product is: purpose, owners, health, its ports, what it reads and who reads it,"
        " and whether you may read each port.",
        GetProduct,
        get_product,
    ),
    Tool(
        "get_schema",
        "Show the columns of a port",
        "Show the columns of a port: type, meaning, key, classification, and how you would see each"
        " (raw, masked or null). Read it before you write SQL.",
        GetSchema,
        get_schema,
        advice="Ask for some columns with match, as `*date*`.",
    ),
    Tool(
        "quality_status",
        "Show health and quality",
        "Show which service levels a product keeps, which checks of its contract failed last, and open"
        " incidents. Look here before you rely on data.",
        QualityStatus,
        quality_status,
        advice="Ask for one port of the product.",
    ),
)
