"""The service level of a port: which minutes were good, what is left of the budget, how fast it burns. Pure.

A minute is good when what was served then had passed its audit without a waiver, and no promise about its
age had run out. Minutes are counted from the first publication (or general availability) on, as lengths of
ranges; nothing is counted before, so a port that was published yesterday is judged since yesterday.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from math import inf
from typing import NamedTuple

from meshwright.model.service_level import DAY
from meshwright.observe.service.expiry import expires
from meshwright.observe.service.objectives import EXPIRING, Promises
from meshwright.observe.service.stretches import Stretch, seconds_within, without

HOUR = 3600.0
WINDOW, SLOW_WINDOW = 30 * DAY, 90 * DAY
SLOW = DAY / 2  # a product that comes as rarely is judged over the longer window
WORST = 1000.0  # a burn rate that nobody needs to know more exactly
# Factor, long and short window over a budget of 30 days, severity (Google's SRE workbook, chapter 5).
_POLICIES = (
    (14.4, HOUR, HOUR / 12, "critical"),
    (6.0, 6 * HOUR, HOUR / 2, "high"),
    (1.0, 3 * DAY, 6 * HOUR, "medium"),
)


class Move(NamedTuple):
    """From `at` on, readers saw a version that `arrived` then (or earlier, after a rollback).

    `happened` is how far its data reaches; `is_valid` says that it passed its audit without a waiver.
    """

    at: float
    arrived: float
    is_valid: bool = True
    happened: float | None = None


@dataclass(frozen=True, slots=True)
class Burn:
    """How many times faster than allowed the budget goes, over a long and a short window."""

    factor: float
    long: float  # seconds
    short: float
    long_rate: float
    short_rate: float
    severity: str

    @property
    def is_burning(self) -> bool:
        """Say whether somebody should be told: it burned for long, and it still does."""
        return min(self.long_rate, self.short_rate) >= self.factor


@dataclass(frozen=True, slots=True)
class Budget:
    """The service level over a window. `since` is when counting began, None where nothing is counted."""

    target: float
    window: float
    since: float | None = None
    counted: float = 0.0
    good: float = 0.0
    burns: tuple[Burn, ...] = ()

    @property
    def compliance(self) -> float | None:
        """Return the share of good minutes."""
        return self.good / self.counted if self.counted > 0 else None

    @property
    def left(self) -> float | None:
        """Return the share of the window's error budget that is left; below 0 when more was spent.

        The budget is that of the whole window, also while less of it has passed.
        """
        if self.since is None:
            return None
        allowed, spent = (1 - self.target) * self.window, self.counted - self.good
        if allowed <= 0:
            return 1.0 if spent <= 0 else -WORST
        return max(-WORST, 1 - spent / allowed)

    @property
    def burning(self) -> Burn | None:
        """Return the worst burn that somebody should be told of."""
        return next((burn for burn in self.burns if burn.is_burning), None)


def in_order(moves: Iterable[Move]) -> tuple[Move, ...]:
    """Return moves, given in the order in which they happened, so that no clock jumps back."""
    found: list[Move] = []
    latest = -inf
    for move in moves:
        if move.at < latest:
            arrived = latest if move.arrived >= move.at else move.arrived  # older: a rollback
            move = Move(latest, arrived, move.is_valid, move.happened)
        latest = move.at
        found.append(move)
    return tuple(found)


def good_stretches(
    moves: Sequence[Move], promises: Promises, zone: tzinfo, gaps: Iterable[Stretch] = ()
) -> tuple[Stretch, ...]:
    """Return when a port was fresh and valid. `gaps` are when a build failed that no version mended yet.

    A gap counts where no promise says how old the data may become; else the promise alone decides.
    """
    ageing = promises.of(*EXPIRING)
    late = promises.of("latency")
    found: list[Stretch] = []
    bad = [] if ageing else list(gaps)
    for number, move in enumerate(moves):
        end = moves[number + 1].at if number + 1 < len(moves) else inf
        happened = move.happened if promises.by_data else None
        if move.is_valid:
            for objective in ageing:
                end = min(end, expires(objective, move.arrived, happened, zone))
            if found and found[-1].end == move.at < end:
                found[-1] = Stretch(found[-1].start, end)
            elif move.at < end:
                found.append(Stretch(move.at, end))
        if late and move.happened is not None:
            due = move.happened + min(objective.limit for objective in late)
            bad.append(Stretch(due, move.arrived))
    return without(found, bad) if bad else tuple(found)


def expiry_of(moves: Sequence[Move], promises: Promises, zone: tzinfo) -> float | None:
    """Return when what is served now stops (or stopped) keeping a promise; None where it never does."""
    ends = [
        expires(objective, move.arrived, move.happened if promises.by_data else None, zone)
        for move in moves[-1:]
        for objective in promises.of(*EXPIRING)
    ]
    return min(ends, default=None)


def window_of(promises: Promises, usual: float = 0.0) -> float:
    """Return the window of a budget: longer where new data is promised, or usually comes, daily or rarer."""
    limits = [objective.limit for objective in promises.of("freshness", "frequency")]
    limits += [DAY for _ in promises.of("timeofavailability")]
    return SLOW_WINDOW if min(limits, default=usual) >= SLOW else WINDOW


def measure(
    good: Sequence[Stretch],
    began: float | None,
    until: float,
    target: float,
    window: float,
) -> Budget:
    """Count a window that ends at `until`; `began` is when the port was first promised or published."""
    if began is None or began >= until:
        return Budget(target, window)
    since = max(began, until - window)
    rate = _rates(good, since, until, target)
    scale = window / WINDOW
    burns = tuple(
        Burn(factor, long * scale, short * scale, rate(long * scale), rate(short * scale), severity)
        for factor, long, short, severity in _POLICIES
    )
    counted, kept = until - since, seconds_within(good, since, until)
    return Budget(target, window, since, counted, kept, burns)


def _rates(
    good: Sequence[Stretch], since: float, until: float, target: float
) -> Callable[[float], float]:
    """Return how fast the budget went over the last seconds; time before `since` spent nothing."""

    def rate(length: float) -> float:
        start = max(since, until - length)
        bad = until - start - seconds_within(good, start, until)
        if bad <= 1e-6:
            return 0.0
        return min(WORST, bad / length / (1 - target)) if target < 1 else WORST

    return rate
