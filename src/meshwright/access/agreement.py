"""Access agreements as Bitol's Open Access Agreement Standard (OAAS) writes them, v0.9.0: experimental.

The standard is an RFC (0056) of the Bitol technical steering committee, not approved when this was written:
fields may change. What it has no field for (masks, filters, who approved) stands in `customProperties`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from meshwright.model.access import AccessGrant
from meshwright.model.access_request import APPROVED, OPEN, AccessRequest
from meshwright.model.principal import PERSON, PRODUCT, TEAM

VERSION = "v0.9.0"
STATUS = {OPEN: "requested", APPROVED: "approved"}
Shape = dict[str, object]


@dataclass(frozen=True, slots=True)
class Provider:
    """Whose port it is: the domain's team, the ODPS id of the product, and the contract that holds."""

    team: str
    product: str
    port: str
    contract: str = ""
    contract_version: str = ""


def of_grant(grant: AccessGrant, provider: Provider, *, state: str, review_by: str = "") -> Shape:
    """Return a grant as an agreement; `state` is active, expired or revoked."""
    given = grant.conditions
    limits = [
        f"only the columns {', '.join(given.columns)}" if given.columns else "",
        "; ".join(f"{column} shown as {mask}" for column, mask in given.masks.items()),
        f"only rows where {given.filter}" if given.filter else "",
    ]
    described: Shape = {"purpose": grant.purpose}
    if any(limits):
        described["limitations"] = "; ".join(filter(None, limits))
    return _agreement(
        grant.id,
        "approved",
        described,
        provider,
        grant.principal,
        {
            "startTimestamp": _stamp(grant.since),
            "endTimestamp": _stamp(grant.until),
            "nextReassessmentTimestamp": _stamp(review_by),
        },
        {
            "state": state,
            "grantedBy": grant.by,
            "source": grant.source,
            "columns": list(given.columns),
            "rawColumns": list(given.raw),
            "masks": {column: str(mask) for column, mask in given.masks.items()},
            "rowFilter": given.filter,
            "address": str(grant.address),
        },
    )


def of_request(request: AccessRequest, provider: Provider) -> Shape:
    """Return a request that is open or was refused as an agreement."""
    return _agreement(
        request.id,
        STATUS.get(request.state, "rejected"),
        {"purpose": request.purpose, **({"usage": request.reason} if request.reason else {})},
        provider,
        request.principal,
        {},
        {
            "days": request.days,
            "columns": list(request.columns),
            "approvers": [list(level) for level in request.approvers],
            "address": str(request.address),
        },
    )


def _agreement(
    name: str,
    status: str,
    described: Shape,
    provider: Provider,
    principal: str,
    times: Mapping[str, str],
    custom: Mapping[str, object],
) -> Shape:
    owner: Shape = {
        "teamId": provider.team,
        "dataProductId": provider.product,
        "outputPortId": provider.port,
        "dataContractId": provider.contract,
        "dataContractVersion": provider.contract_version,
    }
    return {
        "apiVersion": VERSION,
        "kind": "AccessAgreement",
        "id": name,
        "status": status,
        "description": described,
        **{key: text for key, text in times.items() if text},
        "provider": {key: text for key, text in owner.items() if text},
        "consumer": _consumer(principal),
        "customProperties": [
            {"property": key, "value": value} for key, value in custom.items() if value
        ],
    }


def _consumer(principal: str) -> Shape:
    kind, _, plain = principal.partition(":")
    if kind == TEAM:
        return {"teamId": plain}
    if kind == PRODUCT:
        return {"teamId": plain.partition(".")[0], "dataProductId": plain}
    return {"userId": plain if kind == PERSON else principal}


def _stamp(moment: str) -> str:
    """Return a time of ours (ISO 8601 in UTC) as RFC 3339 with `Z`, in whole seconds."""
    return f"{moment[:19]}Z" if moment else ""
