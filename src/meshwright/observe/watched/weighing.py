"""From the anomalies of one build to one sentence, or to none: a hundred series must not cry at once.

Each anomaly counts by how much of what its metric needs it has. A port raises one signal, with the
strongest three in its sentence, when one anomaly has all that it needs or when those of several columns
together have more than that. NULLs that grow in several columns at once are of whole rows, and speak alone as
soon as their number does: when they leave their bounds. Columns whose series always moved together are one
witness.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import log2

from meshwright.model.address import Address
from meshwright.model.series import Judgement
from meshwright.model.signal import ANOMALY, Signal
from meshwright.observe.watched.history import Recorded, SeriesName
from meshwright.observe.watched.metrics import (
    PRIMARY,
    SHARE,
    is_one_sided,
    is_shape,
    needed,
    unit_of,
    word_of,
)
from meshwright.observe.watched.witnesses import is_same

_DRIFT = 2.0  # what creeps within its bounds needs that much more than what leaves them
TOGETHER = 1.5  # what anomalies of several columns need together
_SHOWN = 3
_WHOLE = 10.0  # what a change from no row to all rows counts for, in the order of the sentence
_SEVERITIES = ("low", "medium", "high")
_MOST_TIMES = 20


@dataclass(frozen=True, slots=True)
class Anomaly:
    """One series' anomaly. `is_chosen` says that the port's owner chose the monitor that found it."""

    name: SeriesName
    judgement: Judgement
    at: str = ""  # the time of its point as it is recorded
    detector: str = "automatic"
    is_chosen: bool = False
    is_of_rows: bool = False  # NULLs that grew in several columns at once

    @property
    def share(self) -> float:
        """Return how much it has of what it needs to raise a signal alone."""
        if self.is_chosen:
            return max(1.0, self.judgement.score)
        more = _DRIFT if self.judgement.kind == "drift" else 1.0
        less = SHARE / PRIMARY if self.is_of_rows else 1.0
        return self.judgement.score / needed(self.name.metric, self.name.segment) / more * less

    @property
    def place(self) -> str:
        """Return what anomalies have in common that say the same: NULLs come in many columns at once."""
        return self.name.column if is_shape(self.name.metric) else self.name.metric


def is_bad(metric: str, judgement: Judgement) -> bool:
    """Say whether a judgement is bad news: of a distance or an age, only too much is."""
    if not judgement.is_anomalous or not is_one_sided(metric):
        return judgement.is_anomalous
    value, upper = judgement.value, judgement.upper
    return value is None or upper is None or value > upper


def weigh(
    anomalies: Sequence[Anomaly], past: Callable[[SeriesName], Recorded | None] = lambda name: None
) -> list[Anomaly]:
    """Return the anomalies that are worth a signal, strongest first; none where it is a quiet day.

    `past` gives the earlier points of a series, as far as they are known.
    """
    anomalies = _of_rows(anomalies)
    is_loud = any(anomaly.share >= 1.0 for anomaly in anomalies)
    if not is_loud and sum(each.share for each in _witnesses(anomalies, past)) < TOGETHER:
        return []
    return sorted(anomalies, key=_rank)


def _witnesses(
    anomalies: Sequence[Anomaly], past: Callable[[SeriesName], Recorded | None]
) -> list[Anomaly]:
    """Return the strongest anomaly of each place, without those that say what a stronger one says."""
    found: dict[str, Anomaly] = {}
    for anomaly in sorted(anomalies, key=lambda each: -each.share):
        mine = past(anomaly.name)
        if anomaly.place not in found and not any(
            is_same(mine, past(other.name)) for other in found.values()
        ):
            found[anomaly.place] = anomaly
    return list(found.values())


def _of_rows(anomalies: Sequence[Anomaly]) -> list[Anomaly]:
    """Mark the null rates that left their bounds upwards in several columns at once."""
    columns: dict[str, set[str]] = {}
    for anomaly in anomalies:
        if _has_grown(anomaly):
            columns.setdefault(anomaly.name.segment, set()).add(anomaly.name.column)
    return [
        replace(anomaly, is_of_rows=True)
        if _has_grown(anomaly) and len(columns[anomaly.name.segment]) > 1
        else anomaly
        for anomaly in anomalies
    ]


def _has_grown(anomaly: Anomaly) -> bool:
    judgement = anomaly.judgement
    value, expected = judgement.value, judgement.expected
    is_out = judgement.kind != "drift" and not anomaly.is_chosen
    return (
        anomaly.name.metric == "null_share"
        and is_out
        and value is not None
        and expected is not None
        and value > expected
    )


def _rank(anomaly: Anomaly) -> tuple[bool, bool, int]:
    """Put first what is loud by itself, of that what needs no statistics to understand, and the largest.

    What is about as large stays in the order of the columns: the first is the likelier cause.
    """
    judgement, strength = anomaly.judgement, anomaly.share
    value, expected = judgement.value, judgement.expected
    if unit_of(anomaly.name.metric) == "share" and value is not None and expected is not None:
        strength += _WHOLE * abs(value - expected)
    size = round(2 * log2(1 + strength))
    return anomaly.share < 1.0, is_shape(anomaly.name.metric), -size


def signal_of(
    port: Address, anomalies: Sequence[Anomaly], day: str, build: str, *, note: str = ""
) -> Signal:
    """Return the one signal of a port's anomalies (strongest first) at a business date.

    It is at the strongest one's series, so that it is over when that is as expected again.
    """
    first = anomalies[0]
    shown = [_told(anomaly) for anomaly in _various(anomalies)]
    more = len(anomalies) - len(shown)
    text = "; ".join(shown) + (f"; and {more} more" if more else "") + note
    return Signal(
        ANOMALY,
        Address(port.domain, port.product, port.port, first.name.column),
        f"{port.port}{f' of {day}' if day else ''}: {text}",
        severity=severity(anomalies),
        metric=first.name.metric,
        segment=first.name.segment,
        business_date=day,
        build=build,
        score=min(max(a.judgement.score for a in anomalies), _MOST_TIMES),
    )


def severity(anomalies: Sequence[Anomaly]) -> str:
    """Return how bad it is: the size of the worst; critical where nothing came at all."""
    found = [a.judgement.severity for a in anomalies if a.judgement.severity]
    worst = max(found, key=_SEVERITIES.index, default="low")
    nothing = any(
        needed(a.name.metric, a.name.segment) == PRIMARY
        and a.name.metric != "data_age"
        and a.judgement.value == 0
        and not a.is_chosen
        for a in anomalies
    )
    return "critical" if nothing and worst == "high" else worst


def _various(anomalies: Sequence[Anomaly]) -> list[Anomaly]:
    """Return the strongest few, each of another metric as far as there are."""
    firsts = list({anomaly.name.metric: anomaly for anomaly in reversed(anomalies)}.values())[::-1]
    others = [anomaly for anomaly in anomalies if anomaly not in firsts]
    return [*firsts, *others][:_SHOWN]


def _told(anomaly: Anomaly) -> str:
    words, name = anomaly.judgement.explanation, anomaly.name
    return words or word_of(name.metric, name.column, name.segment)
