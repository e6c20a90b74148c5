"""Good minutes, budgets and burn rates: by range algebra, held against counting minute by minute."""

from datetime import UTC, datetime
from math import inf
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meshwright.model.contract import ServiceLevel
from meshwright.observe.service.budget import (
    HOUR,
    SLOW_WINDOW,
    WINDOW,
    Move,
    expiry_of,
    good_stretches,
    in_order,
    measure,
    window_of,
)
from meshwright.observe.service.expiry import expires
from meshwright.observe.service.objectives import Promises, read_promises
from meshwright.observe.service.stretches import Stretch, merged, seconds_within, without

DAY = 86400.0
NOON = 12 * HOUR
SLOW_MACHINE = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
NEW_YORK = ZoneInfo("America/New_York")


def promises(*levels: tuple[str, object, str], target: object = None) -> Promises:
    return read_promises([ServiceLevel(*level) for level in levels], target=target, has_clock=True)


def at(text: str, zone: ZoneInfo = NEW_YORK) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


def until(level: tuple[str, object, str], arrived: float, zone: ZoneInfo = NEW_YORK) -> float:
    (objective,) = promises(level).enforced
    return expires(objective, arrived, None, zone)


RANGES = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60)).map(
        lambda p: Stretch(float(p[0]), float(p[1]))
    ),
    max_size=8,
)


@SLOW_MACHINE
@given(RANGES, RANGES)
def test_the_algebra_agrees_with_counting(some: list[Stretch], others: list[Stretch]) -> None:
    def minutes(stretches: list[Stretch] | tuple[Stretch, ...]) -> set[int]:
        return {m for s in stretches for m in range(int(s.start), int(s.end))}

    assert minutes(merged(some)) == minutes(some)
    assert minutes(without(some, others)) == minutes(some) - minutes(others)
    assert seconds_within(merged(some), 10, 50) == len(minutes(some) & set(range(10, 50)))


@SLOW_MACHINE
@given(
    st.lists(st.tuples(st.integers(0, 2000), st.booleans()), min_size=1, max_size=12),
    st.integers(1, 300),
)
def test_good_minutes_agree_with_looking_at_each(
    published: list[tuple[int, bool]], fresh: int
) -> None:
    """A minute is good when the version served then is valid and young enough."""
    moves = in_order(Move(t * 60.0, t * 60.0, ok) for t, ok in sorted(published))
    good = good_stretches(moves, promises(("freshness", fresh, "min")), UTC)
    for minute in range(0, 2400, 7):
        served = [m for m in moves if m.at <= minute * 60]
        expected = (
            bool(served) and served[-1].is_valid and minute * 60 < served[-1].arrived + fresh * 60
        )
        assert (seconds_within(good, minute * 60, minute * 60 + 1) > 0) == expected


def test_a_frequency_of_a_day_is_kept_by_one_version_on_each_day_of_the_calendar() -> None:
    daily = ("frequency", 1, "d")
    assert until(daily, at("2013-06-03T05:00")) == at("2013-06-05T00:00")
    assert until(daily, at("2013-06-03T23:59")) == at("2013-06-05T00:00")
    assert until(("frequency", 1, "w"), at("2013-06-05T05:00")) == at("2013-06-17T00:00")
    assert until(("frequency", 1, "mo"), at("2013-12-05T05:00")) == at("2014-02-01T00:00")
    assert until(("frequency", 1, "y"), at("2013-12-05T05:00")) == at("2015-01-01T00:00")
    assert until(("frequency", 1, "h"), at("2013-06-03T05:10")) == at("2013-06-03T07:00")


@pytest.mark.parametrize(
    ("published", "hours"),
    [("2013-03-09T12:00", 35), ("2013-11-02T12:00", 37), ("2013-06-03T12:00", 36)],
)
def test_a_day_of_23_or_25_hours_is_one_day(published: str, hours: int) -> None:
    """Clocks change on 10 March and 3 November: the promise still ends with the next day."""
    start = at(published)
    assert until(("frequency", 1, "d"), start) - start == hours * HOUR


def test_a_time_of_day_needs_something_new_before_each() -> None:
    by_six = ("timeOfAvailability", "06:00-05:00", "")
    zone = ZoneInfo("Etc/GMT+5")
    assert until(by_six, at("2013-06-03T05:00", zone)) == at("2013-06-04T06:00", zone)
    assert until(by_six, at("2013-06-03T07:00", zone)) == at("2013-06-05T06:00", zone)
    local = ("timeOfAvailability", "06:00", "")
    assert until(local, at("2013-06-03T05:00")) == at("2013-06-04T06:00")


def test_a_time_of_day_that_the_clock_never_shows_is_after_the_gap() -> None:
    by_half_two = ("timeOfAvailability", "02:30", "")
    assert until(by_half_two, at("2013-03-09T01:00")) == at("2013-03-10T03:30")


def test_a_rollback_serves_what_arrived_long_ago() -> None:
    moves = in_order([Move(0, 0), Move(DAY, DAY), Move(1.5 * DAY, 0)])
    good = good_stretches(moves, promises(("freshness", 30, "h")), UTC)
    assert good == (Stretch(0, 1.5 * DAY),)
    assert expiry_of(moves, promises(("freshness", 30, "h")), UTC) == 30 * HOUR


def test_a_version_on_a_waiver_has_no_good_minute() -> None:
    moves = (Move(0, 0), Move(DAY, DAY, is_valid=False), Move(2 * DAY, 2 * DAY))
    assert good_stretches(moves, Promises(), UTC) == (Stretch(0, DAY), Stretch(2 * DAY, inf))


def test_a_failed_build_counts_where_no_age_is_promised() -> None:
    gap = [Stretch(DAY, 2 * DAY)]
    moves = (Move(0, 0),)
    assert good_stretches(moves, Promises(), UTC, gap) == (Stretch(0, DAY), Stretch(2 * DAY, inf))
    kept = good_stretches(moves, promises(("freshness", 3, "d")), UTC, gap)
    assert kept == (Stretch(0, 3 * DAY),)


def test_freshness_counts_from_the_data_where_a_time_is_observed() -> None:
    from dataclasses import replace

    fresh = promises(("freshness", 1, "d"))
    moves = (Move(DAY, DAY, happened=DAY / 2),)
    assert good_stretches(moves, fresh, UTC) == (Stretch(DAY, 2 * DAY),)
    assert good_stretches(moves, replace(fresh, by_data=True), UTC) == (Stretch(DAY, 1.5 * DAY),)


def test_a_version_later_than_the_latency_was_missing_until_it_came() -> None:
    moves = (Move(0, 0, happened=-HOUR), Move(DAY, DAY, happened=DAY / 2))
    good = good_stretches(moves, promises(("latency", 2, "h")), UTC)
    assert good == (Stretch(0, DAY / 2 + 2 * HOUR), Stretch(DAY, inf))


def test_a_clock_that_jumps_back_makes_no_negative_minute() -> None:
    moves = in_order([Move(100, 100), Move(40, 40), Move(120, 120)])
    assert [move.at for move in moves] == [100, 100, 120]
    good = good_stretches(moves, promises(("freshness", 50, "s")), UTC)
    assert measure(good, 100, 150, 0.99, WINDOW).compliance == 1.0


def test_what_was_published_yesterday_is_judged_since_yesterday() -> None:
    found = measure((Stretch(NOON, DAY),), 0, DAY, 0.99, WINDOW)
    assert (found.since, found.counted, found.compliance) == (0, DAY, 0.5)
    assert found.left == pytest.approx(1 - NOON / (0.01 * WINDOW))


def test_nothing_published_has_no_service_level() -> None:
    found = measure((), None, DAY, 0.99, WINDOW)
    assert (found.compliance, found.left, found.burning) == (None, None, None)


def test_a_budget_of_nothing_is_spent_by_the_first_bad_second() -> None:
    assert measure((Stretch(0, DAY),), 0, DAY, 1.0, WINDOW).left == 1.0
    found = measure((Stretch(0, DAY - 60),), 0, DAY, 1.0, WINDOW)
    assert found.left is not None
    assert found.left < 0
    assert found.burning is not None


def test_an_outage_burns_fast_then_slow_then_not_any_more() -> None:
    """An outage that began an hour ago is critical; when it is over, nobody is told any more."""
    end = 40 * DAY

    def severity(*good: Stretch) -> str:
        found = measure(good, 0, end, 0.99, WINDOW).burning
        return found.severity if found else ""

    assert severity(Stretch(0, end)) == ""
    assert severity(Stretch(0, end - 15 * 60)) == "critical"
    assert severity(Stretch(0, end - 15 * 60), Stretch(end - 360, end)) == ""
    assert severity(Stretch(0, end - 60)) == ""
    assert severity(Stretch(0, end - DAY), Stretch(end - 2 * HOUR, end - 4 * 60)) == "high"
    assert severity(Stretch(0, end - 2 * DAY), Stretch(end - 5 * HOUR, end)) == "medium"


def test_a_first_bad_minute_is_no_alarm() -> None:
    """A port that is a minute old and bad has hardly touched its budget."""
    assert measure((), 0, 30, 0.99, WINDOW).burning is None


def test_daily_products_are_judged_over_ninety_days() -> None:
    assert window_of(promises(("frequency", 1, "d"))) == SLOW_WINDOW
    assert window_of(promises(("timeOfAvailability", "06:00", ""))) == SLOW_WINDOW
    assert window_of(promises(("freshness", 2, "h"))) == WINDOW
    assert window_of(Promises(), usual=DAY) == SLOW_WINDOW
    slow = measure((Stretch(0, DAY),), 0, DAY, 0.99, SLOW_WINDOW)
    assert [burn.long for burn in slow.burns] == [3 * HOUR, 18 * HOUR, 9 * DAY]
