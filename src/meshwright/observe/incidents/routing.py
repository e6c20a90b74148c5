"""Decide who is told what now. Values in, values out: what is held back is simply decided again next time.

What must stay true: of one incident a notifier hears once that it opened, once for each rise of its
severity, and once that it ended, the last only if it heard of it at all.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from meshwright.model.alerting import INCIDENT, Alerting, Route, Subscription
from meshwright.model.signal import SEVERITIES
from meshwright.observe.incidents.news import (
    EXPECTED,
    OPEN,
    OPENED,
    REMINDER,
    RESOLVED,
    WORSENED,
    Item,
    Known,
    News,
    Notice,
)

MOST_ATTEMPTS = 8
FLOOD = 3  # more messages at once to one notifier become one
LONGEST_DELAY = timedelta(hours=1)
DEFAULT = "default"
SUBSCRIPTION = "subscription "
NOTHING = Known()
Knowledge = Mapping[tuple[str, str], Known]  # (incident, notifier) -> what it knows


def decide(
    news: Sequence[News],
    knowledge: Knowledge,
    alerting: Alerting,
    mutes: Mapping[str, datetime],
    now: datetime,
) -> tuple[Notice, ...]:
    """Return the messages to send now, the most severe first."""
    ordered = sorted(news, key=lambda one: (-SEVERITIES.index(one.severity), one.since, one.id))
    incidents = [one for one in news if not one.event]
    hidden = {one.id for one in news if is_muted(one, mutes, now)}
    hidden |= {one.id for one in incidents if is_inhibited(one, incidents)}
    at_once: dict[str, list[tuple[str, Item]]] = {}
    digests: dict[tuple[str, Route], list[Item]] = {}
    for one in ordered:
        for notifier, routes in _who(one, alerting, knowledge).items():
            known = knowledge.get((one.id, notifier), NOTHING)
            item = _due(one, known, routes, now, is_hidden=one.id in hidden)
            if item is None or _is_held(item, known, now):
                continue
            loud = [r for r in routes if r.quiet is None or not r.quiet.covers(now)]
            if routes and not loud:
                continue
            route = next((r for r in loud if r.digest is None), loud[0] if loud else None)
            if route is not None and route.digest is not None:
                digests.setdefault((notifier, route), []).append(item)
            else:
                at_once.setdefault(notifier, []).append((route.name if route else DEFAULT, item))
    return tuple(_notices(at_once, digests, knowledge, now))


def is_muted(news: News, mutes: Mapping[str, datetime], now: datetime) -> bool:
    """Say whether an incident's address, or one above it, is muted now."""
    return any(
        until > now and f"{news.address}.".startswith(f"{address}.")
        for address, until in mutes.items()
    )


def is_inhibited(news: News, others: Iterable[News]) -> bool:
    """Say whether an open incident upstream speaks for this one; of two that do, the older speaks."""
    return any(
        not other.is_resolved
        and other.mark != EXPECTED
        and _is_below(news, other)
        and not (_is_below(other, news) and (news.since, news.id) < (other.since, other.id))
        for other in others
    )


def _is_below(news: News, other: News) -> bool:
    return other.product != news.product and any(
        f"{address}.".startswith(f"{news.product}.") for address in other.impact
    )


def matches(route: Route, news: News) -> bool:
    """Say whether a route is about an incident."""
    return (
        SEVERITIES.index(news.severity) >= SEVERITIES.index(route.severity)
        and (not route.domains or news.domain in route.domains)
        and (not route.owners or bool({news.owner, *news.owners} & set(route.owners)))
        and (not route.tags or bool(set(news.tags) & set(route.tags)))
    )


def _who(news: News, alerting: Alerting, knowledge: Knowledge) -> dict[str, list[Route]]:
    """Return who is told of an incident, each with the routes that say so; of its end, who knows of it."""
    found: dict[str, list[Route]] = {}
    if news.event:
        subscribed(news, alerting, found)
        return found
    fitting = [route for route in alerting.routes if matches(route, news)]
    for route in fitting:
        for name in route.to:
            found.setdefault(name, []).append(route)
    if not fitting:
        found = {name: [] for name in alerting.default}
    subscribed(news, alerting, found)
    if news.is_resolved:
        found = {
            name: found.get(name, [])
            for name in alerting.notifiers
            if knowledge.get((news.id, name), NOTHING).event
        }
    return {name: routes for name, routes in found.items() if name in alerting.notifiers}


def subscribed(news: News, alerting: Alerting, found: dict[str, list[Route]]) -> None:
    """Add the notifiers of those who subscribed; routes that are there already stay."""
    for one in alerting.subscriptions:
        if one.notifier in alerting.notifiers and wants(one, news):
            route = Route(f"{SUBSCRIPTION}{one.id}", (one.notifier,))
            found.setdefault(one.notifier, []).append(route)


def wants(subscription: Subscription, news: News) -> bool:
    """Say whether somebody subscribed to this: to its address, to one above it, or to what it reaches.

    Of an incident upstream hears who subscribed to something downstream: nobody else speaks for it there.
    """
    if not set(news.about or (INCIDENT,)) & set(subscription.events):
        return False
    if news.seq and news.seq <= subscription.seq:
        return False
    own = subscription.address
    if not own or any(_is_within(one, own) for one in (news.address, *news.impact, *news.related)):
        return True
    return not news.event and _is_within(own, news.address)  # the build of a port's product


def _is_within(address: str, other: str) -> bool:
    return f"{address}.".startswith(f"{other}.")


def is_settled(news: News, alerting: Alerting, knowledge: Knowledge) -> bool:
    """Say whether all who subscribed know of a change, or could not be told after all attempts."""
    known = [knowledge.get((news.id, name), NOTHING) for name in _subscribers(news, alerting)]
    return all(one.event or one.attempts >= MOST_ATTEMPTS for one in known)


def who_knows(news: News, alerting: Alerting, knowledge: Knowledge) -> tuple[str, ...]:
    """Return the notifiers that were told of a change."""
    names = _subscribers(news, alerting)
    return tuple(name for name in names if knowledge.get((news.id, name), NOTHING).event)


def _subscribers(news: News, alerting: Alerting) -> list[str]:
    found: dict[str, list[Route]] = {}
    subscribed(news, alerting, found)
    return sorted(found)


def _due(
    news: News, known: Known, routes: Sequence[Route], now: datetime, *, is_hidden: bool
) -> Item | None:
    """Return what there is to say, or None."""
    if news.event:
        return None if is_hidden or known.event else Item(news, news.event, news.since)
    if news.is_resolved:
        return Item(news, RESOLVED, news.ended or news.last) if known.event else None
    if is_hidden or news.mark == EXPECTED:
        return None
    if not known.event:
        return Item(news, OPENED, news.since)
    if SEVERITIES.index(news.severity) > SEVERITIES.index(known.severity):
        return Item(news, WORSENED, news.last)
    repeat = min((r.repeat for r in routes if r.repeat is not None), default=None)
    if repeat is not None and news.state == OPEN and known.at is not None:
        due = known.at + repeat
        return Item(news, REMINDER, due, repeat) if now >= due else None
    return None


def _is_held(item: Item, known: Known, now: datetime) -> bool:
    """Say whether the same failed before, and is tried later or no more."""
    attempts = _attempts(item, known)
    if not attempts or known.tried is None:
        return False
    return attempts >= MOST_ATTEMPTS or now < known.tried + delay(attempts)


def delay(attempts: int) -> timedelta:
    """Return how long to wait after so many failures: the first is tried again at once."""
    if attempts <= 1:
        return timedelta(0)
    return min(timedelta(minutes=2 ** (attempts - 2)), LONGEST_DELAY)


def _attempts(item: Item, known: Known) -> int:
    is_same = (known.failed_event, known.failed_severity) == (item.event, item.news.severity)
    return known.attempts if is_same else 0


def _notices(
    at_once: Mapping[str, list[tuple[str, Item]]],
    digests: Mapping[tuple[str, Route], list[Item]],
    knowledge: Knowledge,
    now: datetime,
) -> Iterable[Notice]:
    for notifier, items in at_once.items():
        if len(items) > FLOOD:
            yield _notice(notifier, items[0][0], [item for _, item in items], knowledge)
        else:
            for route, item in items:
                yield _notice(notifier, route, [item], knowledge)
    for (notifier, rule), waiting in digests.items():
        if rule.digest is not None and now - min(item.due for item in waiting) >= rule.digest:
            yield _notice(notifier, rule.name, waiting, knowledge)


def _notice(notifier: str, route: str, items: Sequence[Item], knowledge: Knowledge) -> Notice:
    known = [knowledge.get((item.news.id, notifier), NOTHING) for item in items]
    attempts = [_attempts(item, one) for item, one in zip(items, known, strict=True)]
    alerts = {one.alert for one, n in zip(known, attempts, strict=True) if n}
    alert = alerts.pop() if len(alerts) == 1 and all(attempts) else ""
    return Notice(notifier, route, tuple(items), max(attempts), alert)
