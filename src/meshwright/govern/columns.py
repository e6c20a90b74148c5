"""Columns before and after. What decides which rows may be there is broken by loosening and by tightening:
loosened, rows come that readers do not expect; tightened, rows that they had no longer come.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from meshwright.govern.change import MAJOR, MINOR, PATCH, ChangeItem
from meshwright.govern.quality import compare_relationships, compare_rules
from meshwright.govern.widening import OTHER, SAME, WIDER, compare_types
from meshwright.model.contract import ContractColumn

_NUMBER_FORMAT = re.compile(r"([iuf])(\d+)\Z")
_GONE = "queries that name it fail"
_NULLS = "its readers meet NULL"
_FEWER = "rows that had been published are refused from now on"
_MORE = "its readers meet values that were ruled out"


def compare_columns(
    old: Sequence[ContractColumn], new: Sequence[ContractColumn], prefix: str = ""
) -> Iterator[ChangeItem]:
    """Yield what changed between two lists of columns (of an object, or of a nested object)."""
    before = {column.name: column for column in old}
    after = {column.name: column for column in new}
    removed = [c for c in old if c.name not in after]
    added = [c for c in new if c.name not in before]
    renamed = dict(_renamed(removed, added))
    for column in removed:
        path = prefix + column.name
        if column.name in renamed:
            what = f"column `{path}` was renamed to `{prefix}{renamed[column.name]}`"
        else:
            what = f"column `{path}` was removed"
        yield ChangeItem(MAJOR, path, what, _GONE)
    for column in added:
        if column.name not in renamed.values():
            path = prefix + column.name
            yield ChangeItem(MINOR, path, f"column `{path}` was added")
    for column in new:
        if column.name in before:
            yield from compare_column(before[column.name], column, prefix + column.name)
    kept = [c.name for c in old if c.name in after]
    if kept != [c.name for c in new if c.name in before]:
        what = "columns came into another order"
        yield ChangeItem(PATCH, prefix.removesuffix(".") or "columns", what)


def compare_column(old: ContractColumn, new: ContractColumn, path: str) -> Iterator[ChangeItem]:
    """Yield what changed in one column, field or item."""
    yield from _types(old, new, path)
    yield from _flags(old, new, path)
    yield from _enum(old, new, path)
    yield from _options(old.options, new.options, path)
    yield from compare_rules(old.quality, new.quality, f"{path}.")
    yield from compare_relationships(old.relationships, new.relationships, path)
    if old.classification != new.classification:
        was, now = old.classification or "none", new.classification or "none"
        what = f"classification of `{path}` changed from {was} to {now}"
        yield ChangeItem(MINOR, path, what, "who may read it, and how it is masked, may change")
    for label, before, after in _descriptions(old, new):
        if before != after:
            yield ChangeItem(PATCH, path, f"{label} of `{path}` changed")
    yield from compare_columns(old.properties, new.properties, f"{path}.")
    for inner, mark in (("items", "[]"), ("map_key", ".key"), ("map_value", ".value")):
        before, after = getattr(old, inner), getattr(new, inner)
        if before is not None and after is not None:
            yield from compare_column(before, after, path + mark)
        elif before is not None:
            yield ChangeItem(MAJOR, path, f"`{path}{mark}` is no longer described", _MORE)
        elif after is not None:
            yield ChangeItem(MINOR, path, f"`{path}{mark}` is described")


def _descriptions(
    old: ContractColumn, new: ContractColumn
) -> tuple[tuple[str, object, object], ...]:
    return (
        ("description", old.description, new.description),
        ("business name", old.business_name, new.business_name),
        ("semantic type", old.semantic_type, new.semantic_type),
        ("tags", sorted(old.tags), sorted(new.tags)),
        ("custom properties", dict(old.custom), dict(new.custom)),
    )


def _shape(column: ContractColumn | None) -> tuple[object, ...]:
    """Return what a rename leaves alone: all that is promised of a column but its name and words."""
    if column is None:
        return ()
    return (
        column.logical_type,
        column.physical_type,
        dict(column.options),
        (column.required, column.unique, column.key_position, column.enum),
        column.classification,
        [(inner.name, _shape(inner)) for inner in column.properties],
        [_shape(inner) for inner in (column.items, column.map_key, column.map_value)],
    )


def _renamed(
    removed: Sequence[ContractColumn], added: Sequence[ContractColumn]
) -> Iterator[tuple[str, str]]:
    """Pair a removed column with an added one where nothing else has its shape, or only its case changed."""
    for column in removed:
        same_name = [c for c in added if c.name.lower() == column.name.lower()]
        same_shape = [c for c in added if _shape(c) == _shape(column)]
        rivals = [c for c in removed if _shape(c) == _shape(column)]
        if same_name:
            yield column.name, same_name[0].name
        elif len(same_shape) == len(rivals) == 1:
            yield column.name, same_shape[0].name


def _types(old: ContractColumn, new: ContractColumn, path: str) -> Iterator[ChangeItem]:
    was, now = old.physical_type, new.physical_type
    physical = compare_types(was, now) if was and now else SAME
    if physical != SAME:
        what = f"type of `{path}` changed from {was} to {now}"
        yield _type_item(physical, path, what)
    elif was and not now:
        yield ChangeItem(MAJOR, path, f"type {was} of `{path}` is no longer promised", _MORE)
    elif now and not was:
        yield ChangeItem(MINOR, path, f"type {now} of `{path}` is promised")
    if old.logical_type == new.logical_type:
        return
    if not old.logical_type:
        yield ChangeItem(MINOR, path, f"logical type {new.logical_type} of `{path}` is promised")
    elif not new.logical_type:
        what = f"logical type {old.logical_type} of `{path}` is no longer promised"
        yield ChangeItem(MAJOR, path, what, _MORE)
    else:
        what = f"logical type of `{path}` changed from {old.logical_type} to {new.logical_type}"
        yield _type_item(OTHER, path, what)


def _type_item(compared: str, path: str, what: str) -> ChangeItem:
    if compared == WIDER:
        return ChangeItem(MINOR, path, what)
    return ChangeItem(MAJOR, path, what, "queries and readers that expect the old type fail")


def _flags(old: ContractColumn, new: ContractColumn, path: str) -> Iterator[ChangeItem]:
    if old.required and not new.required:
        yield ChangeItem(MAJOR, path, f"`{path}` is no longer required", _NULLS)
    elif new.required and not old.required:
        yield ChangeItem(MAJOR, path, f"`{path}` became required", _FEWER)
    if old.unique and not new.unique:
        breaks = "joins on it may multiply rows"
        yield ChangeItem(MAJOR, path, f"`{path}` is no longer unique", breaks)
    elif new.unique and not old.unique:
        yield ChangeItem(MAJOR, path, f"`{path}` became unique", _FEWER)


def _enum(old: ContractColumn, new: ContractColumn, path: str) -> Iterator[ChangeItem]:
    if old.enum is None and new.enum is None:
        return
    if new.enum is None:
        yield ChangeItem(MAJOR, path, f"the list of values of `{path}` was dropped", _MORE)
        return
    if old.enum is None:
        yield ChangeItem(MAJOR, path, f"`{path}` got a list of allowed values", _FEWER)
        return
    before, after = list(map(str, old.enum)), list(map(str, new.enum))
    for value in before:
        if value not in after:
            breaks = "rows with it no longer come, and queries for it find nothing"
            yield ChangeItem(MAJOR, path, f"value `{value}` of `{path}` was removed", breaks)
    for value in after:
        if value not in before:
            note = "readers that handle each value meet one they do not know"
            yield ChangeItem(MINOR, path, f"value `{value}` of `{path}` was added", note)


def _options(
    old: Mapping[str, object], new: Mapping[str, object], path: str
) -> Iterator[ChangeItem]:
    for name in sorted({*old, *new}):
        was, now = old.get(name), new.get(name)
        if was == now:
            continue
        if was is None:
            yield ChangeItem(MAJOR, path, f"`{path}` got {name} {now}", _FEWER)
        elif now is None:
            yield ChangeItem(MAJOR, path, f"{name} {was} of `{path}` was dropped", _MORE)
        elif name == "format" and _is_wider_format(str(was), str(now)):
            yield ChangeItem(MINOR, path, f"format of `{path}` widened from {was} to {now}")
        else:
            is_looser = _is_looser(name, was, now)
            breaks = (
                _MORE if is_looser else _FEWER if is_looser is False else f"{_MORE}, or lose some"
            )
            what = f"{name} of `{path}` changed from {was} to {now}"
            yield ChangeItem(MAJOR, path, what, breaks)


def _is_wider_format(old: str, new: str) -> bool:
    """Say whether a number's format (`i32`, `u8`, `f64`) holds every value of the old one."""
    before, after = _NUMBER_FORMAT.match(old), _NUMBER_FORMAT.match(new)
    if before is None or after is None or int(before[2]) >= int(after[2]):
        return False
    return before[1] == after[1] or (before[1], after[1]) == ("u", "i")


def _is_looser(name: str, old: object, new: object) -> bool | None:
    """Say whether a bound moved outwards; None where that makes no sense."""
    numbers = int | float | Decimal
    are_numbers = isinstance(old, numbers) and isinstance(new, numbers)
    if not are_numbers and not (isinstance(old, str) and isinstance(new, str)):
        return None
    is_more = new > old  # type: ignore[operator]
    lowered = name.lower()
    if "max" in lowered:
        return bool(is_more)
    return not is_more if "min" in lowered else None
