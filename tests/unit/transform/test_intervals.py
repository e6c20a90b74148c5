"""Intervals are ranges on the mesh's clock; whether one is over is decided by real instants."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshwright.errors import UsageError
from meshwright.transform.intervals import (
    UNITS,
    Span,
    complete_until,
    floor,
    following,
    instant_of,
    last_complete,
    merged,
    missing,
    moment_of,
    spans_of,
    starts,
    subtracted,
    zone_of,
)

ZONE = zone_of("UTC")
NEW_YORK = zone_of("America/New_York")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def span(start: str, end: str) -> Span:
    return Span(at(start), at(end))


def utc(text: str) -> datetime:
    return at(text).replace(tzinfo=UTC)


MOMENTS = st.datetimes(min_value=datetime(2012, 1, 1), max_value=datetime(2014, 12, 31))
SPANS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60)).map(
        lambda p: Span(
            datetime(2013, 1, 1) + timedelta(days=min(p)),
            datetime(2013, 1, 1) + timedelta(days=max(p)),
        )
    ),
    max_size=8,
)


def days(spans: tuple[Span, ...] | list[Span]) -> set[datetime]:
    return {start for one in spans for start in starts(one, "day")}


@given(MOMENTS, st.sampled_from(UNITS))
def test_every_moment_is_in_the_one_interval_that_starts_at_its_floor(
    moment: datetime, unit: str
) -> None:
    start = floor(moment, unit)
    assert start <= moment < following(start, unit)
    assert floor(start, unit) == start
    assert following(following(start, unit), unit, -1) == start


@given(SPANS)
def test_merging_keeps_the_moments_and_leaves_gaps(spans: list[Span]) -> None:
    found = merged(spans)
    assert days(found) == days(spans)
    assert all(one.end < other.start for one, other in pairwise(found))


@given(SPANS, SPANS)
def test_subtracting_leaves_what_is_in_no_other(spans: list[Span], others: list[Span]) -> None:
    rest = subtracted(spans, others)
    assert days(rest) == days(spans) - days(others)
    assert merged(rest) == rest


def test_a_date_means_the_end_of_that_day_so_its_day_is_complete() -> None:
    instant = instant_of("2013-02-08", NEW_YORK)
    assert instant == utc("2013-02-09T05:00")
    assert last_complete(instant, "day", NEW_YORK) == span("2013-02-08", "2013-02-09")
    assert last_complete(instant, "month", NEW_YORK) == span("2013-01-01", "2013-02-01")
    assert last_complete(instant, "week", NEW_YORK) == span("2013-01-28", "2013-02-04")
    assert instant_of(date(2013, 2, 8), NEW_YORK) == instant


def test_a_timestamp_is_that_instant_on_the_meshs_clock() -> None:
    assert instant_of("2013-02-08T06:00", NEW_YORK) == utc("2013-02-08T11:00")
    assert instant_of("2013-02-08T06:00Z", NEW_YORK) == utc("2013-02-08T06:00")
    with pytest.raises(UsageError, match="`yesterday`"):
        instant_of("yesterday", ZONE)


def test_missing_is_what_is_complete_and_not_done() -> None:
    done = spans_of([at("2013-01-02"), at("2013-01-03"), at("2013-01-06")], "day")
    assert done == (span("2013-01-02", "2013-01-04"), span("2013-01-06", "2013-01-07"))
    found = missing(at("2013-01-01"), "day", ZONE, utc("2013-01-08T13:00"), done)
    assert found == (
        span("2013-01-01", "2013-01-02"),
        span("2013-01-04", "2013-01-06"),
        span("2013-01-07", "2013-01-08"),
    )


def test_nothing_is_missing_before_the_start() -> None:
    assert missing(at("2013-05-01"), "day", ZONE, utc("2013-04-01"), ()) == ()


def test_a_start_within_an_interval_begins_with_that_interval() -> None:
    found = missing(at("2013-01-15"), "month", ZONE, utc("2013-03-02"), ())
    assert found == (span("2013-01-01", "2013-03-01"),)


def test_a_day_of_23_hours_is_over_at_local_midnight() -> None:
    assert complete_until(utc("2013-03-11T03:59"), "day", NEW_YORK) == at("2013-03-10")
    assert complete_until(utc("2013-03-11T04:00"), "day", NEW_YORK) == at("2013-03-11")


def test_the_hour_that_is_shown_twice_is_over_after_the_second_time() -> None:
    first, second = utc("2013-11-03T05:30"), utc("2013-11-03T06:30")  # both 01:30 in New York
    assert complete_until(first, "hour", NEW_YORK) == at("2013-11-03T01:00")
    assert complete_until(second, "hour", NEW_YORK) == at("2013-11-03T01:00")
    assert complete_until(utc("2013-11-03T07:00"), "hour", NEW_YORK) == at("2013-11-03T02:00")


def test_the_hour_that_is_skipped_is_over_at_once() -> None:
    assert complete_until(utc("2013-03-10T06:59"), "hour", NEW_YORK) == at("2013-03-10T01:00")
    assert complete_until(utc("2013-03-10T07:00"), "hour", NEW_YORK) == at("2013-03-10T03:00")


def test_a_clock_set_back_across_midnight_reopens_the_day() -> None:
    zone = zone_of("America/St_Johns")  # 2010-11-07: at 00:01 back to 23:01
    assert complete_until(utc("2010-11-07T02:30:30"), "day", zone) == at("2010-11-06")
    assert complete_until(utc("2010-11-07T03:30:00"), "day", zone) == at("2010-11-07")


@given(st.sampled_from(UNITS), MOMENTS, st.integers(0, 10_000))
def test_what_is_over_stays_over(unit: str, moment: datetime, minutes: int) -> None:
    instant = moment.replace(tzinfo=UTC)
    for zone in (ZONE, NEW_YORK, zone_of("Australia/Lord_Howe")):
        later = instant + timedelta(minutes=minutes)
        assert complete_until(instant, unit, zone) <= complete_until(later, unit, zone)


def test_a_hundred_years_of_hours_cost_one_range() -> None:
    found = missing(at("1913-01-01"), "hour", ZONE, utc("2013-01-01"), ())
    assert found == (span("1913-01-01", "2013-01-01"),)


def test_a_declared_start_is_a_date_or_a_timestamp() -> None:
    assert moment_of("2013-01-01") == at("2013-01-01")
    assert moment_of("2013-01-01T06:00") == at("2013-01-01T06:00")


def test_an_unknown_time_zone_is_named() -> None:
    with pytest.raises(UsageError, match="`Mars/Olympus`"):
        zone_of("Mars/Olympus")
