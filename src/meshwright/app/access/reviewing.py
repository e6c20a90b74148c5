"""Review: which grants there are, which nobody uses, and an owner's word that one stays."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from meshwright.access.conditions import parse_text
from meshwright.access.durations import parse_days, written
from meshwright.access.requests import principal_name
from meshwright.app.access.kept import KeptGrant, get_grant, read_grants
from meshwright.app.access.shapes import grant_shape
from meshwright.app.access.sight import manages_all, owned_products, owns, sees_all
from meshwright.app.identity.principals import find_principal
from meshwright.app.product_graph import present
from meshwright.app.wiring import Wiring
from meshwright.errors import DeniedError, RefusedError
from meshwright.model.address import Address
from meshwright.model.facts import AccessReviewed
from meshwright.model.principal import TEAM, Asker
from meshwright.spi.state_store import Reader, Value

UNUSED = "90d"


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A grant with what is known of its use. `last_used` is '' where it never was.

    `is_unused`: nobody used it for so long as was asked; `is_known`: its holder is still somebody.
    """

    kept: KeptGrant
    queries: int
    last_used: str
    is_unused: bool
    is_known: bool


def grants(
    wiring: Wiring, asker: Asker, address: str = "", *, principal: str = "", ended: bool = False
) -> list[KeptGrant]:
    """Return grants, oldest first: those that hold, or all; of an address, of a principal.

    Somebody sees their own and their teams', and those of what they own; who watches over the mesh, all.
    """
    now, who = written(wiring.now()), asker.principal
    where, values = _within(wiring, address)
    if principal:
        where += " AND principal = ?"
        values.append(principal_name(principal))
    with wiring.store.read() as reader:
        found = read_grants(reader, where if ended else f"{where} AND revoked_at = ''", values)
    if not sees_all(who):
        mine = set(owned_products(wiring, who))
        found = [
            kept
            for kept in found
            if kept.grant.principal in who.names or str(kept.grant.address.product_address) in mine
        ]
    return [kept for kept in found if ended or kept.state(now) == "active"]


def review(wiring: Wiring, asker: Asker, *, unused: str = UNUSED) -> list[Reviewed]:
    """Return the grants that somebody answers for: of who left, then the longest unused, then the rest."""
    who, moment = asker.principal, wiring.now()
    now, bound = written(moment), written(moment - timedelta(days=parse_days(unused)))
    mine = None if sees_all(who) or manages_all(who) else set(owned_products(wiring, who))
    with wiring.store.read() as reader:
        found = [
            _reviewed(wiring, reader, kept, bound)
            for kept in read_grants(reader, "revoked_at = ''")
            if kept.state(now) == "active"
            and (mine is None or str(kept.grant.address.product_address) in mine)
        ]
    return sorted(found, key=lambda one: (one.is_known, not one.is_unused, _quiet_since(one)))


def keep(wiring: Wiring, asker: Asker, name: str, *, note: str = "") -> KeptGrant:
    """Record that an owner keeps a grant; raise `DeniedError` (`not-an-owner`) for anybody else."""
    said, who = parse_text(note, "note"), asker.principal
    with wiring.store.write() as writer:
        kept = get_grant(writer, name)
        product = kept.grant.address.product_address
        if who.name == kept.grant.principal or not (manages_all(who) or owns(wiring, who, product)):
            raise DeniedError(
                "not-an-owner",
                f"`{who.name}` cannot review `{kept.grant.id}` of `{kept.grant.address}`",
                hint=f"an owner of {product} does",
            )
        if kept.state(written(wiring.now())) != "active":
            raise RefusedError(
                "grant-ended", f"`{kept.grant.id}` has ended", hint="mesh access review"
            )
        fact = AccessReviewed(kept.grant.id, who.name, said)
        wiring.ledger.append(writer, [fact], actor=asker.on_behalf_of or who.name)
        return get_grant(writer, kept.grant.id)


def review_shape(one: Reviewed, now: str) -> dict[str, Any]:
    """Return the JSON shape of a grant under review."""
    return {
        **grant_shape(one.kept, now),
        "queries": one.queries,
        "last_used": one.last_used or None,
        "unused": one.is_unused,
        "holder_known": one.is_known,
    }


def _reviewed(wiring: Wiring, reader: Reader, kept: KeptGrant, bound: str) -> Reviewed:
    grant = kept.grant
    rows = [
        (int(str(queries)), str(last_at))
        for principal, queries, last_at in reader.rows(
            "SELECT principal, queries, last_at FROM uses WHERE address = ?", (str(grant.address),)
        )
        if _is_use(wiring, reader, grant.principal, str(principal)) and str(last_at) >= grant.since
    ]
    last = max((at for _, at in rows), default="")
    quiet_since = max(last, grant.since, kept.reviewed_at)
    is_known = find_principal(wiring, reader, grant.principal) is not None
    return Reviewed(kept, sum(count for count, _ in rows), last, quiet_since < bound, is_known)


def _is_use(wiring: Wiring, reader: Reader, holder: str, user: str) -> bool:
    """Say whether what a principal read was read under a grant of `holder`: itself, or a team it is in."""
    if holder == user:
        return True
    if not holder.startswith(f"{TEAM}:"):
        return False
    found = find_principal(wiring, reader, user)
    return found is not None and holder in found.teams


def _quiet_since(one: Reviewed) -> str:
    return max(one.last_used, one.kept.grant.since, one.kept.reviewed_at)


def _within(wiring: Wiring, address: str) -> tuple[str, list[Value]]:
    """Return the condition that rows are of an address: a domain, a product or a port."""
    if not address:
        return "1 = 1", []
    text = address
    if "." in address:
        text = str(present(Address.parse(address), wiring.workspace.former_names).at(None))
    return "(address = ? OR (address >= ? AND address < ?))", [text, f"{text}.", f"{text}/"]
