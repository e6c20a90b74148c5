"""The JSON shapes of requests and grants, the same at every door."""

from dataclasses import asdict

from meshwright.app.access.kept import KeptGrant, KeptRequest, masks_text

Shape = dict[str, object]


def request_shape(kept: KeptRequest, grant: KeptGrant | None = None, now: str = "") -> Shape:
    """Return a request; with the grant that it led to, where that is known."""
    one = kept.request
    shape: Shape = {
        "request": one.id,
        "principal": one.principal,
        "by": one.by,
        "address": str(one.address),
        "purpose": one.purpose,
        "days": one.days,
        "columns": list(one.columns),
        "reason": one.reason,
        "state": one.state,
        "level": one.level,
        "approvers": [list(level) for level in one.approvers],
        "asked_now": list(one.asked_now),
        "escalated": list(one.escalated),
        "said": [asdict(said) for said in one.said],
        "at": one.at,
        "ended_at": one.ended_at or None,
    }
    if grant is not None:
        shape["grant"] = grant_shape(grant, now)
    return shape


def grant_shape(kept: KeptGrant, now: str) -> Shape:
    """Return a grant, as it stands at a time."""
    one = kept.grant
    return {
        "grant": one.id,
        "principal": one.principal,
        "address": str(one.address),
        "purpose": one.purpose,
        "since": one.since,
        "until": one.until or None,
        "state": kept.state(now),
        "columns": list(one.conditions.columns),
        "raw": list(one.conditions.raw),
        "masks": masks_text(dict(one.conditions.masks)),
        "filter": one.conditions.filter,
        "by": one.by,
        "source": one.source,
        "revoked_at": kept.revoked_at or None,
        "reviewed_at": kept.reviewed_at or None,
    }
