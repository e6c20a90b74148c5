"""Which signals of one product, noticed together, have one cause: those that are about the same days."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from meshwright.model.signal import ANOMALY, Signal
from meshwright.observe.incidents.incidents import WINDOW, rank

APART = timedelta(days=2)  # days that two healthy points of a daily series take


@dataclass(frozen=True, slots=True)
class Cluster:
    """Signals of one cause, which are about the days `first` to `last`.

    `is_present` says that something is unhealthy now, whatever business date it has: a build that
    cannot be published, data that is late.
    """

    signals: tuple[Signal, ...]
    first: date
    last: date
    is_present: bool

    @property
    def keys(self) -> frozenset[str]:
        """Return what the signals are known by."""
        return frozenset(signal.key for signal in self.signals)


def is_present(signal: Signal) -> bool:
    """Say whether a signal tells how things are now; an anomaly tells how its business date was."""
    return signal.kind != ANOMALY or not signal.business_date


def day_of(signal: Signal, today: date) -> date:
    """Return the day that a signal is about."""
    return date.fromisoformat(signal.business_date[:10]) if signal.business_date else today


def without_doubles(signals: Iterable[Signal]) -> list[Signal]:
    """Return signals once each a day, in an order of their own: the worst of those that say the same."""
    kept: dict[tuple[str, str], Signal] = {}
    for signal in signals:
        name = (signal.business_date, signal.key)
        if name not in kept or _weight(signal) > _weight(kept[name]):
            kept[name] = signal
    return [kept[name] for name in sorted(kept)]


def clusters(signals: Collection[Signal], today: date) -> list[Cluster]:
    """Split a product's signals by the days that they are about, the earliest first.

    Two belong together when they tell of now, are at most two days apart, or are the same thing within a
    week. So days that are read again one by one and days that are read at once fall apart alike.
    """
    groups = _Groups()
    by_day = sorted(without_doubles(signals), key=lambda one: (day_of(one, today), one.key))
    present: Signal | None = None
    latest: dict[str, Signal] = {}
    for before, signal in zip([None, *by_day[:-1]], by_day, strict=True):
        groups.add(signal)
        if before is not None and day_of(signal, today) - day_of(before, today) <= APART:
            groups.unite(before, signal)
        same = latest.get(signal.key)
        if same is not None and day_of(signal, today) - day_of(same, today) <= WINDOW:
            groups.unite(same, signal)
        latest[signal.key] = signal
        if is_present(signal):
            if present is not None:
                groups.unite(present, signal)
            present = signal
    found = [_cluster(members, today) for members in groups.all()]
    return sorted(found, key=lambda one: (one.first, one.last, sorted(one.keys)))


def _cluster(members: list[Signal], today: date) -> Cluster:
    days = [day_of(signal, today) for signal in members]
    return Cluster(tuple(members), min(days), max(days), any(map(is_present, members)))


def _weight(signal: Signal) -> tuple[int, float, str, str]:
    return rank(signal.severity), signal.score, signal.explanation, signal.build


class _Groups:
    """Sets that are united (a union-find over signals)."""

    def __init__(self) -> None:
        self._parent: dict[Signal, Signal] = {}

    def add(self, signal: Signal) -> None:
        self._parent[signal] = signal

    def unite(self, one: Signal, other: Signal) -> None:
        self._parent[self._root(other)] = self._root(one)

    def all(self) -> list[list[Signal]]:
        found: dict[Signal, list[Signal]] = {}
        for signal in self._parent:
            found.setdefault(self._root(signal), []).append(signal)
        return list(found.values())

    def _root(self, signal: Signal) -> Signal:
        while self._parent[signal] is not signal:
            self._parent[signal] = self._parent[self._parent[signal]]
            signal = self._parent[signal]
        return signal
