"""Whose word counts on a product: that of its owners, or of its domain's where it names none."""

from meshwright.app.product_graph import graph_of
from meshwright.app.wiring import Wiring
from meshwright.errors import DeniedError
from meshwright.model.address import Address


def owner_of(wiring: Wiring, address: Address, named: str = "") -> str:
    """Return the owner who speaks: the one named, else whoever acts.

    Raises `DeniedError` (`not-an-owner`) for anybody else.
    """
    owners = graph_of(wiring).owners(address.product_address)
    names = (named,) if named else (wiring.actor, wiring.actor.removeprefix("person:"))
    found = next((name for name in names if name in owners), None)
    if found is None:
        raise DeniedError(
            "not-an-owner",
            f"`{names[0]}` is not an owner of `{address.product_address}`",
            hint=f"--owner {owners[0]}" if owners else "name an owner in its descriptor",
        )
    return found
