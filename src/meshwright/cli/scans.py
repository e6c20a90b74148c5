"""A scan for people: the profile, what failed and by which rows, what is not enforced, the verdict."""

from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from meshwright.app.scanning.scanned import Scanned
from meshwright.app.scanning.shapes import told, verdict_line
from meshwright.cli.console import clean
from meshwright.cli.endings import example_table
from meshwright.model.check import CheckOutcome, ColumnProfile
from meshwright.model.counted import counted

SHOWN_COLUMNS = 60
SHOWN_CHECKS = 20
SHOWN_NOT_ENFORCED = 20
_BARS = "▁▂▃▄▅▆▇█"
_WIDTHS = {"column": 20, "type": 11, "nulls": 6, "distinct": 8, "values": 19, "shape": 6}


def show_scan(console: Console, scanned: Scanned) -> None:
    """Print everything, the verdict last."""
    if scanned.profile.columns:
        _show_profile(console, scanned)
    failed = scanned.failed
    for outcome in failed[:SHOWN_CHECKS]:
        _show_failed(console, scanned, outcome)
    _more(console, len(failed) - SHOWN_CHECKS, "failed check")
    if scanned.not_enforced:
        console.print(Text("NOT ENFORCED", style="bold yellow"))
        for outcome in scanned.not_enforced[:SHOWN_NOT_ENFORCED]:
            console.print(Text(clean(f"  {outcome.id}: {outcome.reason}")))
        _more(console, len(scanned.not_enforced) - SHOWN_NOT_ENFORCED, "item")
    style = "bold green" if scanned.passed else "bold red"
    console.print(Text(clean(verdict_line(scanned)), style=style), soft_wrap=True)


def _more(console: Console, count: int, what: str) -> None:
    if count > 0:
        console.print(
            Text(f"  and {counted(count, f'more {what}')}; --format json has all", "bright_black")
        )


def _show_profile(console: Console, scanned: Scanned) -> None:
    columns = scanned.profile.columns
    console.print(_profile_table(scanned, columns[:SHOWN_COLUMNS]))
    _more(console, len(columns) - SHOWN_COLUMNS, "column")
    sampled = scanned.profile.sampled_rows
    if sampled and sampled < scanned.rows:
        said = f"shape and top values are of {counted(sampled, 'sampled row')}"
        console.print(Text(said, style="bright_black"))
    console.print()


def _profile_table(scanned: Scanned, columns: Sequence[ColumnProfile]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bright_black", padding=(0, 2, 0, 0))
    right = ("nulls", "distinct")
    spare = max(0, _spare(columns))
    for name, width in _WIDTHS.items():
        table.add_column(
            name,
            justify="right" if name in right else "left",
            no_wrap=True,
            overflow="ellipsis",
            max_width=width + (spare if name == "values" else 0),
        )
    for column in columns:
        hidden = column.column in scanned.classified
        table.add_row(*map(Text, (
            clean(column.column), clean(column.type), _nulls(column, scanned.rows),
            _distinct(column), "classified" if hidden else clean(_values(column)),
            "" if hidden else _shape(column),
        )))  # fmt: skip
    return table


def _spare(columns: Sequence[ColumnProfile]) -> int:
    """Return the characters that narrow names and types leave to the values, on 80 columns."""
    longest = max((len(column.column) for column in columns), default=0)
    types = max((len(column.type) for column in columns), default=0)
    return _WIDTHS["column"] - min(_WIDTHS["column"], max(longest, 6)) + (
        _WIDTHS["type"] - min(_WIDTHS["type"], max(types, 4))
    )  # fmt: skip


def _nulls(column: ColumnProfile, rows: int) -> str:
    if not column.nulls or not rows:
        return "0"
    share = 100 * column.nulls / rows
    if column.nulls == rows:
        return "all"
    return f"{share:.1f}%" if share >= 0.1 else "<0.1%"


def _distinct(column: ColumnProfile) -> str:
    if column.distinct is None:
        return "–"
    sign = "" if column.is_distinct_exact else "~"
    for unit, size in (("", 1), ("k", 1_000), ("M", 1_000_000), ("G", 1_000_000_000)):
        number = column.distinct / size
        if number < 10_000 or unit == "G":
            return f"{sign}{number:,.0f}{unit}" if size == 1 else f"{sign}{number:,.3g}{unit}"
    return "–"


def _values(column: ColumnProfile) -> str:
    """Return a range where there is one, else the values that occur most."""
    if column.minimum is not None and column.maximum is not None:
        low, high = _short(column.minimum), _short(column.maximum)
        return low if low == high else f"{low} .. {high}"
    return ", ".join(_short(value) for value, _ in column.top[:5])


def _short(value: object) -> str:
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    if text.endswith(" 00:00:00"):
        return text.removesuffix(" 00:00:00")
    return f"{float(text):.6g}" if _is_long_number(text) else text


def _is_long_number(text: str) -> bool:
    return len(text) > 9 and "." in text and text.replace(".", "", 1).lstrip("-").isdigit()


def _shape(column: ColumnProfile) -> str:
    """Draw the histogram in six bars, or the share of the most frequent values."""
    counts = [count for _, _, count in column.histogram]
    if counts:
        width = _WIDTHS["shape"]
        parts = [sum(counts[at * len(counts) // width : (at + 1) * len(counts) // width])
                 for at in range(width)]  # fmt: skip
    else:
        parts = [count for _, count in column.top[: _WIDTHS["shape"]]]
    most = max(parts, default=0)
    if not most:
        return ""
    return "".join(_BARS[min(7, part * 8 // (most + 1))] if part else " " for part in parts)


def _show_failed(console: Console, scanned: Scanned, outcome: CheckOutcome) -> None:
    sign, style = ("✘", "red") if outcome.rejects else ("!", "yellow")
    line = Text.assemble((f"{sign} {clean(outcome.id)}", f"bold {style}"))
    if outcome.expectation:
        line.append(f"  {clean(outcome.expectation)}")
    if outcome.severity != "error":
        line.append(f" ({outcome.severity})", style="yellow")
    verb = "ERRORED: " if outcome.status == "errored" else ""
    line.append(f"; {verb}{clean(told(outcome))}", style=style)
    console.print(line)
    example = scanned.examples.get(outcome.id)
    if example and example.rows:
        console.print(Padding(example_table(example), (0, 0, 1, 4)))
