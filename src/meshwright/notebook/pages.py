"""A mesh, a product, a plan and an incident in a cell."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from meshwright.notebook.html import box, code, facts, join, muted, table, tag, title, word

if TYPE_CHECKING:
    from meshwright.app.incident_pages import ImpactNode, IncidentPage
    from meshwright.app.mesh import Mesh
    from meshwright.app.show import PortPage, ProductPage
    from meshwright.model.plan import Plan

MOST = 50  # lines of a list


def mesh_html(mesh: "Mesh") -> Markup:
    """Return the products of a mesh, local or on a server."""
    lines = mesh.products()
    domains = {line.product.partition(".")[0] for line in lines}
    counted = f"{_count(len(lines), 'product')} in {_count(len(domains), 'domain')}"
    return box(title(repr(mesh), muted(counted)), _products(lines))


def _products(lines: Sequence[Any]) -> Markup:
    rows = [
        (
            code(line.product),
            word(line.status),
            line.version,
            line.rows,
            join(map(code, line.ports), ", "),
            word("open") if line.incidents else "",
        )
        for line in lines[:MOST]
    ]
    return table(
        ("product", "status", "version", "rows", "ports", "incidents"), rows, _left(len(lines))
    )


def product_html(page: "ProductPage") -> Markup:
    """Return what a product is, and its ports with their columns."""
    product, served = page.product, page.served
    head = title(product.title or product.address, code(product.address))
    return box(
        head,
        tag("div", product.description),
        facts(
            (
                ("owners", ", ".join(product.owners)),
                ("status", word(served.status if served else "never built")),
                ("version", served.version if served else None),
                ("reads", join(map(code, _inputs(page)), ", ")),
                ("read by", join(map(code, page.consumers), ", ")),
                ("open incidents", join((f"{a}: {c}" for a, _, c in page.incidents), "; ")),
            )
        ),
        *(_port(port) for port in page.ports),
    )


def _inputs(page: "ProductPage") -> list[str]:
    return [str(port.port) if port.port else port.name for port in page.product.inputs]


def _port(port: "PortPage") -> Markup:
    served = f"{port.served.rows:,} rows" if port.served else "nothing published"
    ended = f"deprecated{f' until {port.ends}' if port.ends else ''}" if port.is_deprecated else ""
    types = dict(port.served.columns) if port.served else {}
    rows = [
        (
            code(column.name),
            types.get(column.name) or column.physical_type or column.logical_type,
            column.classification,
            column.description,
        )
        for column in port.columns[:MOST]
    ]
    head = title(code(port.address), muted(served), muted(ended))
    said = table(("column", "type", "classification", "meaning"), rows, _left(len(port.columns)))
    return tag("div", head, tag("div", port.description), said, style="margin-top:10px")


def plan_html(plan: "Plan") -> Markup:
    """Return what a run would do."""
    rows = [
        (code(step.product), word(step.action), step.served, "; ".join(_reasons(step)))
        for step in plan.steps
    ]
    counted = f"{_count(len(plan.work), 'product')} of {len(plan.steps)} to be looked after"
    problems = [tag("div", word("failed"), " ", str(one)) for one in plan.problems]
    return box(
        title("Plan", muted(counted)),
        *problems,
        table(("product", "action", "serves", "why"), rows),
    )


def _reasons(step: Any) -> list[str]:
    refused = [*step.problems, *(one.message for one in (*step.violations, *step.refusals))]
    return [*step.reasons, *map(str, refused)]


def incident_html(page: "IncidentPage") -> Markup:
    """Return all of one incident."""
    line = page.line
    return box(
        title(line.id, word(line.state), word(line.severity)),
        tag("div", line.explanation or line.cause),
        facts(
            (
                ("product", code(line.product)),
                ("opened", line.opened),
                ("resolved", line.resolved),
                ("owner", line.owner),
                ("rests on it", _tree(page.tree) if page.tree else ""),
                ("owners of these", ", ".join(page.owners)),
                ("what may help", join(tag("div", hint) for hint in page.hints)),
            )
        ),
        table(
            ("at", "who", "what", ""),
            [(one.at, one.actor, one.event, one.text) for one in page.timeline[:MOST]],
            _left(len(page.timeline)),
        ),
    )


def _tree(nodes: Sequence["ImpactNode"]) -> Markup:
    lines = (
        tag("li", code(node.product), _tree(node.below) if node.below else "") for node in nodes
    )
    return tag("ul", *lines, style="margin:0;padding-left:1.2em")


def explanation_html(shape: dict[str, Any]) -> Markup:
    """Return what `mesh.access.explain` says."""
    allowed = "allowed" if shape["allowed"] else "denied"
    reasons = [(one["policy"], one["effect"], one["text"]) for one in shape["reasons"]]
    columns = [(code(one["name"]), one["type"], one["shown"]) for one in shape["columns"]]
    limits = f"groups of {shape['minimum_group']}" if shape["minimum_group"] else ""
    return box(
        title(code(shape["address"]), word(allowed), muted(f"for {shape['principal']}")),
        facts(
            (
                ("purpose", shape["purpose"]),
                ("rows where", join(map(code, shape["filters"]), " and ")),
                ("aggregates only", limits),
                ("what would help", code(shape["help"]) if shape["help"] else ""),
            )
        ),
        table(("policy", "effect", "why"), reasons) if reasons else "",
        table(("column", "type", "shown as"), columns) if columns else "",
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _left(total: int) -> str:
    return f"first {MOST} of {total}" if total > MOST else ""
