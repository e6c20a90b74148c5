"""Find who there is: what the ledger knows of a principal, joined with what files say.

What must stay true: whoever was removed is unknown, whatever a file or a provider still says of them; the
team of a domain is its owners, the owners of its products, and whoever was put into it.
"""

import json
from collections.abc import Callable
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
    return _joined(wiring, name, records_of(reader, name), lambda teams: _removed(reader, teams))


def list_principals(wiring: Wiring, reader: Reader, kind: str = "") -> tuple[Principal, ...]:
    """Return every known principal (data products aside), by name."""
    records: dict[str, list[Record]] = {}
    for row in reader.rows(f"SELECT {_COLUMNS} FROM principals ORDER BY principal, source"):
        records.setdefault(str(row[0]), []).append(_record(row))
    gone = {name for name, said in records.items() if all(one.removed_at for one in said)}
    known = filed(wiring)
    names = records.keys() | known.teams_of.keys() | known.teams
    chosen = sorted(name for name in names if not kind or name.startswith(f"{kind}:"))
    found = (_joined(wiring, name, records.get(name, []), gone.intersection) for name in chosen)
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


def _joined(
    wiring: Wiring, name: str, records: list[Record], removed: Callable[[set[str]], set[str]]
) -> Principal | None:
    """Return what all sources say of a principal together; `removed` tells which teams are no more."""
    live = [record for record in records if not record.removed_at]
    if records and not live:
        return None
    teams = _said_teams(wiring, name)
    if not live and teams is None:
        return None
    said = {*(teams or ()), *(team for record in live for team in record.teams)}
    return _principal(name, live, said - removed(said))


def _removed(reader: Reader, teams: set[str]) -> set[str]:
    """Return those of some teams that were removed."""
    rows = reader.rows(
        f"SELECT principal FROM principals WHERE principal IN ({', '.join('?' * len(teams))})"
        " GROUP BY principal HAVING min(removed_at) <> ''",
        sorted(teams),
    )
    return {str(row[0]) for row in rows}


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
