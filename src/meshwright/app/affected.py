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
    if not change.breaking:
        return ()
    graph = graph_of(wiring)
    return tuple(
        Affected(str(one), people=graph.owners(one)) for one in graph.below(product, {port})
    )
