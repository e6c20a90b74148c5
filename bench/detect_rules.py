"""Classic rules in plain Python: what many tools do. Each judges a point by a window before it.

`elementary` is the rule of the dbt package of that name with its defaults: a z-score of at least 3 on
the trailing 14 buckets, the tested one among them; `elementary-weekday` is the same rule on buckets of the
same weekday (`seasonality: day_of_week`), or hour for hourly ones. Scores are in units of the
rule's usual threshold: above 1 is an alarm.
"""

from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from statistics import fmean, median, pstdev, stdev

Scores = list[float]
Rule = Callable[[Sequence[datetime], Sequence[float | None], str], Scores]


def elementary(times: Sequence[datetime], values: Sequence[float | None], cadence: str) -> Scores:
    """Return |z| / 3 within the trailing 14 buckets, the tested one included."""
    return [_z(values[max(place - 13, 0) : place + 1]) for place in range(len(values))]


def elementary_weekday(
    times: Sequence[datetime], values: Sequence[float | None], cadence: str
) -> Scores:
    """Return |z| / 3 within the buckets of the same weekday (hour), the tested one included."""
    slots: dict[int, list[float | None]] = {}
    scores = []
    for at, value in zip(times, values, strict=True):
        kept = slots.setdefault(at.weekday() if cadence == "daily" else at.hour, [])
        kept.append(value)
        scores.append(_z(kept[-14:]))
    return scores


def _z(window: Sequence[float | None]) -> float:
    known = [value for value in window if value is not None]
    if len(known) < 4 or window[-1] is None:
        return 0.0
    spread = stdev(known)
    return abs(window[-1] - fmean(known)) / spread / 3 if spread else 0.0


def mad(times: Sequence[datetime], values: Sequence[float | None], cadence: str) -> Scores:
    """Return the distance from the trailing median in units of 3.5 robust deviations."""
    size = {"daily": 30, "hourly": 168}.get(cadence, 2016)
    window: deque[float] = deque(maxlen=size)
    scores, kept, fresh = [], (0.0, 0.0), 0
    for value in values:
        if len(window) >= 8 and (fresh >= size // 100 or len(window) < 200):
            middle = median(window)
            kept, fresh = (middle, 1.4826 * median(abs(v - middle) for v in window)), 0
        scores.append(_robust(value, kept) if len(window) >= 8 else 0.0)
        if value is not None:
            window.append(value)
            fresh += 1
    return scores


def _robust(value: float | None, kept: tuple[float, float]) -> float:
    if value is None:
        return 0.0
    off = abs(value - kept[0])
    return off / (3.5 * kept[1]) if kept[1] else (10.0 if off else 0.0)


def cusum(times: Sequence[datetime], values: Sequence[float | None], cadence: str) -> Scores:
    """Return two-sided CUSUM (slack 0.5, limit 5 deviations) against the trailing mean."""
    size = {"daily": 30, "hourly": 168}.get(cadence, 2016)
    window: deque[float] = deque(maxlen=size)
    up = down = mean = spread = 0.0
    scores, fresh = [], 0
    for value in values:
        if len(window) >= 8 and (fresh >= size // 100 or len(window) < 200):
            mean, spread, fresh = fmean(window), pstdev(window), 0
        if value is None or len(window) < 8 or not spread:
            scores.append(0.0)
        else:
            z = (value - mean) / spread
            up, down = max(0.0, up + z - 0.5), max(0.0, down - z - 0.5)
            scores.append(max(up, down) / 5)
            if scores[-1] > 1:
                up = down = 0.0
        if value is not None:
            window.append(value)
            fresh += 1
    return scores


RULES: dict[str, Rule] = {
    "elementary": elementary,
    "elementary-weekday": elementary_weekday,
    "mad": mad,
    "cusum": cusum,
}
