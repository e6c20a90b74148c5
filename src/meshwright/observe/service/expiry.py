"""Until when a publication keeps a promise: by its age, by the calendar, or by a time of day.

Calendar arithmetic is on a wall clock and then made an instant again: a day of 23 or 25 hours is one day.
"""

from datetime import datetime, timedelta, timezone, tzinfo
from functools import lru_cache

from meshwright.observe.service.objectives import Objective

_STEP = {
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}
_DAY = timedelta(days=1)
_QUARTER = 900  # every zone's days and hours begin on a quarter of an hour


def expires(objective: Objective, arrived: float, happened: float | None, zone: tzinfo) -> float:
    """Return the moment from which what arrived no longer keeps a promise.

    `happened` is how far the data itself reaches, where that is known: freshness counts from it.
    """
    if objective.kind == "freshness":
        return (arrived if happened is None else min(arrived, happened)) + objective.limit
    if objective.kind == "timeofavailability":
        return _second_deadline(objective, arrived, zone)
    if not objective.unit:
        return arrived + 2 * objective.limit
    if objective.unit == "minute":
        return (arrived // 60 + objective.count + 1) * 60
    return _end_of_next(objective.unit, objective.count, arrived // _QUARTER * _QUARTER, zone)


@lru_cache(4096)  # every product's versions come in the same quarters of hours
def _end_of_next(unit: str, count: int, arrived: float, zone: tzinfo) -> float:
    """Return the end of the period after the one in which something arrived.

    `1 d` means: in every day of the calendar. What arrived on Monday does until Tuesday is over.
    """
    if unit == "hour":
        return (arrived // 3600 + count + 1) * 3600
    clock = datetime.fromtimestamp(arrived, zone)
    start = datetime(clock.year, clock.month, clock.day)
    if unit == "week":
        start -= timedelta(days=start.weekday())
    if unit in ("day", "week"):
        end = start + _STEP[unit] * (count + 1)
    else:
        months = start.year * 12 + start.month - 1 if unit == "month" else start.year * 12
        months += (count + 1) * (1 if unit == "month" else 12)
        end = datetime(months // 12, months % 12 + 1, 1)
    return _instant(end, zone)


def _second_deadline(objective: Objective, arrived: float, zone: tzinfo) -> float:
    """Return the second deadline from an arrival on: the first one it keeps, the second needs another."""
    if objective.offset is not None:
        zone = timezone(timedelta(seconds=objective.offset))
    clock = datetime.fromtimestamp(arrived, zone)
    day = datetime(clock.year, clock.month, clock.day)
    at = timedelta(seconds=objective.limit)
    is_after = _instant(day + at, zone) < arrived
    return _instant(day + at + _DAY * (2 if is_after else 1), zone)


@lru_cache(4096)  # every product's versions end on the same days
def _instant(clock: datetime, zone: tzinfo) -> float:
    """Return when a wall clock shows a time: the later of two, and after the gap for one it never shows."""
    first = clock.replace(tzinfo=zone)
    return max(first.timestamp(), first.replace(fold=1).timestamp())
