"""The words of a message, whole: what a person reads at night."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from meshwright.observe.incidents.news import Item, News, Notice
from meshwright.observe.incidents.telling import ago, message_of

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
NEWS = News(
    id="inc-7",
    product="sales.orders",
    address="sales.orders.orders",
    kind="late",
    severity="high",
    state="open",
    cause="late: orders:freshness",
    explanation="nothing new for 26 h; promised is freshness 24 h",
    since=NOW - timedelta(hours=2),
    last=NOW,
    owner="ada@example.com",
    business_date="2026-03-02",
    impact=("insight.report.names", "insight.report.spending"),
    people=("eve@example.com",),
    hints=("nothing new came from input `raw`",),
    note="build 12",
)


def said(news: News, event: str) -> tuple[str, str]:
    message = message_of(
        Notice("chat", "routes[0]", (Item(news, event, NOW),)), "shop", BERLIN, NOW
    )
    assert (message.event, message.severity) == (event, news.severity)
    return message.title, message.body


def test_an_alert_says_what_where_since_when_whose_why_who_is_hurt_and_what_next() -> None:
    title, body = said(NEWS, "opened")
    assert title == "HIGH sales.orders.orders: late"
    assert (
        body
        == """\
what        nothing new for 26 h; promised is freshness 24 h
where       sales.orders.orders in mesh shop
since       2026-03-03 11:00 Europe/Berlin, for 2 hours
severity    high
owner       ada@example.com
cause       late: orders:freshness
date        2026-03-02 (business date)
downstream  insight.report.names, insight.report.spending
people      eve@example.com
hint        nothing new came from input `raw`
next        mesh incidents show inc-7"""
    )


def test_a_recovery_says_how_long_it_lasted_and_what_ended_it() -> None:
    title, body = said(replace(NEWS, state="resolved", ended=NOW), "resolved")
    assert title == "RESOLVED sales.orders.orders: late"
    assert "since       2026-03-03 11:00 Europe/Berlin, until 2026-03-03 13:00: 2 hours" in body
    assert "note        build 12" in body


def test_titles_tell_events_apart() -> None:
    assert said(NEWS, "worsened")[0].startswith("WORSE: HIGH ")
    assert said(NEWS, "reminder")[0].startswith("STILL HIGH ")


def test_what_is_not_known_is_left_out_or_said() -> None:
    """No line is empty; who owns nothing is said, because somebody must act."""
    bare = replace(NEWS, owner="", impact=(), people=(), hints=(), business_date="", note="")
    body = said(bare, "opened")[1]
    assert "owner       nobody is named" in body
    assert "downstream  nothing reads it" in body
    assert all(len(line.split()) > 1 for line in body.splitlines())
    assert "people" not in body


def test_many_names_are_counted() -> None:
    many = replace(NEWS, impact=tuple(f"a.b.p{n}" for n in range(9)))
    assert "a.b.p4 and 4 more" in said(many, "opened")[1]


def test_nothing_that_somebody_wrote_breaks_out_of_its_line() -> None:
    """A title becomes a header of a mail."""
    hostile = replace(NEWS, address="a.b\r\nBcc: x", explanation="1\n2\x1b[31m" + "x" * 9_000)
    title, body = said(hostile, "opened")
    assert "\n" not in title
    assert "\r" not in title
    assert "\x1b" not in body
    assert body.splitlines()[0].startswith("what        1 2 [31mxxx")
    assert len(body) < 2_000


def test_a_digest_lists_each_incident_with_its_own_next_step() -> None:
    items = tuple(
        Item(replace(NEWS, id=f"inc-{n}", severity=severity), event, NOW)
        for n, (severity, event) in enumerate([("critical", "opened"), ("low", "resolved")])
    )
    message = message_of(Notice("chat", "routes[0]", items), "shop", BERLIN, NOW)
    assert message.title == "2 incidents in mesh shop, the worst critical"
    assert message.event == "digest"
    assert message.severity == "critical"
    assert "CRITICAL sales.orders.orders: late\n" in message.body
    assert "RESOLVED sales.orders.orders: late\n" in message.body
    for n in range(2):
        assert f"next        mesh incidents show inc-{n}" in message.body


def test_a_long_digest_is_cut_and_says_so() -> None:
    """Somebody who begins to listen is not sent a book."""
    items = tuple(Item(replace(NEWS, id=f"inc-{n}"), "opened", NOW) for n in range(50))
    message = message_of(Notice("chat", "routes[0]", items), "shop", BERLIN, NOW)
    assert message.title.startswith("50 incidents")
    assert message.body.count("mesh incidents show") == 20
    assert message.body.endswith("\n\nand 30 more\nnext        mesh incidents")


def test_time_spans_are_said_as_people_say_them() -> None:
    assert ago(timedelta(seconds=0.4)) == "less than a second"
    assert ago(timedelta(seconds=1)) == "1 second"
    assert ago(timedelta(seconds=90)) == "90 seconds"
    assert ago(timedelta(minutes=119)) == "119 minutes"
    assert ago(timedelta(hours=47)) == "47 hours"
    assert ago(timedelta(days=3)) == "3 days"
    assert ago(timedelta(days=-3)) == "less than a second"
