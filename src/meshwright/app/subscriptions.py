"""Who subscribed to what, as the state knows it. Light: every run that may tell somebody looks."""

import json

from meshwright.model.alerting import Subscription
from meshwright.spi.state_store import Reader


def read_subscriptions(reader: Reader) -> tuple[Subscription, ...]:
    """Return who subscribed to what, the oldest first."""
    rows = reader.rows(
        "SELECT subscription, address, notifier, events, principal, at, seq FROM subscriptions"
        " ORDER BY seq"
    )
    return tuple(
        Subscription(
            str(row[0]), str(row[1]), str(row[2]), tuple(json.loads(str(row[3]))), str(row[4]),
            str(row[5]), int(str(row[6])),
        )
        for row in rows
    )  # fmt: skip
