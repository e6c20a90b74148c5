"""The table of `mesh health`: a line a port; below it, why a port is not healthy."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Group
from rich.text import Text

from meshwright.cli import tables
from meshwright.cli.console import clean, width

if TYPE_CHECKING:
    from rich.console import RenderableType

    from meshwright.model.health import PortHealth

STYLES = {"healthy": "green", "degraded": "yellow", "broken": "red", "unknown": "bright_black"}
SIGNS = {"healthy": "✔", "degraded": "!", "broken": "✘", "unknown": "?"}
_TICKS = "▁▂▃▄▅▆▇█"
_BAR = 8
_DAY = 86400


def show_health(ports: "Sequence[PortHealth]") -> None:
    """Print the table, the reasons, and what nothing enforces."""
    tables.out().print(picture(ports))


def picture(ports: "Sequence[PortHealth]") -> "RenderableType":
    """Return the whole picture."""
    if not ports:
        return Text("no ports")
    trend = 30 if width() > 110 else max(6, 30 - (110 - width()))
    rows = [_row(port, trend) for port in ports]
    headers = ("port", "health", "kept", "budget", "age", "rows")
    lines: list[RenderableType] = [tables.table(headers, rows, right=("kept",))]
    lines += [_reason(port) for port in ports if port.reasons and port.status != "unknown"]
    unheeded = [
        f"NOT ENFORCED {port.address} {name}: {reason}"
        for port in ports
        for name, reason in port.not_enforced
    ]
    lines += [Text(clean(line), style="bright_black") for line in unheeded]
    counts = {status: sum(p.status == status for p in ports) for status in STYLES}
    told = ", ".join(f"{count} {status}" for status, count in counts.items() if count)
    return Group(*lines, Text(f"{len(ports)} port{'s' * (len(ports) != 1)}: {told}"))


def _row(port: "PortHealth", trend: int) -> tuple[object, ...]:
    sign = Text(f"{SIGNS[port.status]} {port.status}", style=STYLES[port.status])
    kept = Text("–", style="bright_black")
    if port.compliance is not None:
        kept = Text(_percent(port.compliance))
        if port.since is not None and port.window and _counted(port) < port.window * 0.99:
            kept.append(f" in {_short(_counted(port))}", style="bright_black")
    age = "never" if port.age is None else _short(port.age)
    return (str(port.address), sign, kept, budget_bar(port), age, sparkline(port.trend[-trend:]))


def _counted(port: "PortHealth") -> float:
    """Return for how long minutes have been counted."""
    assert port.since is not None
    return (port.published or 0) + (port.age or 0) - port.since


def _reason(port: "PortHealth") -> Text:
    text = Text(f"{port.address} ", style=STYLES[port.status])
    return text.append(clean("; ".join(port.reasons)), style="default")


def budget_bar(port: "PortHealth") -> Text:
    """Return the error budget as a bar: what is left of it, red when nothing is."""
    left = port.budget_left
    if left is None or not port.levels:
        return Text("–", style="bright_black")
    if left <= 0:
        return Text("spent", style="red")
    full = max(1, round(left * _BAR))
    style = "red" if port.burning else "yellow" if left < 0.25 else "green"
    return Text.assemble(("█" * full, style), ("░" * (_BAR - full), "bright_black"))


def sparkline(values: Sequence[float | None]) -> str:
    """Return numbers as a line of blocks, from their least to their greatest; a gap for none."""
    known = [value for value in values if value is not None]
    if not known:
        return ""
    low, high = min(known), max(known)
    scale = (len(_TICKS) - 1) / (high - low) if high > low else 0.0
    middle = len(_TICKS) // 2 if high == low else 0
    return "".join(
        " " if value is None else _TICKS[middle + round((value - low) * scale)] for value in values
    )


def _percent(share: float) -> str:
    """Return a share as a percentage that says 100 only when nothing is missing."""
    if share in (0, 1):
        return f"{share:.0%}"
    return f"{min(share * 100, 99.99):.2f}%"


def _short(seconds: float) -> str:
    """Return a duration in its one greatest unit."""
    for size, name in ((365 * _DAY, "y"), (_DAY, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.0f} {name}"
    return f"{seconds:.0f} s"
