"""What of a contract's `slaProperties` is enforced by observing, and why the rest is not. Pure.

Names are those of the data QoS vocabulary that ODCS refers to. What must stay true: every entry becomes an
objective or a `NotEnforced` with a reason from `REASONS`; none is dropped silently.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import time

from meshwright.model.contract import Contract, ServiceLevel
from meshwright.model.service_level import Amount, amount_of, folded, share_of, unit_seconds

DEFAULT_TARGET = 0.99
TARGET = "objective"  # the custom property that sets another target

# Why an entry is not enforced.
REASONS = {
    "unknown": "no meaning of this name is agreed on",
    "amount": "its value and unit are no amount of what it promises",
    "rows": "how long rows are kept is what the model does; versions are kept by mesh.yaml's `retention`",
    "readers": "nothing here measures how much a reader could read in a second",
    "clock": "nothing says when its rows happened: append by interval, or set `observe.time`",
    "column": "its `element` is no column of this port",
}

# Kinds whose promise runs out some time after a publication.
EXPIRING = ("freshness", "frequency", "timeofavailability")
# Kinds that the life of incidents is held against.
RESPONDING = ("timetodetect", "timetonotify", "timetorepair")
_NEVER = {"retention": "rows", "throughput": "readers"}


@dataclass(frozen=True, slots=True)
class Objective:
    """One enforced entry. `kind` is the folded name.

    `limit` is in seconds for durations, seconds since midnight for a time of day, since 1970 for a moment, a
    share for a share. `unit` is a frequency's calendar unit, with `count` of it; `offset` a time of day's
    seconds east of UTC (None: the mesh's own clock).
    """

    name: str
    kind: str
    limit: float
    shown: str
    element: str = ""
    unit: str = ""
    count: int = 1
    offset: float | None = None


@dataclass(frozen=True, slots=True)
class NotEnforced:
    """An entry that nothing judges, by name, with the reason."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Promises:
    """What a port's contract promises over time. `target` is the share of minutes that must be good.

    `by_data`: freshness counts from how far the data reaches, not from its publication.
    """

    enforced: tuple[Objective, ...] = ()
    not_enforced: tuple[NotEnforced, ...] = ()
    target: float = DEFAULT_TARGET
    by_data: bool = False

    def of(self, *kinds: str) -> tuple[Objective, ...]:
        """Return the objectives of some kinds."""
        return tuple(objective for objective in self.enforced if objective.kind in kinds)


def contract_promises(
    contract: Contract, port: str, *, has_clock: bool, by_data: bool = False
) -> Promises:
    """Read the service levels of a port. `has_clock`: something says when its rows happened."""
    declared = contract.object_for(port)
    columns = {column.name for column in declared.columns} if declared else set()
    others = {
        name for o in contract.objects if o is not declared for name in (o.name, o.physical_name)
    }
    custom = {**contract.custom, **(declared.custom if declared else {})}
    levels = [level for level in contract.service_levels if not _is_of(level, others)]
    found = read_promises(levels, columns, custom.get(TARGET), has_clock=has_clock)
    return replace(found, by_data=by_data)


def read_promises(
    levels: Iterable[ServiceLevel],
    columns: Iterable[str] = (),
    target: object = None,
    *,
    has_clock: bool = False,
) -> Promises:
    """Turn entries into objectives; raise nothing: what cannot be read is reported."""
    known = frozenset(columns)
    enforced, refused = [], []
    share = share_of(target) if target is not None else None
    for level in levels:
        found = _read(level, known, has_clock)
        if isinstance(found, str):
            refused.append(NotEnforced(level.name, REASONS[found]))
            continue
        enforced.append(found)
        if found.kind == "availability" and target is None:
            share = found.limit
    return Promises(tuple(enforced), tuple(refused), share or DEFAULT_TARGET)


def _read(level: ServiceLevel, columns: frozenset[str], has_clock: bool) -> Objective | str:
    kind = folded(level.name)
    if kind in _NEVER:
        return _NEVER[kind]
    reader = _READERS.get(kind)
    if reader is None:
        return "unknown"
    column = level.element.split(",")[0].strip().rpartition(".")[2]
    if kind == "completeness" and column and columns and column not in columns:
        return "column"
    if kind == "latency" and not has_clock:
        return "clock"
    found = reader(level, Objective(level.name, kind, 0.0, _shown(level), column))
    return found or "amount"


def _duration(level: ServiceLevel, empty: Objective) -> Objective | None:
    amount = amount_of(level.value, level.unit)
    is_good = amount is not None and amount.kind == "seconds" and amount.number > 0
    return _with(empty, amount) if is_good and amount else None


def _frequency(level: ServiceLevel, empty: Objective) -> Objective | None:
    amount = amount_of(level.value, level.unit)
    if amount is None or amount.kind != "seconds" or amount.number <= 0:
        return None
    unit = _CALENDAR.get(unit_seconds(level.unit), "")
    count = float(str(level.value))
    if not unit or count != int(count):
        return _with(empty, amount)  # twice its period: what is left of this one, and the next
    return Objective(
        empty.name, empty.kind, amount.number, empty.shown, empty.element, unit, int(count)
    )


def _moment(level: ServiceLevel, empty: Objective) -> Objective | None:
    amount = amount_of(level.value, level.unit)
    return _with(empty, amount) if amount is not None and amount.kind == "moment" else None


def _share(level: ServiceLevel, empty: Objective) -> Objective | None:
    if level.unit.strip() and level.unit.strip().lower() not in ("%", "percent", "pct", "share"):
        return None
    share = share_of(level.value, level.unit)
    return None if share is None else _with(empty, Amount("share", share))


def _time_of_day(level: ServiceLevel, empty: Objective) -> Objective | None:
    try:
        moment = time.fromisoformat(str(level.value).strip())
    except ValueError:
        return None
    since_midnight = moment.hour * 3600.0 + moment.minute * 60 + moment.second
    offset = moment.utcoffset()
    return Objective(
        empty.name,
        empty.kind,
        since_midnight,
        empty.shown,
        empty.element,
        offset=None if offset is None else offset.total_seconds(),
    )


def _with(empty: Objective, amount: Amount) -> Objective:
    return Objective(empty.name, empty.kind, amount.number, empty.shown, empty.element)


_CALENDAR = {
    60: "minute",
    3600: "hour",
    86400: "day",
    604800: "week",
    2629800: "month",
    31557600: "year",
}
_READERS: dict[str, Callable[[ServiceLevel, Objective], Objective | None]] = {
    "freshness": _duration,
    "frequency": _frequency,
    "timeofavailability": _time_of_day,
    "latency": _duration,
    "availability": _share,
    "completeness": _share,
    "errorrate": _share,
    "generalavailability": _moment,
    "endofsupport": _moment,
    "endoflife": _moment,
    "timetodetect": _duration,
    "timetonotify": _duration,
    "timetorepair": _duration,
}


def _is_of(level: ServiceLevel, objects: set[str]) -> bool:
    """Say whether an entry is about one of these objects of its contract, by its `element`."""
    table, dot, _ = level.element.split(",")[0].strip().partition(".")
    return bool(dot) and table in objects


def _shown(level: ServiceLevel) -> str:
    return f"{level.value} {level.unit}".strip()
