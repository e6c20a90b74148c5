"""Rows in a cell: the first of them, masked columns marked, and what they rest on."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from meshwright.app.result import Result
from meshwright.notebook.html import CELL, NUMBER, box, code, join, muted, tag, text

MOST_ROWS, MOST_COLUMNS = 10, 30
_LONGEST = 120  # letters of a value


def result_html(found: Result) -> Markup:
    """Return the first rows of a result."""
    shown = found.table.slice(0, MOST_ROWS).select(found.columns[:MOST_COLUMNS])
    rows = Result(shown).rows()
    masks = {address.rpartition(".")[2]: mask for address, mask in found.masked.items()}
    heads = join(_head(field.name, field.type, masks) for field in shown.schema)
    lines = join(tag("tr", join(_value(value) for value in row)) for row in rows)
    grid = tag(
        "table",
        tag("thead", tag("tr", heads)),
        tag("tbody", lines),
        style="border-collapse:collapse;margin:4px 0",
    )
    return box(grid, tag("div", _size(found, len(rows))), *_about(found))


def result_text(found: Result) -> str:
    """Return the first rows of a result for a terminal."""
    rows = Result(found.table.slice(0, MOST_ROWS)).rows()
    names = found.columns
    cells = [names, *([_short(value, 40) for value in row] for row in rows)]
    widths = [max(len(row[at]) for row in cells) for at in range(len(names))]
    lines = [
        "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in cells
    ]
    return "\n".join([*lines, str(_size(found, len(rows)))])


def _head(name: str, kind: object, masks: Mapping[str, str]) -> Markup:
    mask = masks.get(name)
    said = muted(f"{kind}, masked: {mask}") if mask else muted(str(kind))
    return tag("th", name, Markup("<br>"), said, style=f"{CELL};font-weight:600")


def _value(value: Any) -> Markup:
    if value is None:
        return tag("td", muted("null"), style=CELL)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return tag("td", _short(value, _LONGEST), style=NUMBER if is_number else CELL)


def _short(value: object, most: int) -> str:
    said = "null" if value is None else str(value)
    return said if len(said) <= most else f"{said[: most - 1]}…"


def _size(found: Result, shown: int) -> Markup:
    count, wide = len(found), len(found.columns)
    some = f"first {shown} of {count:,} rows" if shown < count else f"{count:,} rows"
    columns = f", first {MOST_COLUMNS} of {wide} columns" if wide > MOST_COLUMNS else ""
    return text(f"{some}{columns}" + (f" in {found.seconds:.2f} s" if found.seconds else ""))


def _about(found: Result) -> list[Markup]:
    said = []
    if found.versions:
        names = (code(f"{name}@{number}") for name, number in found.versions.items())
        said.append(tag("div", muted("from "), join(names, ", ")))
    if found.masked:
        names = (join([code(name), f" ({mask})"]) for name, mask in found.masked.items())
        said.append(tag("div", muted("masked for you: "), join(names, ", ")))
    return said
