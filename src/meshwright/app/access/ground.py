"""What a decision rests on: the marks of a port, how a principal stands to it, what it was granted."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from weakref import WeakKeyDictionary

from meshwright.access.marks import ColumnMarks, PortMarks, Said, gone, marked, mask_of, port_marks
from meshwright.access.standing import Standing
from meshwright.app.declared import classification_of
from meshwright.app.wiring import Wiring
from meshwright.documents.contract_reader import contract_from
from meshwright.errors import MeshwrightError
from meshwright.model.access import AccessGrant, Conditions, Mask
from meshwright.model.address import Address
from meshwright.model.classification import level_of, plain_word
from meshwright.model.contract import Contract
from meshwright.model.principal import PERSON, PRODUCT, Principal
from meshwright.publish.reading import PinnedPort
from meshwright.spi.policy_engine import Subject
from meshwright.spi.state_store import Reader

TEAM = "team:"
NO_END = "9999"
NOTHING = Said({})
MOST_KEPT = 20_000
_PUBLISHED: "WeakKeyDictionary[Wiring, dict[tuple[str, str], Said]]" = WeakKeyDictionary()


def subject_of(wiring: Wiring, principal: Principal) -> Subject:
    """Return a principal as policies see it: it belongs to the domains whose teams it is in."""
    teams = frozenset(principal.teams)
    domains = {team.removeprefix(TEAM) for team in teams} & wiring.workspace.domains.keys()
    if principal.kind == PRODUCT:
        domains = domains | {principal.id.partition(".")[0]}
    return Subject(
        principal.name, teams, frozenset(principal.roles), frozenset(domains), principal.attributes
    )


def standing_of(
    wiring: Wiring, reader: Reader, principal: Principal, subject: Subject, port: Address
) -> Standing:
    """Return how somebody stands to a port. A product of the same domain reads it as its owner does."""
    is_within = port.domain in subject.domains
    if principal.kind == PRODUCT:
        is_owner = principal.id.partition(".")[0] == port.domain
    else:
        is_owner = principal.kind == PERSON and principal.id in owners_of(wiring, port)
    return Standing(subject, is_owner, is_within, grants_on(reader, principal, port))


def owners_of(wiring: Wiring, port: Address) -> tuple[str, ...]:
    """Return who owns a product: its owners, else those of its domain."""
    domain = wiring.workspace.domains.get(port.domain)
    try:
        own = wiring.workspace.card(port.product_address).owners
    except MeshwrightError:
        own = ()
    return own or (domain.owners if domain else ())


def grants_on(reader: Reader, principal: Principal, port: Address) -> tuple[AccessGrant, ...]:
    """Return the grants of a principal and its teams on a port that were not revoked, of any time."""
    names = sorted(principal.names)
    rows = reader.rows(
        "SELECT grant_id, principal, address, purpose, since, until, columns, raw, masks, filter, by,"
        " source FROM grants WHERE product = ? AND revoked_at = ''"
        f" AND principal IN ({', '.join('?' * len(names))}) AND address IN (?, ?)",
        (str(port.product_address), *names, str(port), str(port.product_address)),
    )
    return tuple(_grant(*map(str, row)) for row in rows)


def _grant(
    id_: str, principal: str, address: str, purpose: str, since: str, until: str, columns: str,
    raw: str, masks: str, condition: str, by: str, source: str,
) -> AccessGrant:  # fmt: skip
    given = Conditions(
        tuple(json.loads(columns)), tuple(json.loads(raw)), masks_from(json.loads(masks)), condition
    )
    begins, ends = moment(since) or NO_END, moment(until) if until else ""
    if until and not ends:
        ends = begins  # an end that nobody can read is no end that has not come
    place = Address.parse(address)
    return AccessGrant(id_, principal, place, purpose, begins, ends, given, by, source)


def masks_from(said: Mapping[str, object]) -> dict[str, Mask]:
    """Return the masks of a grant as the state keeps them: column -> text; an unknown one is NULL."""
    return {column: mask_of(text) for column, text in said.items()}


def moment(text: str) -> str:
    """Return a time as it is compared, ISO 8601 in UTC; '' for what is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return ""
    aware = found if found.tzinfo else found.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat(timespec="microseconds")


def marks_of(wiring: Wiring, reader: Reader, port: PinnedPort) -> PortMarks:
    """Return the marks of a port: by its published contract, the one in its files, and suggestions."""
    published, present = _published(wiring, reader, port), _present(wiring, port)
    sources = (published, present, gone(published, present), _suggested(reader, port.address))
    names = (column.name for column in port.columns)
    return port_marks(port.address.at(None), names, sources)


def contract_said(contract: Contract | None, port: str) -> Said:
    """Return what a contract says of a port and its columns."""
    described = contract.object_for(port) if contract else None
    if contract is None or described is None:
        return NOTHING
    columns = {}
    for column in described.columns:
        level, tags = classification_of(column)
        if level or tags:
            marks = marked(column.name, level, tags, column.custom.get("mask"))
            columns[column.name.lower()] = marks
    of_port = described.custom.get("classification") or contract.custom.get("classification") or ""
    words = frozenset(map(plain_word, (*contract.tags, *described.tags)))
    declared = frozenset(column.name.lower() for column in described.columns)
    return Said(columns, words, level_of(str(of_port)), declared)


def _published(wiring: Wiring, reader: Reader, port: PinnedPort) -> Said:
    """Return what the contract says that a version was published with; it never changes, so it is kept."""
    address = port.address
    if not port.contract:
        return NOTHING
    kept = _PUBLISHED.setdefault(wiring.origin, {})
    key = (str(address.at(None)), port.contract)
    found = kept.get(key)
    if found is None:
        rows = reader.rows(
            "SELECT document FROM contracts WHERE product = ? AND port = ? AND digest = ?",
            (str(address.product_address), address.port, port.contract),
        )
        document = json.loads(str(rows[0][0])) if rows else None
        found = contract_said(contract_from(document), address.port) if document else NOTHING
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[key] = found
    return found


def _present(wiring: Wiring, port: PinnedPort) -> Said:
    """Return what the files say now; nothing where they are broken or gone: what was published holds."""
    address = port.address
    try:
        card = wiring.workspace.card(address.product_address)
        digest = next((o.contract_digest for o in card.outputs if o.name == address.port), "")
        if digest and digest == port.contract:
            return NOTHING  # the very contract that is published
        found = wiring.workspace.product(address.product_address).output(address.port)
    except MeshwrightError:
        return NOTHING
    return contract_said(found.contract if found else None, address.port)


def _suggested(reader: Reader, port: Address) -> Said:
    """Return what open suggestions say: what looks personal is masked until an owner has looked."""
    rows = reader.rows(
        "SELECT column_name, classification, tags FROM suggestions"
        " WHERE product = ? AND state = 'open'",
        (str(port.product_address),),
    )
    of_port = f"{port.at(None)}."
    found: dict[str, ColumnMarks] = {}
    for address, level, tags in rows:
        if str(address).startswith(of_port):
            name = str(address).removeprefix(of_port)
            said = marked(name, str(level), _texts(tags))
            known = found.get(name.lower())
            found[name.lower()] = known.joined(said) if known else said
    return Said(found)


def _texts(tags: object) -> Iterable[str]:
    return [str(tag) for tag in json.loads(str(tags or "[]"))]
