"""Approve, refuse, revoke, renew: what owners and approvers say, each word in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from meshwright.access.conditions import (
    Offer,
    agreed,
    named_columns,
    parse_masks,
    parse_text,
    require_consistent,
)
from meshwright.access.durations import after, parse_days, written
from meshwright.access.requests import approved_level, is_granted, require_may_refuse
from meshwright.app.access.ceilings import require_within
from meshwright.app.access.filters import require_filter
from meshwright.app.access.giving import granted
from meshwright.app.access.kept import (
    KeptGrant,
    KeptRequest,
    get_grant,
    get_request,
    masks_text,
    read_grants,
)
from meshwright.app.access.ports import Wanted, approvers_of, find_wanted
from meshwright.app.access.requesting import unknown_principal
from meshwright.app.access.sight import manages_all, owns
from meshwright.app.identity.principals import find_principal
from meshwright.app.wiring import Wiring
from meshwright.errors import DeniedError, RefusedError, UsageError
from meshwright.model.access_request import AccessRequest
from meshwright.model.facts import (
    AccessRenewed,
    AccessRevoked,
    Fact,
    RequestApproved,
    RequestRefused,
)
from meshwright.model.principal import Asker, Principal
from meshwright.spi.state_store import Reader


@dataclass(frozen=True, slots=True)
class Approved:
    """A request after a word on it; `grant` once all levels agree."""

    kept: KeptRequest
    grant: KeptGrant | None = None


@dataclass(frozen=True, slots=True)
class Conditions:
    """What an approver says of a grant, as they write it: see `approve`."""

    raw: Sequence[str] = ()
    masks: Sequence[str] = ()
    filter: str = ""
    lasting: str = ""


def approve(
    wiring: Wiring,
    asker: Asker,
    name: str,
    *,
    note: str = "",
    raw: Sequence[str] = (),
    masks: Sequence[str] = (),
    filter: str = "",
    lasting: str = "",
) -> Approved:
    """Agree to a request, as one of its approvers; the last level's word grants.

    `raw` are classified columns shown as they are, `masks` texts as `email=show-last-4`, `filter` a condition
    in SQL. Raises `DeniedError` (`own-request`, `not-an-approver`, `approved-already`), `RefusedError`
    (`request-ended`, `grant-too-long`) and `UsageError` for conditions that make no sense.
    """
    said = parse_text(note, "note")
    with wiring.store.read() as reader:
        kept = get_request(reader, name)
        approved_level(_now(wiring, kept.request), asker.principal)
        wanted = find_wanted(wiring, reader, str(kept.request.address), kept.request.columns)
        said_so = Conditions(raw, masks, filter, lasting)
        offer = offered(wiring, reader, wanted, kept.request, said_so)
        _require_grantable(wiring, reader, wanted, kept.request, offer)
    levels = approvers_of(wiring, kept.request.address)
    with wiring.store.write() as writer:
        kept = get_request(writer, name)  # again: somebody else may have said a word meanwhile
        asked = _with_levels(kept.request, levels)
        level = approved_level(asked, asker.principal)
        whole = agreed(kept.offer, offer) if kept.request.level else offer
        facts: list[Fact] = [_approved(asked, asker.principal, level, said, whole)]
        if is_granted(asked, level):
            facts.append(granted(asked.id, asked, whole, asker.principal.name, wiring.now()))
        wiring.ledger.append(writer, facts, actor=_behind(asker))
        grants = read_grants(writer, "source = ?", (f"request:{asked.id}",))
        return Approved(get_request(writer, asked.id), grants[0] if grants else None)


def refuse(wiring: Wiring, asker: Asker, name: str, *, note: str = "") -> KeptRequest:
    """Say no to a request, or withdraw one's own; raise as `approve` does."""
    said = parse_text(note, "note")
    with wiring.store.read() as reader:
        levels = approvers_of(wiring, get_request(reader, name).request.address)
    with wiring.store.write() as writer:
        asked = get_request(writer, name).request
        require_may_refuse(_with_levels(asked, levels), asker.principal)
        fact = RequestRefused(asked.id, asker.principal.name, said)
        wiring.ledger.append(writer, [fact], actor=_behind(asker))
        return get_request(writer, asked.id)


def revoke(wiring: Wiring, asker: Asker, name: str, *, reason: str) -> KeptGrant:
    """End a grant now: at the next query nothing is left of it.

    Owners of the product and its domain, who gave it, who holds it, administrators and governance may.
    """
    why = parse_text(reason, "reason", is_needed=True)
    with wiring.store.write() as writer:
        kept = get_grant(writer, name)
        _require_active(wiring, kept, next_step=f"mesh access grants {kept.grant.address} --all")
        _require_may_revoke(wiring, asker.principal, kept)
        fact = AccessRevoked(kept.grant.id, asker.principal.name, why)
        wiring.ledger.append(writer, [fact], actor=_behind(asker))
        return get_grant(writer, kept.grant.id)


def renew(wiring: Wiring, asker: Asker, name: str, *, lasting: str, reason: str = "") -> KeptGrant:
    """Let a grant last so long from now; raise `DeniedError` unless it is an approver of the last level."""
    why, days = parse_text(reason, "reason"), parse_days(lasting)
    with wiring.store.read() as reader:
        kept = get_grant(reader, name)
        wanted = find_wanted(wiring, reader, str(kept.grant.address), ())
        principal = _holder(wiring, reader, kept.grant.principal)
        require_within(wiring, reader, principal, wanted.port, days, kept.grant.purpose)
    if kept.grant.source.startswith("file:"):
        raise RefusedError(
            "grant-in-file",
            f"`{kept.grant.id}` is as {kept.grant.source.partition(':')[2]} says",
            hint="change its `until` or `for` there, then mesh access apply",
        )
    until = after(wiring.now(), days)
    with wiring.store.write() as writer:
        kept = get_grant(writer, name)
        _require_active(wiring, kept)
        _require_may_renew(wiring, asker.principal, kept)
        if kept.grant.until and until < kept.grant.until:
            raise UsageError(
                "renewal-shorter",
                f"`{kept.grant.id}` lasts until {kept.grant.until[:10]}, which is longer",
                hint=f'mesh access revoke {kept.grant.id} --reason "…"',
            )
        fact = AccessRenewed(kept.grant.id, until, asker.principal.name, why)
        wiring.ledger.append(writer, [fact], actor=_behind(asker))
        return get_grant(writer, kept.grant.id)


def offered(
    wiring: Wiring, reader: Reader, wanted: Wanted, asked: AccessRequest, said: Conditions
) -> Offer:
    """Return what conditions say; raise `UsageError` where they make no sense for what is asked."""
    days = parse_days(said.lasting) if said.lasting else 0
    if days > asked.days:
        raise UsageError(
            "grant-longer-than-asked",
            f"`{asked.id}` asks for {asked.days} days",
            hint=f"--for {asked.days}d, and `mesh access renew` later",
        )
    shown = named_columns(said.raw, wanted.names, wanted.address)
    hidden = parse_masks(said.masks, wanted.names, wanted.address)
    offer = Offer(shown, hidden, said.filter.strip(), days)
    require_consistent(offer, asked.columns)
    require_filter(wiring, reader, wanted.port, offer.filter)
    return offer


def _require_grantable(
    wiring: Wiring, reader: Reader, wanted: Wanted, asked: AccessRequest, offer: Offer
) -> None:
    """Refuse to grant to who has left, and for longer than is allowed by now."""
    principal = _holder(wiring, reader, asked.principal)
    days = offer.days or asked.days
    require_within(wiring, reader, principal, wanted.port, days, asked.purpose)


def _holder(wiring: Wiring, reader: Reader, name: str) -> Principal:
    """Return who asks or holds a grant; the mesh's owner needs no entry to be known."""
    principal = find_principal(wiring, reader, name)
    if principal is None and name != wiring.origin.actor:
        raise unknown_principal(reader, name)
    return principal or Principal(name)


def _approved(
    asked: AccessRequest, approver: Principal, level: int, note: str, offer: Offer
) -> RequestApproved:
    return RequestApproved(
        asked.id,
        approver.name,
        level,
        note,
        list(offer.raw),
        masks_text(dict(offer.masks)),
        offer.filter,
        offer.days,
    )


def _now(wiring: Wiring, asked: AccessRequest) -> AccessRequest:
    return _with_levels(asked, approvers_of(wiring, asked.address))


def _with_levels(asked: AccessRequest, levels: tuple[tuple[str, ...], ...]) -> AccessRequest:
    """Return a request with the approvers of today; where there are more levels or less, as it was filed."""
    is_same = len(levels) == len(asked.approvers) and any(levels)
    return replace(asked, approvers=levels) if is_same else asked


def _require_active(wiring: Wiring, kept: KeptGrant, *, next_step: str = "") -> None:
    state = kept.state(written(wiring.now()))
    if state != "active":
        when = kept.revoked_at if state == "revoked" else kept.grant.until
        raise RefusedError(
            "grant-ended",
            f"`{kept.grant.id}` {'was revoked' if state == 'revoked' else 'expired'} on {when[:10]}",
            hint=next_step
            or f'mesh access request {kept.grant.address} --purpose "{kept.grant.purpose}"',
        )


def _require_may_revoke(wiring: Wiring, who: Principal, kept: KeptGrant) -> None:
    grant = kept.grant
    is_own = grant.principal in who.names or grant.by == who.name
    approvers = {name for level in approvers_of(wiring, grant.address) for name in level}
    product = grant.address.product_address
    if not (is_own or manages_all(who) or owns(wiring, who, product) or who.names & approvers):
        raise DeniedError(
            "not-an-owner",
            f"`{who.name}` has no say in `{grant.id}` of `{grant.address}`",
            hint=f"its approvers: {', '.join(sorted(approvers))}",
        )


def _require_may_renew(wiring: Wiring, who: Principal, kept: KeptGrant) -> None:
    grant = kept.grant
    if grant.principal in who.names:
        raise DeniedError(
            "own-request",
            f"`{who.name}` reads by `{grant.id}`, so somebody else renews it",
            hint=f'mesh access request {grant.address} --purpose "{grant.purpose}"',
        )
    levels = approvers_of(wiring, grant.address)
    if not who.owns_mesh and who.names.isdisjoint(levels[-1]):
        raise DeniedError(
            "not-an-approver",
            f"`{who.name}` cannot renew `{grant.id}` of `{grant.address}`",
            hint=f"asked are: {', '.join(levels[-1])}",
        )


def _behind(asker: Asker) -> str:
    return asker.on_behalf_of or asker.principal.name
