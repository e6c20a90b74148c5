"""What a fact is about, and who may hear of it: administrators of all, owners of what is theirs.

What must stay true: whoever may not be told any more is told nothing more, whatever was said when the hook
was made; facts that name more than one product's affairs are for administrators.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

from meshwright.app.identity.principals import find_principal
from meshwright.app.product_graph import graph_of
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError
from meshwright.model.address import Address
from meshwright.model.facts import KINDS
from meshwright.model.principal import ADMINISTRATOR, PERSON, TEAM, Principal
from meshwright.spi.state_store import Reader

_NAMING = ("product", "address", "column")


def _names_one(kind: str) -> bool:
    return any(field.name in _NAMING for field in dataclasses.fields(KINDS[kind]))


OF_PRODUCTS = tuple(kind for kind in KINDS if _names_one(kind))


def about(fact: Mapping[str, Any]) -> str:
    """Return the address that a fact is about; '' for one about the mesh, or about several products."""
    product = str(fact.get("product") or "")
    address = str(fact.get("address") or fact.get("column") or "")
    return address if address.startswith(f"{product}.") or not product else product


def is_within(address: str, place: str) -> bool:
    """Say whether an address is a place or below it; '' is the whole mesh."""
    return not place or address == place or address.startswith(f"{place}.")


def may_hear(wiring: Wiring, principal: Principal | None, address: str) -> bool:
    """Say whether somebody may be told of an address; '' is the mesh, for administrators alone."""
    if principal is None:
        return False
    if principal.owns_mesh or ADMINISTRATOR in principal.roles:
        return True
    return bool(address) and _owns(wiring, principal, address)


def listener(wiring: Wiring, reader: Reader, name: str) -> Principal | None:
    """Return whose a hook is, as they are known now; the owner of this machine's files is known always."""
    found = find_principal(wiring, reader, name)
    if found is None and name == wiring.origin.actor:
        return Principal(name, owns_mesh=True)
    return found


def _owns(wiring: Wiring, principal: Principal, text: str) -> bool:
    domain = text.partition(".")[0]
    if f"{TEAM}:{domain}" in principal.teams:
        return True
    try:
        address = Address.parse(text)
    except MeshwrightError:
        return False  # a domain
    if principal.kind != PERSON:
        return False
    return principal.id in graph_of(wiring).owners(address.product_address)
