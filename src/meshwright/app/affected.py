"""Whom a change of a contract hits: products that read the port, what rests on these, and their people."""

from meshwright.app.product_graph import graph_of
from meshwright.app.wiring import Wiring
from meshwright.govern.change import Change
from meshwright.model.address import Address
from meshwright.model.plan import Affected


def affected_by(
    wiring: Wiring, product: Address, port: str, change: Change
) -> tuple[Affected, ...]:
    """Return who would notice what breaks, nearest first; nobody where nothing breaks."""
    return readers_of(wiring, product, port) if change.breaking else ()


def readers_of(wiring: Wiring, product: Address, port: str) -> tuple[Affected, ...]:
    """Return the products that rest on a port, nearest first, whether or not the port is still there."""
    graph = graph_of(wiring)
    return tuple(
        Affected(str(one), people=graph.owners(one)) for one in graph.below(product, {port})
    )
