"""Request: ask for access to a port, for a purpose and a time. A rule may approve it at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from meshwright.access.automatic import find_rule
from meshwright.access.conditions import Offer, parse_purpose, parse_text
from meshwright.access.durations import parse_days
from meshwright.access.requests import principal_name
from meshwright.app.access.ceilings import require_within
from meshwright.app.access.giving import granted
from meshwright.app.access.ground import marks_of
from meshwright.app.access.kept import (
    KeptGrant,
    KeptRequest,
    get_request,
    read_grants,
    read_requests,
)
from meshwright.app.access.ports import approvers_of, find_wanted
from meshwright.app.identity.principals import find_principal
from meshwright.app.product_graph import graph_of
from meshwright.app.wiring import Wiring
from meshwright.errors import DeniedError, MeshwrightError, RefusedError, UsageError, did_you_mean
from meshwright.model.access_request import AccessRequest, AutomaticRule
from meshwright.model.address import Address
from meshwright.model.facts import AccessRequested, Fact, RequestApproved
from meshwright.model.principal import ADMINISTRATOR, PRODUCT, TEAM, Asker, Principal
from meshwright.spi.state_store import Reader

DAYS = "30d"


@dataclass(frozen=True, slots=True)
class Requested:
    """A request as it stands after it was filed; `grant` where a rule approved it."""

    kept: KeptRequest
    grant: KeptGrant | None = None


def request(
    wiring: Wiring,
    asker: Asker,
    address: str,
    *,
    purpose: str,
    lasting: str = DAYS,
    columns: Sequence[str] = (),
    reason: str = "",
    for_principal: str = "",
) -> Requested:
    """File a request; raise `UsageError` for what makes no sense, `DeniedError` (`not-for-others`).

    `RefusedError`: `request-open` where the same is asked for already, `grant-too-long` beyond a ceiling.
    """
    said = parse_purpose(purpose or asker.purpose)
    why, days = parse_text(reason, "reason"), parse_days(lasting)
    with wiring.store.read() as reader:
        principal = whose(wiring, reader, asker, for_principal)
        wanted = find_wanted(wiring, reader, address, columns)
        classified = marks_of(wiring, reader, wanted.port).classified
        require_within(wiring, reader, principal, wanted.port, days, said)
    asked = wanted.columns or wanted.names
    rule = find_rule(
        wiring.mesh.access.automatic,
        principal,
        wanted.address,
        days,
        is_classified=not classified.isdisjoint(asked),
    )
    filed = AccessRequest(
        "",
        principal.name,
        wanted.address,
        said,
        days,
        wanted.columns,
        why,
        approvers_of(wiring, wanted.address),
        by=asker.principal.name,
    )
    return _file(wiring, asker, filed, rule)


def _file(
    wiring: Wiring, asker: Asker, filed: AccessRequest, rule: AutomaticRule | None
) -> Requested:
    """Record it, with its grant where a rule gives one, in one transaction."""
    now = wiring.now()
    with wiring.store.write() as writer:
        _require_new(writer, filed)
        number = int(str(writer.rows("SELECT count(*) FROM requests")[0][0])) + 1
        name = f"req-{number}"
        facts: list[Fact] = [_fact(name, filed)]
        if rule is not None:
            facts += _approved_by(rule, name, filed, now)
        wiring.ledger.append(writer, facts, actor=asker.on_behalf_of or asker.principal.name)
        grants = read_grants(writer, "source = ?", (f"request:{name}",))
        return Requested(get_request(writer, name), grants[0] if grants else None)


def _fact(name: str, filed: AccessRequest) -> AccessRequested:
    return AccessRequested(
        request=name,
        principal=filed.principal,
        address=str(filed.address),
        purpose=filed.purpose,
        days=filed.days,
        columns=list(filed.columns),
        reason=filed.reason,
        approvers=[list(level) for level in filed.approvers],
        product=str(filed.address.product_address),
        by=filed.by,
    )


def _approved_by(
    rule: AutomaticRule, name: str, filed: AccessRequest, now: datetime
) -> tuple[Fact, Fact]:
    by = f"rule:{rule.name}"
    level = max(1, len(filed.approvers))
    return (
        RequestApproved(name, by, level, "approved by a rule of mesh.yaml"),
        granted(name, filed, Offer(), by, now),
    )


def _require_new(reader: Reader, filed: AccessRequest) -> None:
    same = read_requests(
        reader,
        "principal = ? AND address = ? AND purpose = ? AND state = 'open'",
        (filed.principal, str(filed.address), filed.purpose),
    )
    for kept in same:
        if kept.request.columns == filed.columns:
            raise RefusedError(
                "request-open",
                f"`{filed.principal}` has asked for `{filed.address}` for this purpose already,"
                f" as `{kept.request.id}`",
                hint=f"asked are: {', '.join(kept.request.asked_now)}",
            )


def whose(wiring: Wiring, reader: Reader, asker: Asker, name: str) -> Principal:
    """Return who would get the access; raise `UsageError` (`principal-unknown`) or `DeniedError`."""
    who = asker.principal
    if not name or principal_name(name) == who.name:
        return who
    wanted = principal_name(name)
    found = find_principal(wiring, reader, wanted)
    if found is None:
        raise unknown_principal(reader, wanted)
    if not _may_ask_for(wiring, who, found):
        raise DeniedError(
            "not-for-others",
            f"`{who.name}` cannot ask for `{wanted}`",
            hint="ask for a team that you are in, a product that you own, or a service whose owner you are",
        )
    return found


def unknown_principal(reader: Reader, name: str) -> UsageError:
    """Return the error of a principal that nobody knows."""
    rows = reader.rows("SELECT principal FROM principals WHERE removed_at = ''")
    return UsageError(
        "principal-unknown",
        f"nobody is known as `{name}`",
        hint=did_you_mean(name, (str(row[0]) for row in rows)),
    )


def _may_ask_for(wiring: Wiring, who: Principal, other: Principal) -> bool:
    if who.owns_mesh or ADMINISTRATOR in who.roles:
        return True
    if other.kind == TEAM:
        return other.name in who.teams
    if other.kind == PRODUCT:
        try:
            owners = graph_of(wiring).owners(Address.parse(other.id).product_address)
        except MeshwrightError:
            return False
        return not who.names.isdisjoint(principal_name(owner) for owner in owners)
    return principal_name(other.attributes.get("owner", "")) in who.names


def requests(
    wiring: Wiring,
    asker: Asker,
    *,
    mine: bool = False,
    to_approve: bool = False,
    closed: bool = False,
) -> list[KeptRequest]:
    """Return the requests that concern somebody: their own, and those that they are asked about.

    Who owns the mesh, and the roles of governance and audit, see all.
    """
    who = asker.principal
    with wiring.store.read() as reader:
        found = read_requests(reader, "1 = 1" if closed else "state = 'open'")
    from meshwright.app.access.sight import sees_all

    def is_mine(one: AccessRequest) -> bool:
        return one.principal in who.names or one.by == who.name

    def is_asked(one: AccessRequest) -> bool:
        return one.by != who.name and not who.names.isdisjoint(one.asked_now)

    def concerns(one: AccessRequest) -> bool:
        named = {name for level in one.approvers for name in level} | {*one.escalated}
        return is_mine(one) or not who.names.isdisjoint(named)

    if mine:
        return [kept for kept in found if is_mine(kept.request)]
    if to_approve:
        return [kept for kept in found if is_asked(kept.request)]
    return [kept for kept in found if sees_all(who) or concerns(kept.request)]
