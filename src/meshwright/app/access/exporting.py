"""Export requests and grants: as this mesh shapes them, or as OAAS agreements (experimental)."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from meshwright.access.agreement import Provider, of_grant, of_request
from meshwright.access.durations import written
from meshwright.app.access import requesting, reviewing
from meshwright.app.access.kept import KeptGrant
from meshwright.app.access.shapes import grant_shape, request_shape
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError
from meshwright.model.access_request import APPROVED
from meshwright.model.address import Address
from meshwright.model.principal import Asker

FORMATS = ("json", "oaas")
REVIEW_EVERY = timedelta(days=90)


def export(wiring: Wiring, asker: Asker, address: str = "", *, form: str = "json") -> Any:
    """Return what the asker may see: one JSON document, or a list of OAAS agreements.

    Requests that were approved are told by their grants.
    """
    now = written(wiring.now())
    held = reviewing.grants(wiring, asker, address, ended=True)
    asked = [
        kept
        for kept in requesting.requests(wiring, asker, closed=True)
        if kept.request.state != APPROVED and _within(str(kept.request.address), address)
    ]
    if form == "json":
        return {
            "grants": [grant_shape(kept, now) for kept in held],
            "requests": [request_shape(kept) for kept in asked],
        }
    providers: dict[Address, Provider] = {}

    def provider(port: Address) -> Provider:
        if port not in providers:
            providers[port] = _provider(wiring, port)
        return providers[port]

    return [_agreement(kept, provider(kept.grant.address), now) for kept in held] + [
        of_request(kept.request, provider(kept.request.address)) for kept in asked
    ]


def _agreement(kept: KeptGrant, provider: Provider, now: str) -> dict[str, object]:
    """Return a grant; one that was revoked ended when it was."""
    state = kept.state(now)
    if state != "active":
        ended = min(filter(None, (kept.revoked_at, kept.grant.until)))
        return of_grant(replace(kept.grant, until=ended), provider, state=state)
    looked_at = datetime.fromisoformat(kept.reviewed_at or kept.grant.since)
    review_by = written(looked_at + REVIEW_EVERY)
    return of_grant(kept.grant, provider, state=state, review_by=review_by)


def _provider(wiring: Wiring, port: Address) -> Provider:
    name = str(port.product_address)
    try:
        product = wiring.workspace.product(port)
    except MeshwrightError:  # its files are broken or gone: its address still names it
        return Provider(port.domain, name, port.port)
    output = product.output(port.port)
    contract = output.contract if output else None
    return Provider(
        port.domain,
        product.id or name,
        port.port,
        contract.id if contract else "",
        contract.version if contract else "",
    )


def _within(text: str, address: str) -> bool:
    return not address or text == address or text.startswith(f"{address}.")
