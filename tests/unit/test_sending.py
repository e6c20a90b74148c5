"""Sending side by side, for a bounded time."""

from datetime import UTC, datetime
from threading import Event
from time import monotonic

from meshwright.app.sending import Outcome, send_all
from meshwright.errors import UnreachableError
from meshwright.observe.incidents.news import Item, News, Notice
from meshwright.spi.notifier import Message, Notifier

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def letter(notifier: str, title: str) -> tuple[Notice, Message]:
    news = News("i", "a.b", "a.b", "late", "low", "open", "", "", NOW, NOW)
    return Notice(notifier, "", (Item(news, "opened", NOW),)), Message(title, "")


class Place:
    """A notifier that takes messages, is slow, says no, or is broken."""

    def __init__(self, heard: list[str], until: Event | None = None) -> None:
        self.heard = heard
        self.until = until

    def send(self, message: Message) -> None:
        if self.until is not None:
            self.until.wait(20)
        if message.title == "refused":
            raise UnreachableError("no", "no")
        if message.title == "broken":
            raise ZeroDivisionError("secret words of a library")
        self.heard.append(message.title)


def test_each_message_ends_once_in_order_and_one_failure_stops_no_other() -> None:
    """What a plugin raises that is no error of ours is named by its kind alone."""
    heard: list[str] = []
    outcomes: list[Outcome] = []
    titles = ["one", "refused", "broken", "two"]
    send_all([letter("a", t) for t in titles], lambda _: Place(heard), outcomes.append, 5.0)
    assert heard == ["one", "two"]
    assert [(o.message.title, o.error.code if o.error else "") for o in outcomes] == [
        ("one", ""), ("refused", "no"), ("broken", "notifier-broken"), ("two", ""),
    ]  # fmt: skip
    assert "secret" not in str(outcomes[2].error)


def test_one_that_hangs_delays_no_other_and_holds_nobody_longer_than_said() -> None:
    """It has failed when the time is over; what waits behind it was not tried and counts as nothing."""
    release = Event()
    heard: list[str] = []
    outcomes: list[Outcome] = []

    def open_notifier(name: str) -> Notifier:
        return Place(heard, release if name == "slow" else None)

    letters = [letter("slow", "first"), letter("slow", "behind"), letter("quick", "quick")]
    started = monotonic()
    send_all(letters, open_notifier, outcomes.append, 0.2)
    release.set()
    assert monotonic() - started < 5
    ended = {o.message.title: o.error.code if o.error else "" for o in outcomes}
    assert ended == {"quick": "", "first": "notifier-slow"}


def test_a_notifier_that_cannot_be_opened_fails_its_messages() -> None:
    """For instance because its secret is missing."""
    outcomes: list[Outcome] = []

    def open_notifier(name: str) -> Notifier:
        raise UnreachableError("secret-missing", name)

    send_all([letter("a", "one")], open_notifier, outcomes.append, 5.0)
    assert [o.error.code for o in outcomes if o.error] == ["secret-missing"]
