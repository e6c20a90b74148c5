"""Explain: what a principal sees of a port, why, and what would help; who can read what.

What must stay true: what is told here is what `decide` decides, of the same moment, and nothing else.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from meshwright.app.access.deciding import Decisions, decisions_in
from meshwright.app.access.ground import TEAM, owners_of
from meshwright.app.access.reachable import open_ports
from meshwright.app.governed.pinning import pin
from meshwright.app.identity.principals import find_principal, list_principals
from meshwright.app.product_graph import graph_of
from meshwright.app.wiring import Wiring
from meshwright.errors import DeniedError, UsageError, did_you_mean
from meshwright.identity.names import parse_name
from meshwright.model.access import DENY, PURPOSE, Decision, Mask, Reason
from meshwright.model.address import Address
from meshwright.model.principal import AGENT, PRODUCT, ROLES, SERVICE, Asker, Principal
from meshwright.model.principal import TEAM as TEAM_KIND
from meshwright.publish.reading import PinnedPort
from meshwright.spi.state_store import Reader

SAID = "whatever is said"  # stands for some purpose where one must be said


@dataclass(frozen=True, slots=True)
class ColumnSight:
    """How one column is seen. `mask` None: as it is; `reasons` are those about it."""

    name: str
    type: str
    mask: Mask | None
    is_classified: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a principal sees of a port. `columns` of one address of a column: that one alone."""

    decision: Decision
    version: int
    columns: tuple[ColumnSight, ...]

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Return what decided about the port as a whole."""
        return tuple(reason for reason in self.decision.reasons if not reason.columns)


@dataclass(frozen=True, slots=True)
class Sight:
    """That somebody can read something. `mask` is of the column that was asked for."""

    principal: str
    title: str
    decision: Decision
    mask: Mask | None = None
    needs_purpose: bool = False


def explain(wiring: Wiring, principal: str, address: str, purpose: str = "") -> Explanation:
    """Return what a principal sees of a port or column, and why.

    Raises `UsageError` for what is not published, `DeniedError` (`explain-denied`) where it concerns others.
    """
    name, wanted = parse_name(principal), _port_of(address)
    with wiring.store.read() as reader:
        port = pin(wiring, reader, wanted)
        _require_concerned(wiring, port.address, name)
        decision = decisions_in(wiring, reader).of(Asker(Principal(name), purpose), port)
        _require_column(port, wanted)
    return explained(port, decision, wanted.column)


def explained(port: PinnedPort, decision: Decision, column: str = "") -> Explanation:
    """Return a decision on a port, told column by column (of one column alone, where one is named)."""
    columns = tuple(
        ColumnSight(
            one.name,
            one.type,
            decision.masks.get(one.name),
            one.name in decision.classified,
            _about(decision, one.name),
        )
        for one in port.columns
        if not column or one.name.lower() == column.lower()
    )
    return Explanation(decision, port.address.version or 0, columns)


def who(wiring: Wiring, address: str, purpose: str = "") -> tuple[Sight, ...]:
    """Return everybody who can read a port or column; of products those that read it or were granted it."""
    wanted = _port_of(address)
    with wiring.store.read() as reader:
        port = pin(wiring, reader, wanted)
        _require_concerned(wiring, port.address)
        _require_column(port, wanted)
        deciding = decisions_in(wiring, reader)
        found = (
            _sight(deciding, principal, port, wanted.column, purpose)
            for principal in _candidates(wiring, reader, port.address)
        )
        return tuple(sight for sight in found if sight is not None)


def what(wiring: Wiring, principal: str, purpose: str = "") -> tuple[Sight, ...]:
    """Return the served ports that a principal can read, by address."""
    with wiring.store.read() as reader:
        return tuple(_readable(wiring, reader, _known(wiring, reader, principal), purpose))


def what_from(
    wiring: Wiring, principal: str, *, after: str = "", limit: int, purpose: str = ""
) -> tuple[Sight, ...]:
    """Return so many of the ports that a principal can read, those whose address comes after one."""
    with wiring.store.read() as reader:
        known = _known(wiring, reader, principal)
        return tuple(islice(_readable(wiring, reader, known, purpose, after), limit))


def _known(wiring: Wiring, reader: Reader, principal: str) -> Principal:
    name = parse_name(principal)
    _require_concerned(wiring, None, name)
    known = find_principal(wiring, reader, name)
    if known is None:
        listed = [one.name for one in list_principals(wiring, reader)]
        text = f"`{name}` is nobody that this mesh knows"
        raise UsageError("principal-unknown", text, hint=did_you_mean(name, listed))
    return known


def _readable(
    wiring: Wiring, reader: Reader, known: Principal, purpose: str, after: str = ""
) -> Iterator[Sight]:
    deciding = decisions_in(wiring, reader)
    for address in open_ports(wiring, reader, known):
        if str(address) > after:
            sight = _sight(deciding, known, pin(wiring, reader, address), "", purpose)
            if sight is not None:
                yield sight


def _candidates(wiring: Wiring, reader: Reader, port: Address) -> Iterable[Principal]:
    yield from (one for one in list_principals(wiring, reader) if one.kind != TEAM_KIND)
    product = port.product_address
    rows = reader.rows(
        "SELECT DISTINCT principal FROM grants WHERE product = ? AND revoked_at = ''"
        " AND principal LIKE 'product:%'",
        (str(product),),
    )
    names = {str(row[0]) for row in rows}
    graph = graph_of(wiring)
    for other in graph.readers(product):
        if port.port_address in graph.reads(other):
            names.add(f"{PRODUCT}:{other}")
    for name in sorted(names):
        found = find_principal(wiring, reader, name)
        if found is not None:
            yield found


def _sight(
    deciding: Decisions, principal: Principal, port: PinnedPort, column: str, purpose: str
) -> Sight | None:
    """Return how somebody reads a port; None where they do not, whatever purpose they say."""
    asked = purpose or ("build" if principal.kind == PRODUCT else "")
    decision = deciding.of(Asker(principal, asked), port)
    needs_purpose = False
    if not decision.is_allowed and not asked and decision.reasons[0].effect == PURPOSE:
        decision, needs_purpose = deciding.of(Asker(principal, SAID), port), True
        decision = replace(decision, purpose="")
    if not decision.is_allowed:
        return None
    name = next((c.name for c in port.columns if c.name.lower() == column.lower()), "")
    return Sight(principal.name, principal.title, decision, decision.masks.get(name), needs_purpose)


def _about(decision: Decision, column: str) -> tuple[Reason, ...]:
    """Return the reasons about a column; what it is shown as because of them comes first."""
    mask = decision.masks.get(column)
    found = [reason for reason in decision.reasons if column in reason.columns]
    return tuple(sorted(found, key=lambda one: one.effect != DENY and str(mask) not in one.text))


def _port_of(text: str) -> Address:
    found = Address.parse(text)
    if not found.port:
        raise UsageError(
            "address-not-a-port", f"`{text}` is not a port", hint="domain.product.port"
        )
    return found


def _require_column(port: PinnedPort, wanted: Address) -> None:
    names = [column.name for column in port.columns]
    if wanted.column and wanted.column.lower() not in map(str.lower, names):
        text = f"`{port.address.at(None)}` has no column `{wanted.column}`"
        raise UsageError("column-unknown", text, hint=did_you_mean(wanted.column, names))


def _require_concerned(wiring: Wiring, port: Address | None, name: str = "") -> None:
    """Let whoever it is about ask, who owns the port or is of its domain, and who has a role of the mesh."""
    asker = wiring.asker().principal
    if asker.owns_mesh or asker.name == name or any(role in ROLES for role in asker.roles):
        return
    if port is not None:
        is_owner = asker.id in owners_of(wiring, port) and asker.kind not in (
            AGENT,
            SERVICE,
            PRODUCT,
        )
        if is_owner or f"{TEAM}{port.domain}" in asker.teams:
            return
    about = f"what `{name}` may read" if name else f"who may read `{port}`"
    text = f"`{asker.name}` may not ask {about}"
    raise DeniedError("explain-denied", text, hint=f"mesh access what {asker.name}")
