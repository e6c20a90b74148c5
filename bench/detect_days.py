"""The days of 2013 on which New York's flights were out of the ordinary, and how that is known.

`DISRUPTIONS` is compiled from public knowledge: news, the National Weather Service, Wikipedia. A rule on
the data names a day of mass cancellation beside it: at least a tenth of the day's flights have no
departure time. `HOLIDAYS` are the federal holidays with the days around them on which airlines fly
another timetable; such a day may be noticed or not, it counts neither way.
"""

from collections.abc import Iterable
from datetime import date, timedelta

MASS = 0.10  # share of a day's flights that were cancelled


def _days(first: tuple[int, int], last: tuple[int, int] | None = None) -> Iterable[date]:
    day, end = date(2013, *first), date(2013, *(last or first))
    while day <= end:
        yield day
        day += timedelta(days=1)


DISRUPTIONS: dict[date, str] = {
    day: why
    for why, days in (
        ("dense fog and a windstorm in the east", _days((1, 30), (1, 31))),
        ("winter storm Nemo: the blizzard of 8-9 February", _days((2, 8), (2, 9))),
        ("winter storm Saturn, a nor'easter", _days((3, 6), (3, 8))),
        ("thunderstorms along the east coast", _days((4, 10))),
        ("storm front; Boston's airspace in the manhunt", _days((4, 19))),
        ("severe thunderstorms", _days((5, 23))),
        ("derechos of 12-13 June", _days((6, 13))),
        ("thunderstorms", _days((6, 24))),
        ("thunderstorms and flash floods", _days((6, 27), (6, 28))),
        ("thunderstorms", _days((6, 30), (7, 1))),
        ("thunderstorms", _days((7, 10))),
        ("the gear collapse of flight 345 shuts LaGuardia; storms", _days((7, 22), (7, 23))),
        ("severe thunderstorms", _days((9, 12))),
        ("winter storm Cleon in the south", _days((12, 5), (12, 6))),
        ("winter storm Dion", _days((12, 8), (12, 10))),
        ("winter storm Electra", _days((12, 14), (12, 15))),
        ("snow in New York", _days((12, 17))),
    )
    for day in days
}

HOLIDAYS: dict[date, str] = {
    day: why
    for why, days in (
        ("New Year", _days((1, 1), (1, 3))),
        ("Martin Luther King Day", _days((1, 19), (1, 21))),
        ("Presidents' Day", _days((2, 16), (2, 18))),
        ("Easter", _days((3, 29), (4, 1))),
        ("Memorial Day", _days((5, 24), (5, 28))),
        ("Independence Day", _days((7, 3), (7, 7))),
        ("Labor Day", _days((8, 30), (9, 3))),
        ("Columbus Day", _days((10, 12), (10, 14))),
        ("Thanksgiving", _days((11, 26), (12, 2))),
        ("Christmas and New Year's Eve", _days((12, 20), (12, 31))),
    )
    for day in days
}
