"""When an announced end is over: after its last day on the mesh's clock, or at the time that is said."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from meshwright.model.farewell import Farewell

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("end", "last", "first"),
    [
        (
            "2027-06-30",
            datetime(2027, 6, 30, 21, 59, 59, tzinfo=UTC),
            datetime(2027, 6, 30, 22, tzinfo=UTC),
        ),
        (
            "2027-03-28",
            datetime(2027, 3, 28, 21, 59, tzinfo=UTC),
            datetime(2027, 3, 28, 22, tzinfo=UTC),
        ),
        (
            "2027-06-30T12:00:00",
            datetime(2027, 6, 30, 9, 59, tzinfo=UTC),
            datetime(2027, 6, 30, 10, tzinfo=UTC),
        ),
        (
            "2027-06-30T12:00:00Z",
            datetime(2027, 6, 30, 11, tzinfo=UTC),
            datetime(2027, 6, 30, 12, tzinfo=UTC),
        ),
    ],
)
def test_it_is_served_to_the_last_moment_and_not_at_the_next(
    end: str, last: datetime, first: datetime
) -> None:
    """Also on the day on which the clocks change."""
    farewell = Farewell("sales.orders.orders", end)
    assert not farewell.is_over(last, BERLIN)
    assert farewell.is_over(first, BERLIN)


@pytest.mark.parametrize("end", ["", "someday", "2027-13-01", "9999-12-31"])
def test_without_a_date_nothing_ends(end: str) -> None:
    assert not Farewell("a.b.c", end).is_over(datetime(9000, 1, 1, tzinfo=UTC), BERLIN)


def test_several_may_follow() -> None:
    assert Farewell("a.b.c", successors=("a.b.d", "a.b.e")).instead == "`a.b.d` or `a.b.e`"
