"""The fact of a grant that a request led to."""

from datetime import datetime

from meshwright.access.conditions import Offer
from meshwright.access.durations import after, written
from meshwright.app.access.kept import masks_text
from meshwright.model.access_request import AccessRequest
from meshwright.model.facts import AccessGranted


def granted(name: str, asked: AccessRequest, offer: Offer, by: str, now: datetime) -> AccessGranted:
    """Return the grant of a request, named after it: it begins now, and lasts as long as was agreed."""
    days = min(filter(None, (asked.days, offer.days)))
    return AccessGranted(
        grant=f"g-{name.rpartition('-')[2]}",
        principal=asked.principal,
        address=str(asked.address),
        product=str(asked.address.product_address),
        purpose=asked.purpose,
        since=written(now),
        until=after(now, days),
        columns=list(asked.columns),
        raw=list(offer.raw),
        masks=masks_text(dict(offer.masks)),
        filter=offer.filter,
        by=by,
        source=f"request:{name}",
    )
