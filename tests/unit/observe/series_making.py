"""Series as metrics have them: a level, a week, some noise, all from a seed."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from meshwright.model.series import Judgement, Point, Series, Unit, Watch
from meshwright.observe.detectors.automatic import AutomaticDetector

START = datetime(2024, 1, 1, 6, tzinfo=UTC)  # a Monday
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def rows(
    count: int, level: float = 1200.0, noise: float = 0.02, seed: int = 1, first: int = 0
) -> list[float]:
    """Return counts a day from day `first` on: a third less on Saturday and Sunday."""
    draw = random.Random(seed)
    return [
        round(level * (0.67 if day % 7 > 4 else 1.0) * (1 + draw.gauss(0, noise)))
        for day in range(first, first + count)
    ]


def series(
    values: list[float] | list[float | None],
    unit: Unit = "count",
    step: timedelta = DAY,
    start: datetime = START,
    metric: str = "rows",
) -> Series:
    """Return values as a series with a point every `step`."""
    return Series(
        metric, unit, tuple(Point(start + n * step, value) for n, value in enumerate(values))
    )


def judge(of: Series, watch: Watch | None = None) -> Judgement:
    """Return what the automatic detector says of the newest point."""
    judgement = AutomaticDetector().judge(of, watch or Watch())
    assert judgement is not None
    return judgement


def replay(of: Series, watch: Watch | None = None) -> list[Judgement]:
    """Return what the automatic detector said of each point."""
    return list(AutomaticDetector().replay(of, watch or Watch()))


def alarmed(judgements: list[Judgement]) -> list[datetime]:
    """Return the times of those that are anomalous."""
    return [judgement.at for judgement in judgements if judgement.is_anomalous]


def changed(values: list[float], place: int, by: Callable[[float], float]) -> list[float]:
    """Return a copy with one value changed."""
    copy = list(values)
    copy[place] = by(copy[place])
    return copy
