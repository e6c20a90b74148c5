"""Service levels before and after: whether a promise of freshness, retention or support got weaker."""

from collections.abc import Iterator, Sequence

from meshwright.govern.change import MAJOR, MINOR, PATCH, ChangeItem
from meshwright.model.contract import ServiceLevel
from meshwright.model.service_level import amount_of, folded

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
            is_notice = folded(level.name) in _NOTICES
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
    name = folded(old.name)
    if name in _NOTICES:
        return ChangeItem(MINOR, path, what)
    is_better = order is not None and (
        (order < 0 and name in (_LESS_IS_BETTER | _EARLIER_IS_BETTER))
        or (order > 0 and name in _MORE_IS_BETTER)
    )
    return ChangeItem(MINOR, path, what) if is_better else ChangeItem(MAJOR, path, what, _BREAKS)


def _order(old: ServiceLevel, new: ServiceLevel) -> int | None:
    """Return -1, 0 or 1 as the new value is less, the same or more; None when they cannot be compared."""
    before, after = amount_of(old.value, old.unit), amount_of(new.value, new.unit)
    if before is None or after is None or before.kind != after.kind:
        return None
    return (after.number > before.number) - (after.number < before.number)


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
        while (folded(level.name), level.element, number) in found:
            number += 1
        found[(folded(level.name), level.element, number)] = level
    return found


def _shown(level: ServiceLevel) -> str:
    return f"{level.value} {level.unit}".strip()
