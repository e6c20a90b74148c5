"""What would be: what a grant that nobody gave yet would show, and what asking for one would lead to.

What must stay true: it is decided as a real grant would be, by the policies of now; nothing is recorded.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from meshwright.access.automatic import find_rule
from meshwright.access.conditions import Offer
from meshwright.access.durations import after, parse_days, written
from meshwright.access.requests import principal_name
from meshwright.app.access.ceilings import ceiling_of
from meshwright.app.access.deciding import decisions_in
from meshwright.app.access.explaining import Explanation, explained
from meshwright.app.access.ground import marks_of
from meshwright.app.access.policies import rules_of
from meshwright.app.access.ports import Wanted, approvers_of, find_wanted
from meshwright.app.access.requesting import DAYS, whose
from meshwright.app.access.sight import owned_products
from meshwright.app.identity.principals import find_principal, list_principals
from meshwright.app.wiring import Wiring
from meshwright.errors import DescriptorError
from meshwright.model.access import AccessGrant, Conditions
from meshwright.model.access_request import AccessRequest
from meshwright.model.principal import (
    ADMINISTRATOR,
    AGENT,
    PRODUCT,
    SERVICE,
    TEAM,
    Asker,
    Principal,
)
from meshwright.spi.state_store import Reader

PREVIEW = "preview"  # the id of a grant that is not one


@dataclass(frozen=True, slots=True)
class Prospect:
    """What asking would lead to. `rule` approves it at once; '' where `approvers` (by level) are asked.

    `most_days`: no grant lasts longer than a ceiling lets; 0 where none bounds it.
    """

    sight: Explanation
    columns: tuple[str, ...]
    approvers: tuple[tuple[str, ...], ...]
    rule: str = ""
    most_days: int = 0
    ceiling: str = ""


def prospect(
    wiring: Wiring,
    asker: Asker,
    address: str,
    *,
    purpose: str = "",
    lasting: str = DAYS,
    columns: Sequence[str] = (),
    for_principal: str = "",
) -> Prospect:
    """Return what asking for a port would lead to; raise as `request` does for what makes no sense."""
    days = parse_days(lasting)
    with wiring.store.read() as reader:
        principal = whose(wiring, reader, asker, for_principal)
        wanted = find_wanted(wiring, reader, address, columns)
        ceiling = ceiling_of(wiring, reader, principal, wanted.port, purpose)
        classified = marks_of(wiring, reader, wanted.port).classified
        sight = _sight(wiring, reader, principal, wanted, purpose, Offer(days=days))
    rule = find_rule(
        wiring.mesh.access.automatic,
        principal,
        wanted.address,
        days,
        is_classified=not classified.isdisjoint(wanted.columns or wanted.names),
    )
    return Prospect(
        sight,
        wanted.columns,
        approvers_of(wiring, wanted.address),
        rule.name if rule else "",
        ceiling.days if ceiling else 0,
        ceiling.name if ceiling else "",
    )


def preview(
    wiring: Wiring, reader: Reader, asked: AccessRequest, offer: Offer | None = None
) -> Explanation:
    """Return what whoever asks would see if a request were granted with an offer."""
    wanted = find_wanted(wiring, reader, str(asked.address), asked.columns)
    principal = find_principal(wiring, reader, asked.principal) or Principal(asked.principal)
    given = offer or Offer()
    days = min(filter(None, (asked.days, given.days)))
    plain = Offer(given.raw, given.masks, given.filter, days)
    return _sight(wiring, reader, principal, wanted, asked.purpose, plain)


def askable(wiring: Wiring, asker: Asker) -> tuple[Principal, ...]:
    """Return for whom somebody may ask beside themselves: teams, services and products of theirs."""
    who = asker.principal
    sees_all = who.owns_mesh or ADMINISTRATOR in who.roles
    with wiring.store.read() as reader:
        everybody = list_principals(wiring, reader)

    def is_theirs(one: Principal) -> bool:
        if one.kind == TEAM:
            return sees_all or one.name in who.teams
        if one.kind not in (SERVICE, AGENT):
            return False
        return sees_all or principal_name(one.attributes.get("owner", "")) in who.names

    products = () if sees_all else owned_products(wiring, who)
    return (
        *(one for one in everybody if is_theirs(one)),
        *(Principal(f"{PRODUCT}:{address}") for address in products),
    )


def _sight(
    wiring: Wiring,
    reader: Reader,
    principal: Principal,
    wanted: Wanted,
    purpose: str,
    offer: Offer,
) -> Explanation:
    rules = rules_of(wiring, wanted.address.domain)
    if rules.broken:
        raise DescriptorError("policies-broken", rules.broken, hint="mesh check")
    said, now = purpose or PREVIEW, wiring.now()
    grant = AccessGrant(
        PREVIEW,
        principal.name,
        wanted.address,
        said,
        written(now),
        after(now, offer.days),
        Conditions(wanted.columns, offer.raw, offer.masks, offer.filter),
    )
    deciding = decisions_in(wiring, reader)
    decision, _ = deciding.judge(principal, wanted.port, said, rules, (grant,))
    return explained(wanted.port, decision)
