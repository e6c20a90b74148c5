"""Service levels before and after: whether a promise of freshness, retention or support got weaker."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from meshwright.govern.change import MAJOR, MINOR, PATCH, ChangeItem
from meshwright.model.contract import ServiceLevel

# Names of the "data QoS" periodic table that ODCS refers to, lower-case without separators.
_LESS_IS_BETTER = frozenset(
    (
        "latency",
        "freshness",
        "frequency",
        "errorrate",
        "timetodetect",
        "timetonotify",
        "timetorepair",
    )
)
_MORE_IS_BETTER = frozenset(("retention", "availability", "throughput", "uptime", "history"))
_NOTICES = frozenset(("endofsupport", "endoflife"))
_EARLIER_IS_BETTER = frozenset(("generalavailability",))
_SECONDS = {
    "s": 1, "sec": 1, "second": 1, "m": 60, "min": 60, "minute": 60, "h": 3600, "hr": 3600, "hour": 3600,
    "d": 86400, "day": 86400, "w": 604800, "wk": 604800, "week": 604800,
    "mo": 2629800, "month": 2629800, "y": 31557600, "yr": 31557600, "year": 31557600,
}  # fmt: skip
_BREAKS = "consumers that planned with it are let down"


def compare_service_levels(
    old: Sequence[ServiceLevel], new: Sequence[ServiceLevel]
) -> Iterator[ChangeItem]:
    """Yield what changed in `slaProperties`."""
    before, after = _by_name(old), _by_name(new)
    for key, level in before.items():
        path = f"slaProperties.{level.name}"
        other = after.get(key)
        if other is None:
            is_notice = _folded(level.name) in _NOTICES
            what = f"service level {level.name} {_shown(level)} was dropped"
            yield ChangeItem(
                MINOR if is_notice else MAJOR, path, what, "" if is_notice else _BREAKS
            )
        elif (level.value, level.unit) != (other.value, other.unit):
            yield _changed(level, other, path)
        elif level.description != other.description:
            yield ChangeItem(PATCH, path, f"description of service level {level.name} changed")
    for key, level in after.items():
        if key not in before:
            path = f"slaProperties.{level.name}"
            yield ChangeItem(MINOR, path, f"service level {level.name} {_shown(level)} was added")


def _changed(old: ServiceLevel, new: ServiceLevel, path: str) -> ChangeItem:
    what = f"service level {old.name} changed from {_shown(old)} to {_shown(new)}"
    order = _order(old, new)
    if order == 0:
        return ChangeItem(PATCH, path, what)
    name = _folded(old.name)
    if name in _NOTICES:
        return ChangeItem(MINOR, path, what)
    is_better = order is not None and (
        (order < 0 and name in (_LESS_IS_BETTER | _EARLIER_IS_BETTER))
        or (order > 0 and name in _MORE_IS_BETTER)
    )
    return ChangeItem(MINOR, path, what) if is_better else ChangeItem(MAJOR, path, what, _BREAKS)


def _order(old: ServiceLevel, new: ServiceLevel) -> int | None:
    """Return -1, 0 or 1 as the new value is less, the same or more; None when they cannot be compared."""
    before, after = _amount(old), _amount(new)
    if before is None or after is None or before[0] != after[0]:
        return None
    return (after[1] > before[1]) - (after[1] < before[1])


def _amount(level: ServiceLevel) -> tuple[str, float] | None:
    text = str(level.value).strip()
    unit = level.unit.strip()
    try:
        number = float(text.removesuffix("%"))
    except ValueError:
        moment = _moment(text)
        return None if moment is None else ("moment", moment.timestamp())
    folded = unit.lower()
    seconds = _SECONDS.get(folded) or _SECONDS.get(folded.removesuffix("s"))
    if unit == "M":
        return None  # months or minutes: nobody knows
    return ("seconds", number * seconds) if seconds else (f"unit {folded}", number)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def compare_end_of_life(old: str, new: str) -> Iterator[ChangeItem]:
    """Yield how the announced end moved. An end is a notice, no promise about the data: never major."""
    if old == new:
        return
    if not old:
        note = "consumers have until then to move on"
        yield ChangeItem(MINOR, "endOfLife", f"the end is announced for {new}", note)
    elif not new:
        yield ChangeItem(MINOR, "endOfLife", f"the end announced for {old} was called off")
    else:
        moved = "forward" if new < old else "back"
        note = "consumers have less time to move on" if new < old else ""
        yield ChangeItem(MINOR, "endOfLife", f"the end moved {moved} from {old} to {new}", note)


def _by_name(levels: Sequence[ServiceLevel]) -> dict[tuple[str, str, int], ServiceLevel]:
    """Key levels by name and element; repeated ones by their position too."""
    found: dict[tuple[str, str, int], ServiceLevel] = {}
    for level in levels:
        number = 0
        while (_folded(level.name), level.element, number) in found:
            number += 1
        found[(_folded(level.name), level.element, number)] = level
    return found


def _folded(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())


def _shown(level: ServiceLevel) -> str:
    return f"{level.value} {level.unit}".strip()
