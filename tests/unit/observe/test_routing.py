"""Who is told what, decided from values alone."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from meshwright.model.alerting import Alerting, Quiet, Route
from meshwright.observe.incidents.news import Known, News, Notice
from meshwright.observe.incidents.routing import FLOOD, MOST_ATTEMPTS, decide, delay

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)  # a Tuesday
HOUR = timedelta(hours=1)
NEWS = News(
    id="inc-1",
    product="sales.orders",
    address="sales.orders.orders",
    kind="late",
    severity="medium",
    state="open",
    cause="late: orders:freshness",
    explanation="nothing new for 26 h",
    since=NOW - HOUR,
    last=NOW - HOUR,
    owner="ada@example.com",
    owners=("ada@example.com", "bob@example.com"),
    tags=("pii",),
    impact=("insight.report.spending",),
)
TOLD = Known("opened", "medium", NOW - HOUR)


def alerting(*routes: Route, default: tuple[str, ...] = ()) -> Alerting:
    return Alerting({"chat": "stderr:", "pager": "stderr:"}, routes, default)


def chat(**conditions: object) -> Route:
    return replace(Route("routes[0]", ("chat",)), **conditions)  # type: ignore[arg-type]


ALL = alerting(default=("chat",))


def told(
    news: Iterable[News] | News,
    rules: Alerting = ALL,
    known: dict[tuple[str, str], Known] | None = None,
    mutes: dict[str, datetime] | None = None,
    now: datetime = NOW,
) -> list[tuple[str, str, list[str]]]:
    many = [news] if isinstance(news, News) else list(news)
    notices = decide(many, known or {}, rules, mutes or {}, now)
    return [shown(notice) for notice in notices]


def shown(notice: Notice) -> tuple[str, str, list[str]]:
    return notice.notifier, notice.event, [item.news.id for item in notice.items]


OPENED = [("chat", "opened", ["inc-1"])]


def test_an_incident_is_told_once() -> None:
    """What a notifier knows is not said again, nor in the next round."""
    assert told(NEWS) == OPENED
    assert told(NEWS, known={("inc-1", "chat"): TOLD}) == []


@pytest.mark.parametrize(
    ("condition", "fits"),
    [
        ({"severity": "medium"}, True),
        ({"severity": "high"}, False),
        ({"domains": ("sales",)}, True),
        ({"domains": ("fleet",)}, False),
        ({"owners": ("bob@example.com",)}, True),
        ({"owners": ("eve@example.com",)}, False),
        ({"tags": ("pii", "gold")}, True),
        ({"tags": ("gold",)}, False),
        ({"domains": ("sales",), "severity": "critical"}, False),
    ],
)
def test_every_condition_of_a_route_must_hold(condition: dict[str, object], fits: bool) -> None:
    """And a route without conditions fits all."""
    assert told(NEWS, alerting(chat(**condition))) == (OPENED if fits else [])


def test_the_default_is_told_of_what_no_route_fits() -> None:
    """And of nothing else."""
    rules = alerting(chat(severity="critical"), default=("pager",))
    assert told(NEWS, rules) == [("pager", "opened", ["inc-1"])]
    assert told(replace(NEWS, severity="critical"), rules) == OPENED


def test_all_routes_that_fit_tell_each_notifier_once() -> None:
    """Two routes to one place are one message."""
    rules = alerting(chat(), chat(domains=("sales",), to=("chat", "pager")))
    assert told(NEWS, rules) == [*OPENED, ("pager", "opened", ["inc-1"])]


def test_a_notifier_that_is_gone_from_mesh_yaml_is_not_told() -> None:
    """Neither of news nor of an end."""
    rules = Alerting({}, (chat(),), ("chat",))
    assert told(NEWS, rules) == []
    assert told(replace(NEWS, state="resolved"), rules, {("inc-1", "chat"): TOLD}) == []


def test_a_rise_of_severity_is_told_once() -> None:
    """A fall is not."""
    worse = replace(NEWS, severity="high")
    assert told(worse, known={("inc-1", "chat"): TOLD}) == [("chat", "worsened", ["inc-1"])]
    assert told(worse, known={("inc-1", "chat"): replace(TOLD, severity="high")}) == []
    assert told(worse, known={("inc-1", "chat"): replace(TOLD, severity="critical")}) == []


def test_only_those_who_were_told_hear_of_the_end() -> None:
    """Whatever the routes say now."""
    ended = replace(NEWS, state="resolved", ended=NOW)
    assert told(ended) == []
    known = {("inc-1", "pager"): TOLD}
    assert told(ended, known=known) == [("pager", "resolved", ["inc-1"])]


def test_an_end_that_could_not_be_told_before_the_beginning_is_no_news() -> None:
    """Who never heard of it need not hear that it is over."""
    failing = Known(failed_event="opened", failed_severity="medium", attempts=2, tried=NOW - HOUR)
    assert told(replace(NEWS, state="resolved"), known={("inc-1", "chat"): failing}) == []


def test_a_reminder_comes_while_nobody_acknowledged() -> None:
    """As often as the route says; an acknowledgement or no `repeat` ends it."""
    rules, known = alerting(chat(repeat=4 * HOUR)), {("inc-1", "chat"): TOLD}
    assert told(NEWS, rules, known) == []
    late = NOW + 3 * HOUR
    assert told(NEWS, rules, known, now=late) == [("chat", "reminder", ["inc-1"])]
    assert told(replace(NEWS, state="acknowledged"), rules, known, now=late) == []
    assert told(NEWS, alerting(chat()), known, now=late) == []


def test_quiet_hours_hold_back_and_deliver_after() -> None:
    """Also the end of what was told before; another route that is not quiet tells at once."""
    quiet = Quiet(time(22), time(7), "Europe/Berlin")
    rules = alerting(chat(quiet=quiet), chat(severity="critical", to=("pager",)))
    night, morning = datetime(2026, 3, 3, 23, 0, tzinfo=UTC), datetime(2026, 3, 4, 6, 0, tzinfo=UTC)
    assert told(NEWS, rules, now=night) == []
    assert told(NEWS, rules, now=morning) == OPENED
    ended, known = replace(NEWS, state="resolved"), {("inc-1", "chat"): TOLD}
    assert told(ended, rules, known, now=night) == []
    assert told(ended, rules, known, now=morning) == [("chat", "resolved", ["inc-1"])]
    worst = replace(NEWS, severity="critical")
    assert told(worst, rules, now=night) == [("pager", "opened", ["inc-1"])]


@pytest.mark.parametrize(
    ("moment", "is_quiet"),
    [
        ("2026-03-06T21:59", False),  # Friday
        ("2026-03-07T21:59", False),  # Saturday, before
        ("2026-03-07T22:00", True),
        ("2026-03-08T06:59", True),  # Sunday morning: the night of Saturday
        ("2026-03-08T07:00", False),
        ("2026-03-08T23:00", False),  # Sunday is not listed
    ],
)
def test_a_night_belongs_to_the_day_on_which_it_begins(moment: str, is_quiet: bool) -> None:
    """`days: [sat]` is quiet from Saturday evening to Sunday morning."""
    night = Quiet(time(22), time(7), "UTC", ("sat",))
    assert night.covers(datetime.fromisoformat(moment).replace(tzinfo=UTC)) is is_quiet


def test_quiet_hours_follow_the_clock_of_their_zone_through_its_changes() -> None:
    """07:00 in Berlin is 06:00 UTC in winter and 05:00 UTC in summer."""
    night = Quiet(time(22), time(7), "Europe/Berlin")
    assert night.covers(datetime(2026, 3, 28, 5, 30, tzinfo=UTC))
    assert not night.covers(datetime(2026, 3, 29, 5, 30, tzinfo=UTC))


def test_what_is_muted_tells_nobody_until_the_mute_ends() -> None:
    """A mute of a domain or product holds for all below it, and for no neighbour."""
    for address in ("sales", "sales.orders", "sales.orders.orders"):
        assert told(NEWS, mutes={address: NOW + HOUR}) == []
        assert told(NEWS, mutes={address: NOW}) == OPENED
    for address in ("sale", "sales.order", "sales.orders.orders.id", "sales.orders.totals"):
        assert told(NEWS, mutes={address: NOW + HOUR}) == OPENED


def test_what_is_expected_tells_nobody() -> None:
    """A person said that nothing is wrong."""
    assert told(replace(NEWS, mark="expected")) == []


def test_an_open_incident_upstream_speaks_for_those_below() -> None:
    """Until it is resolved, or was marked as expected."""
    below = replace(NEWS, id="inc-2", product="insight.report", address="insight.report", impact=())
    assert told([NEWS, below]) == OPENED
    over = replace(NEWS, state="resolved")
    assert told([over, below]) == [("chat", "opened", ["inc-2"])]
    assert told([replace(NEWS, mark="expected"), below]) == [("chat", "opened", ["inc-2"])]


def test_incidents_that_name_each_other_are_not_both_silent() -> None:
    """Were two products to read each other's ports, one of them would still be told of."""
    one = replace(NEWS, impact=("insight.report.spending",))
    other = replace(
        NEWS, id="inc-2", product="insight.report", address="insight.report", since=NOW,
        impact=("sales.orders.orders",),
    )  # fmt: skip
    assert told([one, other]) == OPENED


def test_a_digest_collects_until_its_time_and_goes_out_as_one() -> None:
    """The oldest waits no longer than the route says, and takes along what came since."""
    rules = alerting(chat(digest=HOUR))
    first = replace(NEWS, since=NOW - timedelta(minutes=59))
    second = replace(NEWS, id="inc-2", since=NOW - timedelta(minutes=1), impact=())
    assert told([first, second], rules) == []
    later = NOW + timedelta(minutes=1)
    assert told([first, second], rules, now=later) == [("chat", "digest", ["inc-1", "inc-2"])]


def test_a_route_without_a_digest_wins_over_one_with() -> None:
    """Who is told at once by one route need not wait for another."""
    rules = alerting(chat(digest=HOUR), chat(severity="medium"))
    assert told(replace(NEWS, since=NOW), rules) == OPENED


def test_a_flood_becomes_one_message_the_worst_first() -> None:
    """More than a few at once would not be read."""
    many = [replace(NEWS, id=f"inc-{n}", impact=()) for n in range(FLOOD + 1)]
    many[2] = replace(many[2], severity="critical")
    (only,) = told(many)
    assert only[:2] == ("chat", "digest")
    assert only[2] == ["inc-2", "inc-0", "inc-1", "inc-3"]
    assert len(told(many[:FLOOD])) == FLOOD


def test_what_failed_is_tried_again_ever_later_and_at_last_given_up() -> None:
    """At the next round first; a new severity is a new message."""

    def known(attempts: int, tried: datetime) -> dict[tuple[str, str], Known]:
        failed = Known(failed_event="opened", failed_severity="medium", attempts=attempts,
                       tried=tried, alert="alert-7")  # fmt: skip
        return {("inc-1", "chat"): failed}

    assert told(NEWS, known=known(1, NOW)) == OPENED
    for attempts in range(2, MOST_ATTEMPTS):
        assert told(NEWS, known=known(attempts, NOW - delay(attempts) * 0.9)) == []
        assert told(NEWS, known=known(attempts, NOW - delay(attempts))) == OPENED
    given_up = known(MOST_ATTEMPTS, NOW - 900 * HOUR)
    assert told(NEWS, known=given_up) == []
    assert told(replace(NEWS, severity="high"), known=given_up) == OPENED
    (again,) = decide([NEWS], known(3, NOW - HOUR), ALL, {}, NOW)
    assert (again.alert, again.attempts) == ("alert-7", 3)


def test_the_delays_only_grow() -> None:
    """From none to an hour."""
    delays = [delay(n) for n in range(1, 12)]
    assert delays == sorted(delays)
    assert delays[0] == timedelta(0)
    assert delays[-1] == HOUR
