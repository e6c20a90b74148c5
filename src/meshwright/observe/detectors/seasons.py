"""Cadence and seasons: how often points come, and which past points are like the next one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Slot = Callable[[datetime], int]

_HOUR = 3600.0
_DAY = 24 * _HOUR


@dataclass(frozen=True, slots=True)
class Season:
    """A way to say which points are alike. `cycle` points pass before a slot comes again."""

    name: str  # hour, weekday, weekly
    slot: Slot
    cycle: int


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often points come, and what follows from it.

    `needed` points are there before anything is judged. After `patience` points on a new level, the
    new level is what is expected. The level is the median of `span` points, whole cycles; `recent`
    points say where it has gone.
    """

    name: str  # minutes, hourly, daily, rare
    seasons: tuple[Season, ...]
    needed: int
    patience: int
    cycle: int
    span: int
    recent: int
    memory: int
    per_slot: int = 1  # points in one slot of one cycle
    caution: float = 1.0  # where there are more points, more of them are far off by chance
    fading: float = 0.97  # how much less an error weighs with each that follows


def _weekday(at: datetime) -> int:
    return at.weekday()


def _hour(at: datetime) -> int:
    return at.hour


def _hour_of_workday(at: datetime) -> int:
    return at.hour + 24 * max(at.weekday() - 4, 0)


def _hour_of_week(at: datetime) -> int:
    return at.hour + 24 * at.weekday()


def cadence_of(gap: float) -> Cadence:
    """Return the cadence of points that come about every `gap` seconds."""
    if gap > 1.6 * _DAY:
        return Cadence("rare", (), needed=8, patience=3, cycle=4, span=8, recent=3, memory=60)
    if gap > 0.5 * _DAY:
        weekday = Season("weekday", _weekday, 7)
        return Cadence(
            "daily", (weekday,), needed=14, patience=5, cycle=7, span=7, recent=5, memory=90
        )
    per_day = max(round(_DAY / max(gap, 1.0)), 2)
    seasons = (
        Season("hour", _hour, per_day),
        Season("workday", _hour_of_workday, per_day),
        Season("weekly", _hour_of_week, 7 * per_day),
    )
    name = "hourly" if gap > 0.5 * _HOUR else "minutes"
    return Cadence(
        name,
        seasons,
        needed=7 * per_day if name == "hourly" else 2 * per_day,
        patience=max(per_day // 3, 3),
        cycle=per_day,
        span=7 * per_day if name == "hourly" else per_day,
        recent=5,
        memory=14 * per_day,
        per_slot=max(round(_HOUR / max(gap, 1.0)), 1),
        caution=1.2,
        fading=1 - 1 / (7 * per_day),
    )


@lru_cache(maxsize=64)
def zone_of(name: str) -> tzinfo:
    """Return a time zone; UTC where the name is none, because a detector raises for nothing."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def local(at: datetime, zone: tzinfo) -> datetime:
    """Return a time as the clocks of a zone show it."""
    return (at if at.tzinfo is not None else at.replace(tzinfo=UTC)).astimezone(zone)


def seconds(gap: timedelta) -> float:
    """Return a span in seconds."""
    return gap.total_seconds()
