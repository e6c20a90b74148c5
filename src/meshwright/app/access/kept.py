"""Requests and grants as the state keeps them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from meshwright.access.conditions import Offer, parse_mask
from meshwright.errors import UsageError, did_you_mean
from meshwright.model.access import AccessGrant, Conditions, Mask
from meshwright.model.access_request import AccessRequest, Said
from meshwright.model.address import Address
from meshwright.spi.state_store import Reader, Value

ENDED_BY_TIME = "time"  # who ends a grant whose time is over


@dataclass(frozen=True, slots=True)
class KeptRequest:
    """A request, with what the levels that agreed give."""

    request: AccessRequest
    offer: Offer = field(default_factory=Offer)


@dataclass(frozen=True, slots=True)
class KeptGrant:
    """A grant, and what became of it. Times are ISO 8601, UTC; '' for what has not been."""

    grant: AccessGrant
    at: str
    revoked_at: str = ""
    reviewed_at: str = ""
    revoked_by: str = ""

    def state(self, now: str) -> str:
        """Return active, revoked or expired."""
        if self.revoked_at and not (self.grant.until and self.grant.until <= self.revoked_at):
            return "revoked"
        return "active" if self.grant.holds(now) and not self.revoked_at else "expired"


def read_requests(
    reader: Reader, where: str = "1 = 1", values: Sequence[Value] = ()
) -> list[KeptRequest]:
    """Return requests, oldest first."""
    rows = reader.rows(
        "SELECT request, principal, address, purpose, days, columns, reason, approvers, state, level,"
        f" decisions, escalated, at, ended_at, by, escalated_at, offer FROM requests WHERE {where}"
        " ORDER BY at, length(request), request",
        values,
    )
    return [_request(row) for row in rows]


def get_request(reader: Reader, name: str) -> KeptRequest:
    """Return a request, which may be named by its number; raise `UsageError` (`request-unknown`)."""
    whole = f"req-{name}" if name.isdigit() else name
    found = read_requests(reader, "request = ?", (whole,))
    if not found:
        known = [row[0] for row in reader.rows("SELECT request FROM requests WHERE state = 'open'")]
        raise UsageError(
            "request-unknown",
            f"there is no request `{name}`",
            hint=did_you_mean(whole, map(str, known)),
        )
    return found[0]


def read_grants(
    reader: Reader, where: str = "1 = 1", values: Sequence[Value] = ()
) -> list[KeptGrant]:
    """Return grants, oldest first, those that ended too."""
    rows = reader.rows(
        "SELECT grant_id, principal, address, purpose, since, until, columns, raw, masks, filter, by,"
        f" source, at, revoked_at, reviewed_at, revoked_by FROM grants WHERE {where}"
        " ORDER BY at, length(grant_id), grant_id",
        values,
    )
    return [_grant(row) for row in rows]


def get_grant(reader: Reader, name: str) -> KeptGrant:
    """Return a grant, which may be named by its number; raise `UsageError` (`grant-unknown`)."""
    whole = f"g-{name}" if name.isdigit() else name
    found = read_grants(reader, "grant_id = ?", (whole,))
    if not found:
        known = [row[0] for row in reader.rows("SELECT grant_id FROM grants WHERE revoked_at = ''")]
        raise UsageError(
            "grant-unknown",
            f"there is no grant `{name}`",
            hint=did_you_mean(whole, map(str, known)),
        )
    return found[0]


def _request(row: Sequence[Value]) -> KeptRequest:
    (name, principal, address, purpose, days, columns, reason, approvers, state, level, said,
     escalated, at, ended_at, by, escalated_at, offer) = map(str, row)  # fmt: skip
    request = AccessRequest(
        name,
        principal,
        Address.parse(address),
        purpose,
        int(days),
        tuple(json.loads(columns)),
        reason,
        tuple(tuple(level) for level in json.loads(approvers)),
        state,
        int(level),
        tuple(Said(*one) for one in json.loads(said)),
        tuple(json.loads(escalated)),
        at,
        ended_at,
        by,
        escalated_at,
    )
    given = json.loads(offer)
    return KeptRequest(
        request,
        Offer(
            tuple(given.get("raw", ())),
            masks_from(given.get("masks", {})),
            given.get("filter", ""),
            given.get("days", 0),
        ),
    )


def _grant(row: Sequence[Value]) -> KeptGrant:
    (name, principal, address, purpose, since, until, columns, raw, masks, condition, by, source,
     at, revoked_at, reviewed_at, revoked_by) = map(str, row)  # fmt: skip
    conditions = Conditions(
        tuple(json.loads(columns)),
        tuple(json.loads(raw)),
        masks_from(json.loads(masks)),
        condition,
    )
    grant = AccessGrant(
        name, principal, Address.parse(address), purpose, since, until, conditions, by, source
    )
    return KeptGrant(grant, at, revoked_at, reviewed_at, revoked_by)


def masks_from(texts: dict[str, str]) -> dict[str, Mask]:
    """Read masks as facts write them."""
    return {column: parse_mask(text) for column, text in texts.items()}


def masks_text(masks: object) -> dict[str, str]:
    """Write masks as facts do."""
    assert isinstance(masks, dict)
    return {column: str(mask) for column, mask in sorted(masks.items())}
