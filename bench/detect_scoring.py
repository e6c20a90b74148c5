"""Precision and recall over cases: a fault is found or not, every alarm beside it is false."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from detect_faults import STEP, Case

LASTING = ("level shift", "drift", "stuck")  # they go on to the end of the case


@dataclass(slots=True)
class Tally:
    """What was found, what was not, and what was false."""

    faults: int = 0
    found: int = 0
    false: int = 0
    points: int = 0

    @property
    def recall(self) -> float:
        return self.found / self.faults if self.faults else 0.0

    @property
    def precision(self) -> float:
        alarms = self.found + self.false
        return self.found / alarms if alarms else 1.0

    def add(self, other: "Tally") -> None:
        self.faults += other.faults
        self.found += other.found
        self.false += other.false
        self.points += other.points


def score(case: Case, alarms: Iterable[datetime]) -> Tally:
    """Score the times of a case's alarms; those before the test window are not asked for."""
    first = case.times[case.history - 1] + STEP[case.cadence] / 2
    alarms = [at for at in alarms if at >= first]
    tally = Tally(faults=1 if case.fault else 0, points=len(case.times) - case.history)
    begin, end = _span(case)
    hits = [at for at in alarms if case.fault and begin <= at < end]
    tally.found = 1 if hits else 0
    wrong = [at for at in alarms if not _lasts(case, at) and not case.is_neutral(at)]
    tally.false = _alerts(wrong, case)
    return tally


def _alerts(alarms: list[datetime], case: Case) -> int:
    """Count alarms as people are told of them: those on points in a row are one."""
    step = 1.5 * STEP[case.cadence]
    return sum(place == 0 or at - alarms[place - 1] > step for place, at in enumerate(alarms))


def _lasts(case: Case, at: datetime) -> bool:
    """Say whether the fault was there at a time, in time to be found or not."""
    begin, end = _span(case)
    return bool(case.fault) and begin <= at and (at < end or case.fault in LASTING)


def _span(case: Case) -> tuple[datetime, datetime]:
    step = STEP[case.cadence]
    begin = case.times[case.start - 1] + step * 0.9
    if case.fault in ("late", "missing"):
        return begin, begin + 1.2 * step
    return begin, case.times[case.stop - 1] + step * 0.5
