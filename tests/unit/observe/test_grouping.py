"""One incident for one cause."""

from incident_board import Board, anomaly, check

from meshwright.model.address import Address
from meshwright.model.facts import (
    IncidentAcknowledged,
    IncidentJoined,
    IncidentMarked,
    IncidentOpened,
    IncidentReopened,
    IncidentResolved,
)
from meshwright.model.signal import Signal

ORDERS = "sales.orders.lines"


def kinds(facts: list[object]) -> list[str]:
    """Return what kinds of facts these are."""
    return [type(fact).__name__ for fact in facts]


def test_signals_of_a_batch_are_one_incident_with_an_owner_and_words(board: Board) -> None:
    """The worst severity, the smallest address that holds all, the words of the strongest."""
    facts = board.notice(
        anomaly(ORDERS, "mean", severity="low", score=9.0),
        check(ORDERS, "amount.minimum", build="b1"),
        anomaly(ORDERS, "rows", severity="critical", score=4.0),
        anomaly(ORDERS, "nulls", severity="low", score=1.0),
    )
    (opened,) = facts
    assert opened == IncidentOpened(
        incident="inc-1",
        product="sales.orders",
        cause="anomaly: lines:rows, lines:mean, lines:nulls",
        owner="maria",
        build="",
        address=ORDERS,
        kind="anomaly",
        severity="critical",
        business_date="",
        explanation=(
            "rows of sales.orders.lines is odd; `sales.orders.lines` fails `amount.minimum`;"
            " mean of sales.orders.lines is odd and 1 more"
        ),
        signals=sorted(
            [
                "anomaly|sales.orders.lines|mean|",
                "anomaly|sales.orders.lines|nulls|",
                "anomaly|sales.orders.lines|rows|",
                "check|sales.orders.lines|amount.minimum|",
            ]
        ),
        impact=["sales.orders.below"],
        hints=["a guess"],
    )


def test_the_address_is_of_a_column_only_where_all_are_about_it() -> None:
    from meshwright.observe.incidents.wording import place_of_all

    column = Address("sales", "orders", "lines", "amount")
    signal = Signal("check", column, "x")
    assert place_of_all([signal, signal]) == column
    assert place_of_all([signal, check(ORDERS)]) == Address.parse(ORDERS)
    assert place_of_all([signal, check("sales.orders.totals")]) == Address("sales", "orders")
    assert place_of_all([signal, Signal("build", Address("sales", "orders"), "x")]) == Address(
        "sales", "orders"
    )


def test_the_same_again_says_nothing_new(board: Board) -> None:
    board.notice(check(ORDERS))
    board.later(days=40)
    assert board.notice(check(ORDERS)) == []


def test_another_signal_and_a_worse_one_join(board: Board) -> None:
    """The product is unhealthy already; acknowledged or not, it is the same incident."""
    board.notice(anomaly(ORDERS, severity="low"))
    board.record(IncidentAcknowledged("inc-1", "sales.orders"))
    (joined,) = board.notice(
        check("sales.orders.totals", build="b2"), anomaly(ORDERS, severity="low")
    )
    assert joined == IncidentJoined(
        incident="inc-1",
        product="sales.orders",
        signals=["check|sales.orders.totals|primaryKey|"],
        explanation="`sales.orders.totals` fails `primaryKey`",
        severity="high",
        address="sales.orders.totals",
        build="b2",
        cause="build-rejected: totals:primaryKey",
        hints=["a guess"],
    )
    (worse,) = board.notice(anomaly(ORDERS, severity="critical"))
    assert isinstance(worse, IncidentJoined)
    assert (worse.severity, board.open()[0].severity) == ("critical", "critical")


def test_what_rests_on_an_unhealthy_product_joins_its_incident(board: Board) -> None:
    """The upstream-most is the cause: through report, board rests on orders."""
    board.notice(check(ORDERS))
    facts = board.notice(anomaly("sales.board.kpis"), check("sales.report.daily"))
    assert kinds(facts) == ["IncidentJoined", "IncidentJoined"]
    assert {fact.incident for fact in facts} == {"inc-1"}
    assert len(board.open()) == 1


def test_only_what_reads_the_unhealthy_port_is_explained_by_it(board: Board) -> None:
    """An anomaly is of a port; a failed check keeps all ports from being published."""
    board.notice(anomaly("sales.orders.totals"))
    assert kinds(board.notice(anomaly("sales.report.daily"))) == ["IncidentOpened"]
    assert kinds(board.notice(anomaly("sales.returns.all"))) == ["IncidentJoined"]
    board.notice(check("sales.orders.totals"))
    assert kinds(board.notice(anomaly("sales.board.kpis"))) == ["IncidentJoined"]


def test_an_incident_above_takes_over_those_that_it_explains(board: Board) -> None:
    board.notice(anomaly("sales.report.daily", severity="critical"))
    board.notice(anomaly("sales.stock.levels"))
    opened, joined, resolved = board.notice(check(ORDERS))
    assert isinstance(opened, IncidentOpened)
    assert opened.incident == "inc-3"
    assert isinstance(joined, IncidentJoined)
    assert (joined.incident, joined.signals) == ("inc-3", ["anomaly|sales.report.daily|rows|"])
    assert "inc-1 of `sales.report`" in joined.explanation
    assert isinstance(resolved, IncidentResolved)
    assert (resolved.incident, resolved.product) == ("inc-1", "sales.report")
    assert "see inc-3" in resolved.note
    assert board.states() == {"inc-1": "resolved", "inc-2": "open", "inc-3": "open"}
    assert board.open()[-1].severity == "critical"
    assert board.notice(anomaly("sales.report.daily", severity="critical")) == []


def test_a_join_that_widens_an_incident_takes_over_too(board: Board) -> None:
    board.notice(anomaly("sales.orders.totals"))
    board.notice(anomaly("sales.report.daily"))
    facts = board.notice(anomaly(ORDERS))
    assert kinds(facts) == ["IncidentJoined", "IncidentJoined", "IncidentResolved"]
    assert [one.id for one in board.open()] == ["inc-1"]


def test_a_blizzard_of_two_days_is_one_incident(board: Board) -> None:
    """Noticed at once, or day after day: the following day joins, even with other metrics."""
    first = board.notice(
        anomaly(ORDERS, on="2013-02-08"), anomaly(ORDERS, "cancelled", on="2013-02-09")
    )
    assert kinds(first) == ["IncidentOpened", "IncidentJoined"]
    assert first[0].business_date == "2013-02-08"
    (joined,) = board.notice(anomaly(ORDERS, on="2013-02-10"))
    assert (joined.incident, joined.business_date) == ("inc-1", "2013-02-10")
    assert board.notice(anomaly(ORDERS, on="2013-02-09")) == []
    incident = board.open()[0]
    assert (str(incident.first), str(incident.last)) == ("2013-02-08", "2013-02-10")


def test_days_far_apart_are_incidents_apart(board: Board) -> None:
    """A year that is read again at once has the incidents that its days would have had."""
    facts = board.notice(
        anomaly(ORDERS, on="2013-02-08"),
        anomaly(ORDERS, on="2013-07-15"),
        anomaly(ORDERS, "mean", on="2013-02-12"),
    )
    assert kinds(facts) == ["IncidentOpened"] * 3
    assert board.notice(anomaly(ORDERS, on="2013-07-15"), anomaly(ORDERS, on="2013-02-08")) == []


def test_days_that_are_read_again_do_not_join_what_is_unhealthy_today(board: Board) -> None:
    """Windows are of business time: an anomaly of 2013 has another cause than one of now."""
    board.notice(anomaly(ORDERS))
    assert kinds(board.notice(anomaly(ORDERS, on="2013-02-08"))) == ["IncidentOpened"]
    (joined,) = board.notice(check(ORDERS, business_date="2013-02-08"))
    assert joined.incident == "inc-2"


def test_a_resolved_incident_is_reopened_within_a_week(board: Board) -> None:
    board.notice(check(ORDERS))
    board.later(days=20)
    board.record(IncidentResolved("inc-1", "sales.orders"))
    board.later(days=6)
    reopened, worse = board.notice(check(ORDERS, severity="critical", build="b9"))
    assert reopened == IncidentReopened(
        "inc-1",
        "sales.orders",
        "`sales.orders.lines` fails `primaryKey`",
        ["check|sales.orders.lines|primaryKey|"],
        "b9",
        cause="build-rejected: lines:primaryKey",
        hints=["a guess"],
    )
    assert isinstance(worse, IncidentJoined)
    assert board.states() == {"inc-1": "open"}


def test_what_is_opened_again_says_what_is_wrong_now(board: Board) -> None:
    """Noticed through the tables: its words are those of the day, its first ones are in its timeline."""
    board.notice(anomaly(ORDERS, on="2013-02-08"))
    board.record(
        IncidentMarked("inc-1", "sales.orders", "expected"),
        IncidentResolved("inc-1", "sales.orders"),
    )
    board.notice(anomaly(ORDERS, "mean", on="2013-02-09", severity="high"))
    (row,) = board.store.rows("SELECT mark, explanation, cause, severity FROM incidents")
    assert row == (
        "",
        f"mean of {ORDERS} is odd",
        "anomaly: lines:mean",
        "high",
    )
    texts = [str(text) for (text,) in board.store.rows("SELECT text FROM incident_events")]
    assert texts[0] == f"rows of {ORDERS} is odd"


def test_an_incident_that_ends_others_keeps_its_own_words(board: Board) -> None:
    board.notice(anomaly("sales.report.daily", severity="critical"))
    board.notice(check(ORDERS))
    rows = board.store.rows("SELECT explanation, severity FROM incidents WHERE incident = 'inc-2'")
    assert rows == [("`sales.orders.lines` fails `primaryKey`", "critical")]


def test_after_a_week_or_for_another_reason_it_is_another_incident(board: Board) -> None:
    board.notice(check(ORDERS))
    board.record(IncidentResolved("inc-1", "sales.orders"))
    assert kinds(board.decide(check(ORDERS, "amount.minimum"))) == ["IncidentOpened"]
    board.later(days=8)
    assert kinds(board.decide(check(ORDERS))) == ["IncidentOpened"]


def test_of_days_read_again_business_time_counts(board: Board) -> None:
    """Seconds apart on the clock, weeks apart in what they are about."""
    board.notice(anomaly(ORDERS, on="2013-02-08"))
    board.record(IncidentResolved("inc-1", "sales.orders"))
    assert kinds(board.decide(anomaly(ORDERS, on="2013-02-28"))) == ["IncidentOpened"]
    (again,) = board.decide(anomaly(ORDERS, on="2013-02-14"))
    assert isinstance(again, IncidentReopened)
    assert again.business_date == "2013-02-14"
    (next_day,) = board.decide(anomaly(ORDERS, "mean", on="2013-02-09"))
    assert isinstance(next_day, IncidentReopened)
    assert kinds(board.decide(anomaly(ORDERS, "mean", on="2013-02-11"))) == ["IncidentOpened"]


def test_what_is_reopened_takes_over_what_it_explains(board: Board) -> None:
    board.notice(check(ORDERS))
    board.record(IncidentResolved("inc-1", "sales.orders"))
    board.notice(anomaly("sales.report.daily"))
    facts = board.notice(check(ORDERS))
    assert kinds(facts) == ["IncidentReopened", "IncidentJoined", "IncidentResolved"]


def test_the_days_of_what_it_explains_are_its_days(board: Board) -> None:
    """So the same noticed again is nothing new, though each day alone lies a week from the cause."""
    lines, daily = Address.parse("sales.orders.lines"), Address.parse("sales.report.daily")
    batch = [
        Signal("check", lines, "too few", metric="rows", business_date="2013-02-09"),
        Signal("check", daily, "too few", metric="rows", business_date="2013-02-04"),
        Signal("anomaly", daily, "too few", metric="rows", business_date="2013-02-01"),
    ]
    board.notice(*batch)
    assert board.notice(*batch) == []
