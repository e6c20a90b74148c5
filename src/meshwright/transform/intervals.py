"""Business intervals: half-open ranges on the mesh's own clock, in whole hours, days, weeks or months.

Boundaries are wall-clock moments without a zone, as the data's column has them; a zone matters only when
an instant is compared with them. A day with 23 or 25 hours is still one day. Sets of intervals are kept
as ranges: cost follows the number of gaps, not the number of intervals.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from meshwright.errors import UsageError

UNITS = ("hour", "day", "week", "month")
_STEP = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From `start` up to but not including `end`."""

    start: datetime
    end: datetime

    def __str__(self) -> str:
        return f"{self.start.isoformat()}/{self.end.isoformat()}"


def zone_of(name: str) -> ZoneInfo:
    """Return a time zone; raise `UsageError` (`timezone-unknown`)."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(
            "timezone-unknown",
            f"`{name}` is not a time zone",
            hint="write a name like `UTC` or `Europe/Zurich`",
        ) from error


def floor(moment: datetime, unit: str) -> datetime:
    """Return the start of the interval that holds `moment`; weeks start on Monday."""
    if unit == "hour":
        return moment.replace(minute=0, second=0, microsecond=0)
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if unit == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if unit == "month" else day


def following(start: datetime, unit: str, count: int = 1) -> datetime:
    """Return the start of the interval `count` after the one that begins at `start` (or before)."""
    if unit != "month":
        return start + _STEP[unit] * count
    months = start.year * 12 + start.month - 1 + count
    return start.replace(year=months // 12, month=months % 12 + 1)


def name_of(start: datetime, unit: str) -> str:
    """Return the ISO text of an interval's start as its files carry it."""
    return start.isoformat() if unit == "hour" else start.date().isoformat()


def starts(span: Span, unit: str) -> Iterator[datetime]:
    """Yield the start of each interval of a span."""
    moment = span.start
    while moment < span.end:
        yield moment
        moment = following(moment, unit)


def spans_of(interval_starts: Iterable[datetime], unit: str) -> tuple[Span, ...]:
    """Return the ranges that intervals with these starts cover."""
    return merged(Span(start, following(start, unit)) for start in interval_starts)


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the same moments as few, sorted, disjoint ranges."""
    found: list[Span] = []
    for span in sorted(s for s in spans if s.start < s.end):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return tuple(found)


def subtracted(spans: Iterable[Span], others: Iterable[Span]) -> tuple[Span, ...]:
    """Return the moments of `spans` that no span of `others` holds."""
    rest: list[Span] = []
    taken = merged(others)
    at = 0
    for span in merged(spans):
        start = span.start
        while at < len(taken) and taken[at].end <= start:
            at += 1
        following_one = at
        while following_one < len(taken) and taken[following_one].start < span.end:
            if start < taken[following_one].start:
                rest.append(Span(start, taken[following_one].start))
            start = max(start, taken[following_one].end)
            following_one += 1
        if start < span.end:
            rest.append(Span(start, span.end))
    return tuple(rest)


def missing(
    start: datetime, unit: str, zone: ZoneInfo, instant: datetime, done: Iterable[Span] = ()
) -> tuple[Span, ...]:
    """Return the ranges from `start` on that are complete at `instant` and not `done`."""
    whole = Span(floor(start, unit), complete_until(instant, unit, zone))
    return subtracted((whole,), done)


def last_complete(instant: datetime, unit: str, zone: ZoneInfo) -> Span:
    """Return the last interval that is over at `instant`: the one that a rerun then replaces."""
    end = complete_until(instant, unit, zone)
    return Span(following(end, unit, -1), end)


def complete_until(instant: datetime, unit: str, zone: ZoneInfo) -> datetime:
    """Return the boundary up to which every interval is over at `instant`."""
    boundary = floor(wall_clock(instant, zone), unit)
    while reached_at(boundary, zone) > instant:  # a clock set back across the boundary
        boundary = following(boundary, unit, -1)
    return boundary


def wall_clock(instant: datetime, zone: ZoneInfo) -> datetime:
    """Return what the mesh's clock shows at an instant (one without a zone is shown already)."""
    return instant if instant.tzinfo is None else instant.astimezone(zone).replace(tzinfo=None)


def reached_at(boundary: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant from which on the clock never again shows less than `boundary`."""
    first = boundary.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = boundary.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if second <= first:
        return first
    before = boundary - _TICK
    is_shown_twice = (
        before.replace(tzinfo=zone, fold=1).utcoffset()
        != before.replace(tzinfo=zone, fold=0).utcoffset()
    )
    return second if is_shown_twice else first


def shown_from(boundary: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant at which the clock shows `boundary`, or when it is skipped the next moment.

    What the clock shows twice thus lies in the interval that begins there, both times.
    """
    return boundary.replace(tzinfo=zone, fold=0).astimezone(UTC)


def instant_of(as_of: str | date | datetime, zone: ZoneInfo) -> datetime:
    """Return the instant that an as-of means: a date is the end of that day, so that the day is complete.

    Raises `UsageError` (`as-of-invalid`) for a text that is neither a date nor a timestamp.
    """
    moment = _parsed(as_of) if isinstance(as_of, str) else as_of
    if not isinstance(moment, datetime):
        midnight = datetime(moment.year, moment.month, moment.day) + timedelta(days=1)
        return reached_at(midnight, zone)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return moment.astimezone(UTC)


def moment_of(text: str) -> datetime:
    """Return a port's declared `start` (a date or a timestamp) as a moment on the mesh's clock."""
    parsed = _parsed(text)
    if isinstance(parsed, datetime):
        return parsed.replace(tzinfo=None)
    return datetime(parsed.year, parsed.month, parsed.day)


def _parsed(text: str) -> date | datetime:
    try:
        return date.fromisoformat(text) if len(text.strip()) <= 10 else datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            "as-of-invalid",
            f"`{text}` is neither a date nor a timestamp",
            hint="write `2013-02-08` (the end of that day) or `2013-02-08T06:00:00`",
        ) from error
