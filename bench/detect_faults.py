"""Sow faults into real series: what is sown where is drawn from a seed, and known exactly.

A case is a series cut at a random day: `history` points, then a test window (14 days, 48 hours) which
is clean or holds one fault. A fault is found when any point of it alarms (for a point that never
came: when its absence does). Every other alarm of the window is false, but for alarms on the
days of `detect_days`, on which the real series are out of the ordinary: they count neither way.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from detect_days import DISRUPTIONS, HOLIDAYS
from detect_series import Named

Values = list[float | None]

WINDOW = {"daily": 14, "hourly": 48}
STEP = {"daily": timedelta(days=1), "hourly": timedelta(hours=1)}


@dataclass(frozen=True, slots=True)
class Case:
    """One series with at most one fault, from `start` to before `stop` (indexes of points)."""

    name: str
    unit: str
    metric: str
    cadence: str
    history: int
    fault: str  # '' for a clean window
    times: tuple[datetime, ...]
    values: tuple[float | None, ...]
    start: int
    stop: int

    def is_neutral(self, at: datetime) -> bool:
        """Say whether an alarm at this time counts neither way."""
        return at.date() in DISRUPTIONS or at.date() in HOLIDAYS


@dataclass(frozen=True, slots=True)
class Fault:
    """How a kind of fault changes the values (and times) from `start` on; how many points it spans."""

    apply: Callable[[list[datetime], Values, int, str, str, random.Random], int]
    units: tuple[str, ...] = ("count", "share", "seconds")


def _scaled(value: float | None, unit: str, factor: float) -> float | None:
    """Return a value that is off by a factor; of a share, that part of the good rows goes bad."""
    if value is None:
        return None
    if unit == "share":
        return value + (1 - value) * abs(factor - 1)
    scaled = value * factor
    return float(round(scaled)) if unit == "count" else scaled


def _spike(
    times: list[datetime], values: Values, start: int, unit: str, cadence: str, draw: random.Random
) -> int:
    values[start] = _scaled(
        values[start], unit, draw.uniform(1.6, 2.5) if unit != "share" else draw.uniform(1.25, 1.6)
    )
    return 1


def _drop(
    times: list[datetime], values: Values, start: int, unit: str, cadence: str, draw: random.Random
) -> int:
    values[start] = _scaled(values[start], unit, draw.uniform(0.0, 0.6))
    return 1


def _shift(
    times: list[datetime], values: Values, start: int, unit: str, cadence: str, draw: random.Random
) -> int:
    factor = 1.3 if unit != "count" or draw.random() < 0.5 else 0.7
    for place in range(start, len(values)):
        values[place] = _scaled(values[place], unit, factor)
    return min(7 if cadence == "daily" else 24, len(values) - start)


def _drift(
    times: list[datetime], values: Values, start: int, unit: str, cadence: str, draw: random.Random
) -> int:
    sign = 1 if unit != "count" or draw.random() < 0.5 else -1
    length = len(values) - start
    for step in range(length):
        factor = 1 + sign * 0.4 * (step + 1) / length
        values[start + step] = _scaled(values[start + step], unit, factor)
    return length


def _stuck(
    times: list[datetime], values: Values, start: int, unit: str, cadence: str, draw: random.Random
) -> int:
    for place in range(start, len(values)):
        values[place] = values[start - 1]
    return len(values) - start


def _late(
    times: list[datetime], values: Values, start: int, unit: str, cadence: str, draw: random.Random
) -> int:
    times[start] += STEP[cadence] * draw.uniform(0.4, 0.8)
    return 1


def _missing(
    times: list[datetime], values: Values, start: int, unit: str, cadence: str, draw: random.Random
) -> int:
    del times[start], values[start]
    return 1


def _season(
    times: list[datetime], values: Values, start: int, unit: str, cadence: str, draw: random.Random
) -> int:
    """The pattern moves: by three days, or by eight hours."""
    by, length = (3, 7) if cadence == "daily" else (8, 24)
    length = min(length, len(values) - start)
    values[start : start + length] = values[start - by : start - by + length]
    return length


FAULTS: dict[str, Fault] = {
    "spike": Fault(_spike),
    "drop": Fault(_drop, ("count",)),
    "level shift": Fault(_shift),
    "drift": Fault(_drift),
    "stuck": Fault(_stuck, ("count", "seconds")),
    "late": Fault(_late),
    "missing": Fault(_missing),
    "season": Fault(_season, ("count",)),
}


def sow(series: Sequence[Named], history: int, cuts: int, seed: int) -> list[Case]:
    """Return cases: for each series and cut, one of each fault and as many clean windows."""
    cases = []
    for named in series:
        draw = random.Random(f"{seed} {named.name} {history}")
        points, window = named.series.points, WINDOW[named.cadence]
        for _ in range(cuts):
            for kind, fault in FAULTS.items():
                if named.series.unit not in fault.units:
                    continue
                first = draw.randrange(0, len(points) - history - window)
                cut = points[first : first + history + window]
                if all(point.value is not None for point in cut[history - 1 : history + 8]):
                    cases.append(_case(named, cut, history, kind, draw))
                    cases.append(_case(named, cut, history, "", draw))
    return cases


def _case(named: Named, cut: Sequence, history: int, kind: str, draw: random.Random) -> Case:
    times, values = [p.at for p in cut], [p.value for p in cut]
    start, length = history + draw.randrange(0, 7), 0
    if kind:
        length = FAULTS[kind].apply(times, values, start, named.series.unit, named.cadence, draw)
    return Case(
        named.name,
        named.series.unit,
        named.series.metric,
        named.cadence,
        history,
        kind,
        tuple(times),
        tuple(values),
        start,
        start + length,
    )
