"""What people may not know of, taken out of what verbs found: names, people, and words that name them."""

import re
from collections.abc import Iterable
from dataclasses import replace

from meshwright.app.catalog.knowing import Knowing
from meshwright.app.catalog.veil import SOMETHING
from meshwright.app.impact.found import Impact
from meshwright.app.incident_pages import ImpactNode
from meshwright.errors import MeshwrightError
from meshwright.model.address import Address


def is_known(knowing: Knowing, name: str) -> bool:
    """Say whether somebody may know of an address; of what is none (a source, a domain), yes."""
    if name == SOMETHING:
        return False
    try:
        address = Address.parse(name)
    except MeshwrightError:
        return True
    return knowing.of(address)


def seen_impact(found: Impact, knowing: Knowing) -> tuple[Impact, int]:
    """Return what a change breaks of what somebody may know of, and how many products that leaves out."""
    products = tuple(one for one in found.products if is_known(knowing, one.product))
    left_out = len(found.products) - len(products)
    if not left_out and not knowing.hidden:
        return found, 0

    def open_names(names: Iterable[str]) -> tuple[str, ...]:
        return tuple(name for name in names if is_known(knowing, name))

    seen = replace(
        found,
        products=tuple(replace(one, columns=open_names(one.columns)) for one in products),
        columns=tuple(
            one
            for one in found.columns
            if is_known(knowing, one.address) and is_known(knowing, one.by)
        ),
        models=tuple(one for one in found.models if is_known(knowing, one.product)),
        contracts=tuple(one for one in found.contracts if is_known(knowing, one.address)),
        queries=tuple(one for one in found.queries if len(open_names(one.reads)) == len(one.reads)),
        grants=tuple(one for one in found.grants if is_known(knowing, one.address)),
        subscribers=tuple(one for one in found.subscribers if is_known(knowing, one.address)),
        readers=() if left_out else found.readers,
        owners=tuple(
            sorted({person for one in products for person in one.people if person in found.owners})
        ),
    )
    return seen, left_out


def seen_tree(nodes: Iterable[ImpactNode], knowing: Knowing) -> tuple[ImpactNode, ...]:
    """Return a tree with hidden products nameless; what rests on them alone stays, as it is known."""
    return tuple(
        ImpactNode(one.product, one.ports, seen_tree(one.below, knowing))
        if is_known(knowing, one.product)
        else ImpactNode("", (), seen_tree(one.below, knowing))
        for one in nodes
    )


def seen_text(text: str, knowing: Knowing) -> str:
    """Return words with the names of hidden products taken out."""
    for name in sorted(knowing.hidden, key=len, reverse=True):
        text = re.sub(rf"(?<![\w.]){re.escape(name)}(\.\w+)*(?!\w)", SOMETHING, text)
    return text
