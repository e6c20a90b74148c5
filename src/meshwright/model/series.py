"""Series of metrics, how each is watched, and what a detector says of a point: plain and frozen."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from meshwright.model.address import Address

Unit = Literal["count", "share", "seconds", "distance", "number"]
Sensitivity = Literal["low", "normal", "high"]
VerdictWord = Literal["normal", "anomalous", "learning"]
Kind = Literal["", "spike", "drop", "level shift", "drift", "stuck", "missing", "late", "limit"]
Severity = Literal["", "low", "medium", "high"]

UNITS: tuple[Unit, ...] = ("count", "share", "seconds", "distance", "number")
SENSITIVITIES: tuple[Sensitivity, ...] = ("low", "normal", "high")


class Point(NamedTuple):
    """One measurement. `value` is None where the metric had none (the mean of no rows)."""

    at: datetime
    value: float | None


@dataclass(frozen=True, slots=True, order=True)
class SeriesKey:
    """Name one series: of a port, or of its column, or of one segment (`origin=JFK`) of either."""

    address: Address
    metric: str
    segment: str = ""

    def __str__(self) -> str:
        of = f"{self.address}:{self.metric}"
        return f"{of}[{self.segment}]" if self.segment else of


@dataclass(frozen=True, slots=True)
class Series:
    """A metric over time, in the order in which the points were recorded.

    `metric` is the word that explanations use (`rows`, `null rate of dep_time`). `unit` says which
    values make sense: a count is at least 0, a share lies within 0 and 1, seconds are an age or a
    duration of which only too much is bad, a number is anything. A naive time is UTC.
    """

    metric: str
    unit: Unit
    points: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class Interval:
    """A span of time, both ends included."""

    start: datetime
    end: datetime

    def __contains__(self, at: object) -> bool:
        return isinstance(at, datetime) and aware(self.start) <= aware(at) <= aware(self.end)


@dataclass(frozen=True, slots=True)
class Watch:
    """How a series is watched: what a person and the past have said about it.

    `expected` are spans that a person marked as expected: they never alarm, and they widen what is
    expected. `incidents` are spans that were bad (known incidents, points marked as real): nothing is
    learned from them. `zone` is the IANA time zone in which days and hours are counted. `now` asks
    also whether the next point is overdue.
    """

    sensitivity: Sensitivity = "normal"
    zone: str = "UTC"
    expected: tuple[Interval, ...] = field(default=())
    incidents: tuple[Interval, ...] = field(default=())
    now: datetime | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a detector says of one point, or (kind `missing`, `late`) of a point that did not come.

    `expected`, `lower` and `upper` are in the unit of the series, None where nothing can be expected
    yet. `score` is the distance from what is expected in half-widths of the bounds: above 1 is out.
    While `learning`, `seen` of `needed` points are there.
    """

    at: datetime
    value: float | None
    verdict: VerdictWord
    kind: Kind = ""
    expected: float | None = None
    lower: float | None = None
    upper: float | None = None
    score: float = 0.0
    severity: Severity = ""
    explanation: str = ""
    seen: int = 0
    needed: int = 0

    @property
    def is_anomalous(self) -> bool:
        """Say whether somebody should look."""
        return self.verdict == "anomalous"


def aware(at: datetime) -> datetime:
    """Return a time with its zone; a naive one is UTC."""
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
