"""From the anomalies of one build to one sentence, or to none: a hundred series must not cry at once.

Each anomaly counts by how much of what its metric needs it has. A port raises one signal, with the
strongest three in its sentence, when one anomaly has all that it needs or when those of several columns
together have more than that.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from meshwright.model.address import Address
from meshwright.model.series import Judgement
from meshwright.model.signal import ANOMALY, Signal
from meshwright.observe.history import SeriesName
from meshwright.observe.metrics import PRIMARY, needed, word_of

TOGETHER = 1.5  # what anomalies of several columns need together
_SHOWN = 3
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

    @property
    def share(self) -> float:
        """Return how much it has of what it needs to raise a signal alone."""
        if self.is_chosen:
            return max(1.0, self.judgement.score)
        return self.judgement.score / needed(self.name.metric, self.name.segment)


def weigh(anomalies: Sequence[Anomaly]) -> list[Anomaly]:
    """Return the anomalies that are worth a signal, strongest first; none where it is a quiet day."""
    by_column: dict[str, float] = {}
    for anomaly in anomalies:
        place = anomaly.name.column or anomaly.name.metric
        by_column[place] = max(by_column.get(place, 0.0), min(anomaly.share, 1.0))
    is_loud = any(anomaly.share >= 1.0 for anomaly in anomalies)
    if not is_loud and sum(by_column.values()) < TOGETHER:
        return []
    return sorted(anomalies, key=lambda a: (-a.share, needed(a.name.metric, ""), a.name))


def signal_of(
    port: Address, anomalies: Sequence[Anomaly], day: str, build: str, *, note: str = ""
) -> Signal:
    """Return the one signal of a port's anomalies (strongest first) at a business date."""
    first = anomalies[0]
    column = first.name.column if len({a.name.column for a in anomalies}) == 1 else ""
    shown = [_told(anomaly) for anomaly in anomalies[:_SHOWN]]
    more = len(anomalies) - len(shown)
    text = "; ".join(shown) + (f"; and {more} more" if more else "") + note
    return Signal(
        ANOMALY,
        Address(port.domain, port.product, port.port, column),
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


def keys_of(port: Address, names: Sequence[SeriesName]) -> set[str]:
    """Return the keys of signals that series, now known to be well, may have raised."""
    keys = set()
    for name in names:
        for column in {name.column, ""}:
            address = Address(port.domain, port.product, port.port, column)
            keys.add(Signal(ANOMALY, address, "", metric=name.metric, segment=name.segment).key)
    return keys


def _told(anomaly: Anomaly) -> str:
    words, name = anomaly.judgement.explanation, anomaly.name
    return words or word_of(name.metric, name.column, name.segment)
