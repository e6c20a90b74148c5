"""Subscribe to an address: its changes, incidents and deprecations go to a notifier of mesh.yaml.

Only the notifier's name is recorded: its address, and the secrets in it, stay in mesh.yaml.
"""

from collections.abc import Sequence
from secrets import token_hex
from typing import Any

from meshwright.app.muting import known_as
from meshwright.app.subscriptions import read_subscriptions
from meshwright.app.wiring import Wiring
from meshwright.errors import UsageError, did_you_mean
from meshwright.model.alerting import EVENTS, Subscription
from meshwright.model.facts import SubscriptionEnded, SubscriptionMade

WHOLE = ("*", "*.*")


def subscribe(
    wiring: Wiring, address: str, to: str = "", events: Sequence[str] = ()
) -> dict[str, Any]:
    """Tell a notifier of an address from now on; what is subscribed already stays one subscription.

    Raises `UsageError` (`address-unknown`, `notifier-unknown`, `event-unknown`).
    """
    place, notifier = _place(wiring, address), _notifier(wiring, to)
    wanted = tuple(event for event in EVENTS if event in _events(events))
    with wiring.store.read() as reader:
        known = read_subscriptions(reader)
    for one in known:
        if (one.address, one.notifier) == (place, notifier):
            if one.events == wanted:
                return {**_shape(one), "is_new": False}
            wiring.ledger.record([SubscriptionEnded(one.id)])
    name = f"sub-{token_hex(4)}"
    wiring.ledger.record([SubscriptionMade(name, place, notifier, wanted, wiring.actor)])
    made = Subscription(name, place, notifier, wanted, wiring.actor)
    return {**_shape(made), "is_new": True}


def unsubscribe(wiring: Wiring, what: str, to: str = "") -> dict[str, Any]:
    """End a subscription by its id, or those of an address; raise `UsageError` (`subscription-unknown`)."""
    with wiring.store.read() as reader:
        known = read_subscriptions(reader)
    place = _stripped(what)
    ended = [
        one
        for one in known
        if what == one.id or (place == one.address and to in ("", one.notifier))
    ]
    if not ended:
        names = [one.id for one in known] + [one.address or "*" for one in known]
        raise UsageError(
            "subscription-unknown",
            f"nobody subscribed to `{what}`" + (f" for notifier `{to}`" if to else ""),
            hint=did_you_mean(what, names),
        )
    wiring.ledger.record([SubscriptionEnded(one.id) for one in ended])
    return {"ended": [_shape(one) for one in ended]}


def list_subscriptions(wiring: Wiring) -> list[dict[str, Any]]:
    """Return who subscribed to what; `is_delivered` is False where mesh.yaml lost the notifier."""
    with wiring.store.read() as reader:
        known = read_subscriptions(reader)
    notifiers = wiring.mesh.alerting.notifiers
    return [{**_shape(one), "is_delivered": one.notifier in notifiers} for one in known]


def _shape(one: Subscription) -> dict[str, Any]:
    return {
        "id": one.id,
        "address": one.address or "*",
        "notifier": one.notifier,
        "events": list(one.events),
        "principal": one.principal,
    }


def _stripped(address: str) -> str:
    return "" if address in WHOLE else address.removesuffix(".*")


def _place(wiring: Wiring, address: str) -> str:
    place = _stripped(address)
    return known_as(wiring, place) if place else ""


def _notifier(wiring: Wiring, name: str) -> str:
    alerting = wiring.mesh.alerting
    known = sorted(alerting.notifiers)
    if not name and (len(known) == 1 or len(alerting.default) == 1):
        return known[0] if len(known) == 1 else alerting.default[0]
    if name in known:
        return name
    if "://" in name:
        said, hint = (
            "a notifier is named, not given by its address, which may hold secrets",
            "add it to `alerts: notifiers:` in mesh.yaml, then --to its name",
        )
    elif not known:
        said, hint = "mesh.yaml has no notifiers", "add one to `alerts: notifiers:` in mesh.yaml"
    else:
        said = f"mesh.yaml has no notifier `{name}`" if name else "mesh.yaml has several notifiers"
        hint = did_you_mean(name, known) if name else f"--to {' | '.join(known)}"
    raise UsageError("notifier-unknown", said, hint=hint)


def _events(events: Sequence[str]) -> Sequence[str]:
    wanted = [part.strip() for event in events for part in event.split(",") if part.strip()]
    for event in wanted:
        if event not in EVENTS:
            hint = did_you_mean(event, EVENTS)
            raise UsageError("event-unknown", f"`{event}` is nothing to hear of", hint=hint)
    return wanted or EVENTS
