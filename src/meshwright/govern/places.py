"""Where a difference between two contracts stands in the newer file, so that a reviewer sees it there."""

import re
from collections.abc import Sequence

from meshwright.model.contract import Contract, ContractColumn

_PART = re.compile(r"[^.\[\]]+")
_LEVEL = "slaProperties."


def find_line(path: str, old: Contract, new: Contract, port: str) -> int:
    """Return the line of a changed item's path (as `compare` names it); 0 where no line tells of it.

    What was removed stands nowhere: the line is that of the column before it that is still there.
    """
    if path.startswith(_LEVEL):
        name = path.removeprefix(_LEVEL)
        return next((level.line for level in new.service_levels if level.name == name), 0)
    after, before = new.object_for(port), old.object_for(port)
    if after is None:
        return 0
    rule = next((rule.line for rule in after.quality if rule.key == path), 0)
    if rule:
        return rule
    parts = _PART.findall(path)
    known = () if before is None else before.columns
    if parts and any(parts[0] == column.name for column in (*after.columns, *known)):
        return _line_of_column(parts, known, after.columns) or after.line
    return after.line if path in ("primaryKey", "granularity", "schema", "columns") else 0


def _line_of_column(
    parts: Sequence[str], old: Sequence[ContractColumn], new: Sequence[ContractColumn]
) -> int:
    """Go down from column to nested column, to a rule of it, or to what stood before what is gone."""
    name, rest = parts[0], parts[1:]
    column = next((one for one in new if one.name == name), None)
    if column is None:
        return _line_before(name, old, new)
    if not rest:
        return column.line
    rule = next((rule.line for rule in column.quality if rule.key == ".".join(rest)), 0)
    before = next((one.properties for one in old if one.name == name), ())
    nested = (*column.properties, *before)
    if not rule and any(rest[0] == one.name for one in nested):
        rule = _line_of_column(rest, before, column.properties)
    return rule or column.line


def _line_before(name: str, old: Sequence[ContractColumn], new: Sequence[ContractColumn]) -> int:
    lines = {column.name: column.line for column in new}
    found = 0
    for column in old:
        if column.name == name:
            break
        found = lines.get(column.name, found)
    return found or min(lines.values(), default=0)
