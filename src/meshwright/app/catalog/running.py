"""Who may have a product built, told before it is begun."""

from meshwright.app.acting import ActingWiring
from meshwright.app.identity.verbs import VERBS, judge, owns
from meshwright.app.knowing_mesh import require_all_known
from meshwright.app.order import chosen_of
from meshwright.app.product_graph import graph_of
from meshwright.app.wiring import Wiring

RUN = "run"


def require_may_run(wiring: Wiring, select: tuple[str, ...]) -> None:
    """Raise `DeniedError` (`verb-denied`) where whoever acts may not have these built, as `mesh run` does.

    Raises `UsageError` for what names no product.
    """
    if isinstance(wiring, ActingWiring):
        require_all_known(wiring, {"select": select})
    chosen_of(wiring, select)
    if isinstance(wiring, ActingWiring):
        judge(wiring, RUN, {"select": select})


def runnable(wiring: Wiring) -> frozenset[str]:
    """Return the products that whoever acts may have built."""
    graph = graph_of(wiring.origin)
    if not isinstance(wiring, ActingWiring):
        return graph.names
    who = wiring.principal()
    if set(VERBS[RUN]) & set(who.roles):
        return graph.names
    return frozenset(str(address) for address in graph.cards if owns(wiring, who, address))
