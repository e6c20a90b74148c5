"""`mesh monitors`: what is watched, and what watching would have said of the past."""

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING

import click

from meshwright.cli import console
from meshwright.model.counted import counted

if TYPE_CHECKING:
    from meshwright.app.backtest import Backtest
    from meshwright.app.monitors import SeriesLine

BLOCKS = "▁▂▃▄▅▆▇█"
_DRAWN = 12  # points of a series in the list
_COLOURS = {"anomalous": "red", "learning": "bright_black", "off": "bright_black"}
_WORST = {"critical": "red", "high": "red", "medium": "yellow", "low": "white"}


@click.group(
    epilog="""\b
Examples:
  mesh monitors list                                     every port that is watched
  mesh monitors list operations.flights.departures       its series, and what is expected
  mesh monitors backtest operations.flights.departures   what would have alerted, and when"""
)
def command() -> None:
    """What is watched of each port, by which detector, and what it would have said."""


@command.command(
    "list",
    epilog="""\b
Examples:
  mesh monitors list
  mesh monitors list operations.flights.departures.dep_time --json""",
)
@click.argument("address", default="")
@click.option("--all", "everything", is_flag=True, help="Also what is recorded and not watched.")
@console.json_option
@click.pass_context
@console.exits
def list_(ctx: click.Context, address: str, everything: bool, as_json: bool) -> None:
    """List the ports that are watched, or the series of a product, port or column."""
    mesh = console.open_mesh(ctx)
    if not address:
        ports = mesh.monitored_ports()
        if as_json:
            console.put_json({"ports": [asdict(port) for port in ports]})
            return
        from meshwright.cli import tables

        cells = [(p.address, p.watched, p.points, p.last_at[:16], p.anomalies) for p in ports]
        headers = ("port", "watched", "points", "newest", "anomalies")
        right = ("watched", "points", "anomalies")
        tables.out().print(tables.table(headers, cells, right=right))
        return
    lines = mesh.monitors(address, everything=everything)
    if as_json:
        console.put_json({"series": [asdict(line) for line in lines]})
        return
    _print_series(lines)


@command.command(
    epilog="""\b
Examples:
  mesh monitors backtest operations.flights.departures
  mesh monitors backtest operations.flights --from 2013-02-01 --to 2013-02-28
  mesh monitors backtest operations.flights.departures --metric null_share --json"""
)
@click.argument("address")
@click.option("--from", "start", default="", metavar="DATE", help="The first business date.")
@click.option("--to", "end", default="", metavar="DATE", help="The last business date.")
@click.option("--metric", default="", metavar="NAME", help="One metric alone, for example rows.")
@console.json_option
@click.pass_context
@console.exits
def backtest(
    ctx: click.Context, address: str, start: str, end: str, metric: str, as_json: bool
) -> None:
    """Replay the recorded past: what would have alerted, when, and how often in a week."""
    for option, text in (("--from", start), ("--to", end)):
        _check_date(option, text)
    found = console.open_mesh(ctx).backtest(address, start=start, end=end, metric=metric)
    if as_json:
        console.put_json(asdict(found))
        return
    _print_backtest(found)


def spark(values: "tuple[float | None, ...]", width: int) -> str:
    """Draw the newest values as blocks, the lowest and highest as the ends of the scale."""
    shown = values[-width:]
    known = [value for value in shown if value is not None]
    if not known:
        return ""
    low, high = min(known), max(known)
    scale = (len(BLOCKS) - 1) / (high - low) if high > low else 0.0
    return "".join(" " if v is None else BLOCKS[round((v - low) * scale)] for v in shown)


def _check_date(option: str, text: str) -> None:
    try:
        date.fromisoformat(text or "2013-01-01")
    except ValueError as error:
        raise click.BadParameter(
            f"`{text}` is no date such as 2013-02-08", param_hint=option
        ) from error


def _print_series(lines: "tuple[SeriesLine, ...]") -> None:
    from rich.text import Text

    from meshwright.cli import tables

    is_plain = all((line.detector, line.sensitivity) == ("automatic", "normal") for line in lines)
    cells: list[tuple[object, ...]] = []
    for line in lines:
        expected = Text(_expected(line), style=_COLOURS.get(line.verdict, ""))
        drawn = spark(line.recent, _DRAWN)
        cell = (line.word, line.points, _number(line.last, line.unit), expected, drawn)
        cells.append(cell if is_plain else (*cell, _watched_by(line)))
    headers = ("series", "points", "last", "expected", "", *(() if is_plain else ("by",)))
    tables.out().print(tables.table(headers, cells, right=("points", "last")))


def _watched_by(line: "SeriesLine") -> str:
    by = "" if line.detector == "automatic" else line.detector
    how = "" if line.sensitivity == "normal" else line.sensitivity
    return ", ".join(word for word in (by, how) if word)


def _expected(line: "SeriesLine") -> str:
    if line.verdict == "learning":
        return f"learning, {line.seen} of {line.needed}" if line.needed else "learning"
    if line.verdict == "off":
        return "not watched"
    band = f"{_number(line.lower, line.unit)} to {_number(line.upper, line.unit)}"
    return f"✘ {band}" if line.verdict == "anomalous" else band


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return "–"
    if unit == "share":
        return f"{100 * value:.3g} %"
    if unit == "seconds":
        return f"{value / 86400:.3g} d" if abs(value) >= 172_800 else f"{value / 3600:.3g} h"
    return f"{value:,.0f}" if unit == "count" or abs(value) >= 10_000 else f"{value:.4g}"


def _print_backtest(found: "Backtest") -> None:
    loud = {alarm.day for alarm in found.alarms}
    days = found.days[-console.width() + 2 :]
    if days:
        line = "".join(console.paint("█", "red") if day in loud else "▁" for day in days)
        click.echo(f"{line}\n{days[0]} to {days[-1]}")
    for alarm in found.alarms:
        word = console.paint(alarm.severity, _WORST.get(alarm.severity, "white"))
        click.echo(f"\n{alarm.day}  {word}")
        for row in console.fitted(alarm.explanation, max(console.width() - 4, 20), ""):
            click.echo(f"  {row}")
    quiet = len(found.days) - len(loud)
    click.echo()
    console.put(
        f"{counted(len(found.alarms), 'alert')} in {counted(len(found.days), 'day')}"
        f" ({found.per_week:g} a week), {counted(quiet, 'quiet day')}; {found.series:,} series"
    )
