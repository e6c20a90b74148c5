"""Tell people of incidents: an outbox over the ledger. What was told is a fact; all else is still to be told.

What must stay true: whatever a notifier does, nothing here fails a build, or delays it by more than the time
it is given; what was not delivered is tried again later; only a process that dies between sending and
recording tells twice.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from secrets import token_hex
from zoneinfo import ZoneInfo

from meshwright.app.news import read_knowledge, read_mutes, read_news
from meshwright.app.sending import Outcome, send_all
from meshwright.app.subscriptions import read_subscriptions
from meshwright.app.wiring import Wiring
from meshwright.errors import MeshwrightError
from meshwright.model.alerting import Subscription
from meshwright.model.facts import AlertFailed, AlertSent, ChangeAnnounced
from meshwright.observe.incidents.news import News, Notice
from meshwright.observe.incidents.routing import MOST_ATTEMPTS, decide, is_settled, who_knows
from meshwright.observe.incidents.telling import message_of
from meshwright.spi.notifier import Message
from meshwright.spi.state_store import Reader

LOCK = "alerts"
SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Told:
    """One message that was sent, or that could not be: `status` sent or failed."""

    alert: str
    notifier: str
    event: str
    route: str
    status: str
    incidents: tuple[str, ...]
    attempts: int
    title: str
    error: str = ""
    message: str = ""
    hint: str = ""
    is_given_up: bool = False


def deliver(wiring: Wiring, now: datetime, *, seconds: float = SECONDS) -> tuple[Told, ...]:
    """Tell whoever is to be told now; return what was sent and what failed.

    Raises `UnreachableError` (`held-elsewhere`) while another process tells.
    """
    if not wiring.mesh.alerting.notifiers or not _outbox(wiring, now).is_full:
        return ()
    from meshwright.app.run import holder

    with wiring.store.hold(LOCK, holder(wiring), seconds):
        notices = _outbox(wiring, now).notices  # again: another process may have told meanwhile
        told: list[Told] = []
        zone = ZoneInfo(wiring.mesh.timezone)

        def ended(outcome: Outcome) -> None:
            told.append(_record(wiring, outcome))

        letters = [(notice, message_of(notice, wiring.mesh.name, zone, now)) for notice in notices]
        send_all(letters, wiring.notifier, ended, seconds)
        _announce(wiring, now)
    return tuple(told)


def deliver_quietly(wiring: Wiring, warn: Callable[[str, str], None]) -> None:
    """Deliver at the end of something else: what goes wrong is told (what, why), never raised."""
    try:
        for told in deliver(wiring, wiring.now()):
            if told.status == "failed":
                warn(f"notifier {told.notifier}", f"{told.message}; {told.hint}")
    except MeshwrightError as error:
        warn("alerts", f"{wiring.secrets.hide(str(error))}; they are sent next time")
    except Exception as error:
        warn("alerts", f"not sent: {type(error).__name__}; they are sent next time")


@dataclass(frozen=True, slots=True)
class _Outbox:
    """What is to be sent now, and the changes of which nobody needs to hear any more."""

    notices: tuple[Notice, ...]
    settled: tuple[ChangeAnnounced, ...]

    @property
    def is_full(self) -> bool:
        return bool(self.notices or self.settled)


def _outbox(wiring: Wiring, now: datetime) -> _Outbox:
    with wiring.store.read() as reader:
        subscriptions = read_subscriptions(reader)
        changes = _changes(wiring, reader, subscriptions, now)
        news = (*read_news(wiring, reader), *changes)
        knowledge = read_knowledge(reader, news)
        mutes = read_mutes(reader, now)
    alerting = replace(wiring.mesh.alerting, subscriptions=subscriptions)
    settled = tuple(
        ChangeAnnounced(one.address, one.event, one.id, who_knows(one, alerting, knowledge))
        for one in changes
        if is_settled(one, alerting, knowledge)
    )
    return _Outbox(decide(news, knowledge, alerting, mutes, now), settled)


def _changes(
    wiring: Wiring, reader: Reader, subscriptions: tuple[Subscription, ...], now: datetime
) -> tuple[News, ...]:
    if not subscriptions:
        return ()
    from meshwright.app.changes import read_changes  # reads contracts: most meshes need not

    return read_changes(wiring, reader, subscriptions, now)


def _announce(wiring: Wiring, now: datetime) -> None:
    """Record the changes that all were told of: they are not looked at again."""
    settled = _outbox(wiring, now).settled
    if settled:
        wiring.ledger.record(settled)


def _record(wiring: Wiring, outcome: Outcome) -> Told:
    """Record how one message ended, at once: the less time in between, the rarer it is told twice."""
    notice, error = outcome.notice, outcome.error
    alert = notice.alert or f"alert-{wiring.now():%Y%m%dT%H%M%S}-{token_hex(3)}"
    attempts = notice.attempts + 1
    incidents = [item.news.id for item in notice.items]
    said = [[item.news.id, item.event, item.news.severity] for item in notice.items]
    fact = (
        AlertSent(alert, incidents, notice.notifier, notice.event, notice.route, attempts, said)
        if error is None
        else AlertFailed(
            alert,
            incidents,
            notice.notifier,
            notice.event,
            error.code,
            attempts,
            notice.route,
            said,
        )
    )
    wiring.ledger.record([fact])
    hide = wiring.secrets.hide
    return Told(
        alert,
        notice.notifier,
        notice.event,
        notice.route,
        "sent" if error is None else "failed",
        tuple(incidents),
        attempts,
        outcome.message.title,
        error.code if error else "",
        hide(error.message) if error else "",
        hide(error.hint) if error else "",
        error is not None and attempts >= MOST_ATTEMPTS,
    )


def send_test(wiring: Wiring, name: str) -> Message:
    """Send a test message to one notifier; raise what keeps it from arriving, without its secrets."""
    notifier = wiring.notifier(name)
    message = Message(
        f"TEST of notifier {name} in mesh {wiring.mesh.name}",
        "This is a test: somebody typed `mesh alerts test`. Nothing is wrong.\n"
        "Incidents will look like this, with what, where, since when, whose, why and what to do next.",
        "low",
        "opened",
    )
    try:
        notifier.send(message)
    except MeshwrightError as error:
        raise wiring.secrets.hidden(error) from None
    return message
