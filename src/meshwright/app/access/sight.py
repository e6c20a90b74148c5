"""Who may look at what others asked for, were granted and read."""

from meshwright.access.requests import principal_name
from meshwright.app.product_graph import graph_of
from meshwright.app.wiring import Wiring
from meshwright.model.address import Address
from meshwright.model.principal import ADMINISTRATOR, AUDITOR, GOVERNANCE, Principal


def sees_all(who: Principal) -> bool:
    """Say whether somebody sees what concerns all: the mesh's owner, and the roles that watch over it."""
    return who.owns_mesh or not {AUDITOR, GOVERNANCE}.isdisjoint(who.roles)


def manages_all(who: Principal) -> bool:
    """Say whether somebody may end any grant."""
    return who.owns_mesh or not {ADMINISTRATOR, GOVERNANCE}.isdisjoint(who.roles)


def owns(wiring: Wiring, who: Principal, product: Address) -> bool:
    """Say whether somebody owns a product, or its domain."""
    domain = wiring.workspace.domains.get(product.domain)
    named = (*graph_of(wiring).owners(product), *(domain.owners if domain else ()))
    return not who.names.isdisjoint(map(principal_name, named))


def owned_products(wiring: Wiring, who: Principal) -> tuple[str, ...]:
    """Return the products whose owner somebody is, or whose domain's; sorted."""
    graph = graph_of(wiring)
    mine = {
        domain
        for domain, owners in graph.owners_of_domains.items()
        if not who.names.isdisjoint(map(principal_name, owners))
    }
    return tuple(
        sorted(
            str(address)
            for address, card in graph.cards.items()
            if address.domain in mine or not who.names.isdisjoint(map(principal_name, card.owners))
        )
    )
