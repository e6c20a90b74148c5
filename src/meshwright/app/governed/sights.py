"""What a query is seen under, told beside its rows or before it runs: versions, policies, masks, filters.

What must stay true: what is told here is what `ask` decides of the same text, and nothing is read for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from meshwright.app.access.explain_shapes import masks_shape, reason_shape
from meshwright.app.access.explaining import SAID
from meshwright.app.governed.answer import Answer
from meshwright.app.governed.ask import describe, rule
from meshwright.app.governed.pinning import pin
from meshwright.app.governed.visible import VisiblePort, visible_port, visible_ports
from meshwright.app.kept_queries import without_values
from meshwright.app.wiring import Wiring
from meshwright.model.access import PURPOSE, Decision
from meshwright.model.address import Address
from meshwright.model.json_value import Json
from meshwright.model.lineage import DIRECT
from meshwright.model.principal import Asker
from meshwright.model.table import Column


@dataclass(frozen=True, slots=True)
class PortSight:
    """How a query sees one port. `masks`: column -> mask; `raw`: classified columns shown as they are."""

    address: str
    version: int
    allowed: bool
    purpose: str
    needs_purpose: bool
    grant: str
    masks: Mapping[str, str]
    raw: tuple[str, ...]
    filters: tuple[str, ...]
    minimum_group: int
    reasons: tuple[Mapping[str, Json], ...]
    help: str


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a query would rest on. `columns` is empty where a port of it may not be read."""

    columns: tuple[Column, ...]
    ports: tuple[PortSight, ...]


@dataclass(frozen=True, slots=True)
class AskablePort:
    """A port that somebody may ask about; `needs_purpose`: once they say what for."""

    port: VisiblePort
    needs_purpose: bool = False


def sight_of(decision: Decision, version: int, touched: frozenset[str] | None = None) -> PortSight:
    """Return a decision as it is told; of masks and raw columns those that a query touches (None: all)."""

    def is_touched(name: str) -> bool:
        return touched is None or name.lower() in touched

    masks = masks_shape({n: mask for n, mask in decision.masks.items() if is_touched(n)})
    first = decision.reasons[0].effect if decision.reasons else ""
    return PortSight(
        str(decision.address.at(None)),
        version,
        decision.is_allowed,
        decision.purpose,
        not decision.is_allowed and first == PURPOSE,
        decision.grant,
        masks,
        tuple(sorted(n for n in decision.classified if n not in decision.masks and is_touched(n))),
        decision.filters,
        decision.minimum_group,
        tuple(reason_shape(reason) for reason in decision.reasons),
        decision.help,
    )


def foresee(wiring: Wiring, asker: Asker, sql: str) -> Foreseen:
    """Say what a query would rest on, without reading a row; raises what `ask` does for a wrong text."""
    gated = wiring.pool.gate(sql)
    ruled = rule(wiring, asker, gated)
    ports = tuple(
        sight_of(one.decision, one.port.pinned.address.version or 0, gated.columns) for one in ruled
    )
    is_allowed = all(port.allowed for port in ports)
    return Foreseen(describe(wiring, asker, sql)[0] if is_allowed else (), ports)


def touched_columns(wiring: Wiring, sql: str) -> frozenset[str] | None:
    """Return the names of columns that stand in a query, lower case; None where it may reach any."""
    return wiring.pool.gate(sql).columns


def masked_results(wiring: Wiring, sql: str, answer: Answer) -> tuple[str, ...]:
    """Say of each column of an answer which masked columns it shows, as `address.column: mask`; '' for none.

    Told for people's eyes: masks hold whether or not this finds them.
    """
    names = [column.name for column in answer.columns]
    masks = {
        f"{decision.address.port_address}.{name}".lower(): str(mask)
        for decision in answer.decisions
        for name, mask in decision.masks.items()
    }
    if not masks:
        return ("",) * len(names)
    with wiring.store.read() as reader:
        columns = {
            address: tuple(
                c.name for c in pin(wiring, reader, Address.parse(f"{address}@{n}")).columns
            )
            for address, n in answer.versions.items()
        }
    shown = _sources(wiring, without_values(sql), names, columns)
    return tuple(
        ", ".join(f"{address}: {masks[address]}" for address in sorted(of & masks.keys()))
        for of in shown
    )


def _sources(
    wiring: Wiring, sql: str, names: Sequence[str], columns: Mapping[str, Sequence[str]]
) -> list[set[str]]:
    """Return the columns of ports that each column of a result shows; none where that cannot be traced."""
    nothing: list[set[str]] = [set() for _ in names]
    try:
        tables = {table: _plain(table) for table in wiring.reader.read(sql).tables}
        known = {table: columns.get(port) for table, port in tables.items()}
        traced = wiring.reader.trace(sql, known)
    except Exception:  # a parser's own faults too: marks are told of, never needed
        return nothing
    if len(traced.columns) != len(names):
        return nothing
    found: dict[str, set[str]] = {column: set() for column in traced.columns}
    for edge in traced.edges:
        if edge.kind == DIRECT and edge.output in found:
            found[edge.output].add(f"{_plain(edge.table)}.{edge.column}".lower())
    return [found[column] for column in traced.columns]


def _plain(table: str) -> str:
    return table.replace('"', "").partition("@")[0].lower()


def askable_ports(wiring: Wiring, asker: Asker) -> tuple[AskablePort, ...]:
    """Return the ports that somebody may read, and those that they may once they say what for."""
    found = {str(port.address): AskablePort(port) for port in visible_ports(wiring, asker)}
    for port in visible_ports(wiring, _saying(asker)) if _may_say_more(asker) else ():
        found.setdefault(str(port.address), AskablePort(port, needs_purpose=True))
    return tuple(found[name] for name in sorted(found))


def askable_port(wiring: Wiring, asker: Asker, address: Address) -> AskablePort | None:
    """Return one of these ports; None where it is none."""
    port = visible_port(wiring, asker, address)
    if port is not None:
        return AskablePort(port)
    port = visible_port(wiring, _saying(asker), address) if _may_say_more(asker) else None
    return AskablePort(port, needs_purpose=True) if port is not None else None


def _may_say_more(asker: Asker) -> bool:
    return not asker.purpose and not asker.principal.owns_mesh


def _saying(asker: Asker) -> Asker:
    """Return them as if they said some purpose."""
    return Asker(asker.principal, SAID, asker.on_behalf_of, asker.door)
