"""Lists of lines in a cell: products, versions, incidents, health, costs, whatever a verb returns."""

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from markupsafe import Markup

from meshwright.notebook.html import box, code, muted, table, text, word

MOST = 50
_NAMED = ("product", "address", "id", "build", "port")
_STATUS = ("status", "state", "severity", "action")
_PLAIN = (str, int, float, bool, type(None))


def list_html(lines: Sequence[Any]) -> Markup | None:
    """Return a table of lines of one kind of ours; None for any other tuple or list."""
    first = type(lines[0]) if lines else None
    if first is None or not is_dataclass(first) or not first.__module__.startswith("meshwright."):
        return None
    if any(type(line) is not first for line in lines):
        return None
    names = [field.name for field in fields(first) if _is_told(lines, field.name)]
    rows = [[_cell(name, getattr(line, name)) for name in names] for line in lines[:MOST]]
    left = f"first {MOST} of {len(lines)}" if len(lines) > MOST else ""
    return box(table([name.replace("_", " ") for name in names], rows, left))


def _is_told(lines: Sequence[Any], name: str) -> bool:
    """Say whether a column would say anything: plain values, not all of them empty."""
    values = [getattr(line, name) for line in lines[:MOST]]
    if all(value in ("", None, (), False) for value in values):
        return False
    return all(isinstance(value, (*_PLAIN, tuple)) or _is_name(value) for value in values)


def _is_name(value: object) -> bool:
    return type(value).__name__ == "Address"


def _cell(name: str, value: object) -> object:
    if name in _NAMED:
        return code(value)
    if name in _STATUS and isinstance(value, str):
        return word(value)
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) if all(map(_is_plain, value)) else muted(f"{len(value)}")
    return round(value, 3) if isinstance(value, float) else text(value) if value is None else value


def _is_plain(value: object) -> bool:
    return isinstance(value, _PLAIN) or _is_name(value)
