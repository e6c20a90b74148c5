"""The table of `mesh health`: a line a port; below it, why a port is not healthy.

Plain lines with colours instead of a laid-out table: with hundreds of ports, laying out takes longer than
judging them.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from meshwright.cli.console import clean, fitted, paint, width
from meshwright.cli.unenforced import unenforced
from meshwright.model.counted import counted

if TYPE_CHECKING:
    from meshwright.model.health import PortHealth

COLOURS = {"healthy": "green", "degraded": "yellow", "broken": "red", "unknown": "bright_black"}
SIGNS = {"healthy": "✔", "degraded": "!", "broken": "✘", "unknown": "?"}
HEADERS = ("port", "health", "kept", "budget", "age", "rows")
TREND = 30
_LEAST_TREND = 4
_TICKS = "▁▂▃▄▅▆▇█"
_BAR = 8
_DAY = 86400
_GREY = "bright_black"
Cell = tuple[str, str]  # a text and its colour ('' for none)


def show_health(ports: "Sequence[PortHealth]") -> None:
    """Print the table, the reasons, and what nothing enforces."""
    click.echo(picture(ports))


def picture(ports: "Sequence[PortHealth]") -> str:
    """Return the whole picture."""
    if not ports:
        return "no ports"
    lines = _table([_row(port) for port in ports])
    for port in ports:
        if port.reasons and port.status != "unknown":
            lines += _reasons(port)
    items = ((str(port.address), *each) for port in ports for each in port.not_enforced)
    lines += [paint(line, _GREY) for line in unenforced(items, width())]
    counts = {status: sum(port.status == status for port in ports) for status in COLOURS}
    told = ", ".join(f"{count} {status}" for status, count in counts.items() if count)
    return "\n".join([*lines, *fitted(f"{counted(len(ports), 'port')}: {told}")])


def _reasons(port: "PortHealth") -> list[str]:
    name = clean(str(port.address))
    first, *more = fitted(f"{name} {'; '.join(port.reasons)}")
    coloured = paint(first[: len(name)], COLOURS[port.status])
    return [f"{coloured}{first[len(name) :]}", *more]


def _table(rows: Sequence[Sequence[Cell]]) -> list[str]:
    """Lay cells out; the trend takes what the terminal has left, its newest end first.

    A port whose name leaves too little has it on a line of its own.
    """
    widths = [
        max(len(header), *(len(row[place][0]) for row in rows))
        for place, header in enumerate(HEADERS[:-1])
    ]
    room = width() - 2 * len(widths)
    widths[0] = max(len(HEADERS[0]), min(widths[0], room - sum(widths[1:]) - _LEAST_TREND))
    left = max(_LEAST_TREND, min(TREND, room - sum(widths)))
    lines = [
        "  ".join(paint(f"{h:{w}}", _GREY) for h, w in zip(HEADERS, [*widths, 0], strict=True))
    ]
    for row in rows:
        if len(row[0][0]) > widths[0]:
            lines += fitted(row[0][0])
            row = (("", ""), *row[1:])
        padded = [_padded(cell, wide) for cell, wide in zip(row, widths, strict=False)]
        lines.append("  ".join([*padded, row[-1][0][-left:]]).rstrip())
    return lines


def _padded(cell: Cell, wide: int) -> str:
    text, colour = cell
    padded = f"{text:{wide}}"
    return paint(padded, colour) if colour else padded


def _row(port: "PortHealth") -> tuple[Cell, ...]:
    kept: Cell = ("–", _GREY)
    if port.compliance is not None and port.since is not None:
        counted = (port.published or 0) + (port.age or 0) - port.since
        since = f" in {_short(counted)}" if 0 < counted < port.window * 0.99 else ""
        kept = (f"{percent(port.compliance)}{since}", "")
    return (
        (clean(str(port.address)), ""),
        (f"{SIGNS[port.status]} {port.status}", COLOURS[port.status]),
        kept,
        budget_bar(port),
        ("never", _GREY) if port.age is None else (_short(port.age), ""),
        (sparkline(port.trend), ""),
    )


def budget_bar(port: "PortHealth") -> Cell:
    """Return the error budget as a bar: what is left of it, red when it burns or nothing is."""
    left = port.budget_left
    if left is None or not port.levels:
        return ("–", _GREY)
    if left <= 0:
        return ("spent", "red")
    full = max(1, round(left * _BAR))
    colour = "red" if port.burning else "yellow" if left < 0.25 else "green"
    return ("█" * full + "░" * (_BAR - full), colour)


def sparkline(values: Sequence[float | None]) -> str:
    """Return numbers as a line of blocks, from their least to their greatest; a gap for none."""
    known = [value for value in values if value is not None]
    if not known:
        return ""
    low, high = min(known), max(known)
    if high == low:
        return "".join(" " if value is None else _TICKS[3] for value in values)
    scale = (len(_TICKS) - 1) / (high - low)
    return "".join(
        " " if value is None else _TICKS[round((value - low) * scale)] for value in values
    )


def percent(share: float) -> str:
    """Return a share as a percentage that says 100 only when nothing is missing."""
    return f"{share:.0%}" if share in (0, 1) else f"{min(share * 100, 99.99):.2f}%"


def _short(seconds: float) -> str:
    """Return a duration in its one greatest unit."""
    for size, name in ((365 * _DAY, "y"), (_DAY, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.0f} {name}"
    return f"{seconds:.0f} s"
