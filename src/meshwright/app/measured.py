"""The new points of one audit that are judged: of each series the newest whose time is over."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from meshwright.model.facts import Json, PortAudited
from meshwright.observe.watched.history import SeriesName, moment_of
from meshwright.transform.intervals import following, wall_clock

INTERVAL_ROWS, FRESH_ROWS, ROWS = "interval_rows", "fresh_rows", "rows"


@dataclass(frozen=True, slots=True)
class Measured:
    """One new point; `at` is its time as it will be recorded."""

    name: SeriesName
    at: str
    value: float | None


def measured_of(audit: PortAudited, at: str, every: str, zone: ZoneInfo) -> list[Measured]:
    """Return the points of an audit at a build's business time, one for each series that compares.

    Where new rows are counted by interval, the whole table only grows, and what came at once says how many
    intervals were missing: of these, only the rows of the newest interval are judged.
    """
    found: dict[SeriesName, Measured] = {}
    intervals = 0
    now = moment_of(at, zone)
    for metric in audit.metrics:
        column, name, value, segment, own = _parts(metric)
        point = Measured(SeriesName(column, segment, name), own or at, value)
        if own:
            intervals += 1
            known = found.get(point.name)
            if not _is_over(own, every, at, now, zone) or (known and known.at > own):
                continue
        found[point.name] = point
    is_growing = any(
        one.name.metric == FRESH_ROWS and not one.name.segment for one in found.values()
    )
    if not is_growing:
        return list(found.values())
    return [one for one in found.values() if _compares(one.name, intervals)]


def _compares(name: SeriesName, intervals: int) -> bool:
    """Say whether a series of a port that appends says something beside the rows of intervals."""
    if name.metric == ROWS:
        return False
    return name.metric != FRESH_ROWS or (bool(name.segment) and intervals == 1)


def _is_over(start: str, every: str, at: str, now: datetime, zone: ZoneInfo) -> bool:
    """Say whether a span of time had ended: a date as business time means the end of that day."""
    begin = moment_of(start, zone).astimezone(zone).replace(tzinfo=None)
    clock = wall_clock(now, zone)
    if len(at) == len("2013-01-31"):
        clock = following(clock, "day")
    return following(begin, every) <= clock


def _parts(metric: Json) -> tuple[str, str, float | None, str, str]:
    assert isinstance(metric, list | tuple)
    column, name, value, segment, own = (*metric, "", "")[:5]
    number = float(value) if isinstance(value, int | float) else None
    return str(column), str(name), number, str(segment or ""), str(own or "")
