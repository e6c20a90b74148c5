"""Principals as they are known now: what the state says of them, and what the files say of owners."""

import json

from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError
from meshwright.model.address import Address
from meshwright.model.principal import PERSON, PRODUCT, Principal
from meshwright.spi.state_store import Reader

TEAM_OF_DOMAIN = "team:"


def find_principal(wiring: Wiring, reader: Reader, name: str) -> Principal | None:
    """Return a principal with its teams, also the implicit ones of domains; None for unknown or removed."""
    rows = reader.rows(
        "SELECT title, teams, roles, attributes, removed_at FROM principals WHERE principal = ?",
        (name,),
    )
    if rows and rows[0][4]:
        return None
    teams = _implicit_teams(wiring, name)
    if not rows:
        is_known = bool(teams) or _is_product(wiring, name)
        return Principal(name, teams) if is_known else None
    title, said, roles, attributes, _ = rows[0]
    return Principal(
        name,
        tuple(sorted({*json.loads(str(said)), *teams})),
        tuple(json.loads(str(roles))),
        json.loads(str(attributes)),
        str(title),
    )


def _implicit_teams(wiring: Wiring, name: str) -> tuple[str, ...]:
    """Return the teams of the domains that a person owns, or owns a product of."""
    kind, _, id_ = name.partition(":")
    if kind != PERSON:
        return ()
    workspace = wiring.workspace
    found = {d for d, domain in workspace.domains.items() if id_ in domain.owners}
    found |= {a.domain for a, card in workspace.cards.items() if id_ in card.owners}
    return tuple(sorted(f"{TEAM_OF_DOMAIN}{domain}" for domain in found))


def _is_product(wiring: Wiring, name: str) -> bool:
    kind, _, id_ = name.partition(":")
    if kind != PRODUCT:
        return False
    try:
        wiring.workspace.card(Address.parse(id_))
    except MeshwrightError:
        return False
    return True
