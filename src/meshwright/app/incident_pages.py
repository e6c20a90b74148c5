"""Incidents as they are shown: in a list, and one with all that belongs to it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from meshwright.app.order import chosen_of
from meshwright.app.product_graph import ProductGraph, graph_of
from meshwright.app.wiring import Wiring
from meshwright.model.address import Address
from meshwright.observe.incidents.incidents import incident_with
from meshwright.spi.state_store import Reader, Row, Value

READ_WITHIN = timedelta(days=30)  # who asked an affected port so lately is affected
_COLUMNS = (
    "incident, product, opened_at, resolved_at, business_date, address, severity, state, cause,"
    " impact, explanation, owner, kind, mark, build"
)


@dataclass(frozen=True, slots=True)
class IncidentLine:
    """One incident in a list. Times are ISO 8601 in UTC; `impact` are the ports that rest on it."""

    id: str
    product: str
    opened: str
    resolved: str
    business_date: str
    address: str
    severity: str
    state: str
    cause: str
    impact: tuple[str, ...]
    explanation: str
    owner: str
    kind: str
    mark: str
    build: str


@dataclass(frozen=True, slots=True)
class IncidentEvent:
    """What happened to an incident, by whom."""

    at: str
    actor: str
    event: str
    text: str
    business_date: str


@dataclass(frozen=True, slots=True)
class ImpactNode:
    """A product that rests on what is unhealthy, its ports, and what rests on it in turn."""

    product: str
    ports: tuple[str, ...]
    below: tuple["ImpactNode", ...] = ()


@dataclass(frozen=True, slots=True)
class IncidentPage:
    """All of one incident. `owners` own what rests on it, `readers` asked it within thirty days."""

    line: IncidentLine
    signals: tuple[str, ...]
    hints: tuple[str, ...]
    timeline: tuple[IncidentEvent, ...]
    tree: tuple[ImpactNode, ...]
    owners: tuple[str, ...]
    readers: tuple[str, ...]


def list_incidents(
    wiring: Wiring, select: Sequence[str], *, closed: bool
) -> tuple[IncidentLine, ...]:
    """Return the incidents of the products selected, the newest first; resolved ones only when asked."""
    where = "" if closed else "WHERE state IN ('open', 'acknowledged')"
    with wiring.store.read() as reader:
        rows = reader.rows(
            f"SELECT {_COLUMNS} FROM incidents {where} ORDER BY opened_at DESC, incident DESC"
        )
    lines = tuple(_line(row) for row in rows)
    if not select:
        return lines
    names = set(map(str, chosen_of(wiring, tuple(select))))
    return tuple(line for line in lines if line.product in names)


def line_of(reader: Reader, incident: str) -> IncidentLine:
    """Return one incident, which is known to exist."""
    return _line(
        reader.rows(f"SELECT {_COLUMNS} FROM incidents WHERE incident = ?", (incident,))[0]
    )


def show_incident(wiring: Wiring, reader: Reader, incident: str) -> IncidentPage:
    """Return all of one incident; who is affected is told as the mesh is now."""
    line = line_of(reader, incident)
    graph = graph_of(wiring)
    product = Address.parse(line.product)
    ports = incident_with(reader, incident).ports()
    below = graph.below(product, ports)
    affected = {str(port) for ports_below in below.values() for port in ports_below}
    affected |= {f"{product}.{port}" for port in ports or graph.outputs(product)}
    return IncidentPage(
        line,
        _texts(
            reader, "SELECT signal FROM incident_signals WHERE incident = ? ORDER BY 1", incident
        ),
        tuple(
            json.loads(
                _texts(reader, "SELECT hints FROM incidents WHERE incident = ?", incident)[0]
            )
        ),
        _timeline(reader, incident),
        _tree(graph, product, below),
        tuple(sorted({owner for one in below for owner in graph.owners(one)})),
        _readers(reader, affected),
    )


def _timeline(reader: Reader, incident: str) -> tuple[IncidentEvent, ...]:
    rows = reader.rows(
        "SELECT at, actor, event, text, business_date FROM incident_events WHERE incident = ?"
        " ORDER BY seq",
        (incident,),
    )
    return tuple(IncidentEvent(*map(str, row)) for row in rows)


def _tree(
    graph: ProductGraph, product: Address, below: Mapping[Address, tuple[Address, ...]]
) -> tuple[ImpactNode, ...]:
    """Return what rests on a product as a tree; each product stands once, as near the root as it can."""
    parents: dict[Address, list[Address]] = {product: []}
    waiting = set(below)
    for parent in (product, *below):  # `below` names the nearest first
        children = [one for one in sorted(waiting) if graph.reads_from(one, parent)]
        waiting.difference_update(children)
        parents[parent] = children

    def node(one: Address) -> ImpactNode:
        names = tuple(port.port for port in below[one])
        return ImpactNode(str(one), names, tuple(map(node, parents[one])))

    return tuple(map(node, parents[product]))


def _readers(reader: Reader, affected: set[str]) -> tuple[str, ...]:
    """Return the principals who read any of these ports lately."""
    since = (datetime.now(UTC) - READ_WITHIN).isoformat(timespec="microseconds")
    rows = reader.rows("SELECT DISTINCT actor, read FROM queries WHERE at >= ?", (since,))
    return tuple(
        sorted(
            {
                str(actor)
                for actor, read in rows
                if any(name.partition("@")[0] in affected for name in json.loads(str(read)))
            }
        )
    )


def _line(row: Row) -> IncidentLine:
    said: dict[str, Any] = {
        name: str(value) for name, value in zip(IncidentLine.__slots__, row, strict=True)
    }
    return IncidentLine(**{**said, "impact": tuple(json.loads(said["impact"]))})


def _texts(reader: Reader, sql: str, *values: Value) -> tuple[str, ...]:
    return tuple(str(row[0]) for row in reader.rows(sql, values))
