"""When the next version is overdue, though nobody promised it."""

from datetime import UTC

from meshwright.observe.detectors.cadence import NEEDED, learn_cadence

DAY = 86400.0


def test_a_daily_product_is_late_when_it_misses_a_day() -> None:
    found = learn_cadence([day * DAY + (day % 3) * 600 for day in range(30)], UTC)
    assert abs(found.usual - DAY) < 1800
    assert not found.is_late(29 * DAY + DAY)
    assert found.is_late(29 * DAY + 1.5 * DAY)


def test_a_product_that_rests_at_weekends_is_not_late_on_sunday() -> None:
    weekdays = [day * DAY for day in range(60) if (day + 3) % 7 < 5]  # 1 January 1970: a Thursday
    friday = max(day for day in weekdays if (int(day / DAY) + 3) % 7 == 4)
    found = learn_cadence([day for day in weekdays if day <= friday], UTC)
    assert not found.is_late(friday + 2.5 * DAY)
    assert found.is_late(friday + 4 * DAY)


def test_few_arrivals_say_nothing_yet() -> None:
    found = learn_cadence([day * DAY for day in range(NEEDED - 1)], UTC)
    assert found.seen == NEEDED - 1
    assert found.due is None
    assert learn_cadence([day * DAY for day in range(NEEDED)], UTC).due is not None
    assert learn_cadence([], UTC).seen == 0


def test_a_burst_of_builds_is_one_arrival() -> None:
    """A backfill of a year in minutes teaches nothing about when the next version comes."""
    assert learn_cadence([number * 2.0 for number in range(365)], UTC).seen == 1
