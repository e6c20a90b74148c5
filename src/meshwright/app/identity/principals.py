"""Find who there is: what the ledger knows of a principal, joined with what files say.

What must stay true: whoever was removed is unknown, whatever a file or a provider still says of them; the
team of a domain is its owners, the owners of its products, and whoever was put into it.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from meshwright.app.identity.known import domain_team, filed
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError
from meshwright.identity.names import parse_name
from meshwright.model.address import Address
from meshwright.model.principal import PRODUCT, ROLES, TEAM, Principal
from meshwright.spi.state_store import Reader, Row

LOCAL = "local"
_COLUMNS = "principal, title, teams, roles, attributes, source, removed_at"


@dataclass(frozen=True, slots=True)
class Record:
    """What one source knows of a principal."""

    principal: str
    title: str
    teams: tuple[str, ...]
    roles: tuple[str, ...]
    attributes: dict[str, str]
    source: str
    removed_at: str


def find_principal(wiring: Wiring, reader: Reader, name: str) -> Principal | None:
    """Return a principal with its teams, roles and attributes; None for one unknown or removed."""
    try:
        name = parse_name(name)
    except MeshwrightError:
        return None
    records = records_of(reader, name)
    live = [record for record in records if not record.removed_at]
    if records and not live:
        return None
    teams = _said_teams(wiring, name)
    if not live and teams is None:
        return None
    joined = {*(teams or ()), *(team for record in live for team in record.teams)}
    return _principal(name, live, joined - _removed(reader, joined))


def list_principals(wiring: Wiring, reader: Reader, kind: str = "") -> tuple[Principal, ...]:
    """Return every known principal (data products aside), by name."""
    rows = reader.rows("SELECT DISTINCT principal FROM principals")
    known = filed(wiring)
    names = {str(row[0]) for row in rows} | set(known.teams_of) | known.teams
    chosen = sorted(name for name in names if not kind or name.startswith(f"{kind}:"))
    found = (find_principal(wiring, reader, name) for name in chosen)
    return tuple(principal for principal in found if principal is not None)


def members_of(wiring: Wiring, reader: Reader, team: str) -> tuple[Principal, ...]:
    """Return who is in a team, whoever said so."""
    return tuple(one for one in list_principals(wiring, reader) if team in one.teams)


def records_of(reader: Reader, name: str) -> list[Record]:
    """Return what each source knows of a principal, removed or not."""
    sql = f"SELECT {_COLUMNS} FROM principals WHERE principal = ? ORDER BY source"
    return [_record(row) for row in reader.rows(sql, [name])]


def find_record(reader: Reader, name: str, source: str = LOCAL) -> Record | None:
    """Return what a source knows of a principal that was not removed."""
    live = (one for one in records_of(reader, name) if not one.removed_at)
    return next((one for one in live if one.source == source), None)


def was_removed(reader: Reader, name: str) -> bool:
    """Say whether somebody was known, and is not any more."""
    records = records_of(reader, name)
    return bool(records) and all(record.removed_at for record in records)


def _said_teams(wiring: Wiring, name: str) -> frozenset[str] | None:
    """Return the teams that files give a principal; None where no file knows it."""
    kind, _, plain = name.partition(":")
    if kind == PRODUCT:
        return _teams_of_product(wiring, plain)
    known = filed(wiring)
    if kind == TEAM:
        return frozenset() if name in known.teams else None
    return known.teams_of.get(name)


def _teams_of_product(wiring: Wiring, address: str) -> frozenset[str] | None:
    try:
        found = Address.parse(address)
    except MeshwrightError:
        return None
    is_product = found.product_address == found and found in wiring.workspace.cards
    return frozenset((domain_team(found.domain),)) if is_product else None


def _removed(reader: Reader, teams: Iterable[str]) -> set[str]:
    """Return those of some teams that were removed."""
    return {team for team in teams if was_removed(reader, team)}


def _principal(name: str, live: list[Record], teams: set[str]) -> Principal:
    roles = {role for record in live for role in record.roles}
    attributes = {key: text for record in live for key, text in record.attributes.items()}
    title = next((record.title for record in live if record.title), "")
    return Principal(
        name,
        tuple(sorted(teams)),
        tuple(role for role in ROLES if role in roles),
        attributes,
        title,
    )


def _record(row: Row) -> Record:
    name, title, teams, roles, attributes, source, removed_at = row
    return Record(
        str(name),
        str(title),
        tuple(json.loads(str(teams))),
        tuple(json.loads(str(roles))),
        json.loads(str(attributes)),
        str(source),
        str(removed_at),
    )
