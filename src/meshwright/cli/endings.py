"""How a run ends for a person: a line a product, then for each that did not publish what to do next."""

from collections.abc import Sequence

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from meshwright.cli import tables
from meshwright.cli.console import clean
from meshwright.model.check import Example
from meshwright.model.counted import counted, failing
from meshwright.model.plan import BuildResult, FailedCheck

SHOWN_CHECKS = 8
SHOWN_ROWS = 5


def show_results(console: Console, results: Sequence[BuildResult]) -> None:
    """Print the summary of a run; trouble comes last, where eyes are."""
    shown = [r for r in results if r.status != "up_to_date"] if len(results) > 24 else list(results)
    if shown:
        console.print(_table(shown))
    hidden = len(results) - len(shown)
    if hidden:
        console.print(Text(f"{counted(hidden, 'product')} up to date", style="bright_black"))
    for result in results:
        if result.status in ("rejected", "failed", "refused", "held"):
            console.print()
            console.print(_trouble(result))


def _table(results: Sequence[BuildResult]) -> Table:
    rows = [
        (
            str(result.product),
            tables.status(result.status),
            result.version or result.served,
            sum(port.rows for port in result.ports.values()) if result.ports else None,
            _note(result),
            tables.seconds(result.seconds) if result.seconds else "",
        )
        for result in results
    ]
    return tables.table(
        ("product", "status", "version", "rows", "", "time"),
        rows,
        right=("version", "rows", "time"),
    )


def _note(result: BuildResult) -> str:
    quarantined = sum(port.quarantined for port in result.ports.values())
    warnings = sum(len(port.warnings) for port in result.ports.values())
    notes = []
    if result.as_of:
        notes.append(f"as of {result.as_of}")
    if quarantined:
        notes.append(f"{quarantined:,} quarantined")
    if warnings:
        notes.append(counted(warnings, "warning"))
    if result.waiver:
        notes.append("waived")
    if result.status in ("skipped", "held", "retired") and result.reasons:
        notes.append(result.reasons[0])
    return ", ".join(notes)


def _trouble(result: BuildResult) -> Group:
    title = Text.assemble((f"✘ {result.product}", "bold red"), f" {result.status}")
    if result.served is not None:
        title.append(f"; version {result.served} is still served", style="bright_black")
    parts: list[object] = [title]
    if result.error:
        parts.append(Padding(Text(clean(f"{result.error} [{result.error_code}]")), (0, 0, 0, 2)))
    parts += [part for check in result.failed_checks[:SHOWN_CHECKS] for part in _check(check)]
    more = len(result.failed_checks) - SHOWN_CHECKS
    if more > 0:
        parts.append(Text(f"  and {counted(more, 'more failed check')}", style="bright_black"))
    if result.hint:
        parts.append(Text.assemble(("  next: ", "cyan"), result.hint))
    return Group(*parts)  # type: ignore[arg-type]


def _check(check: FailedCheck) -> list[object]:
    line = Text.assemble(
        "  ", (f"{check.port}.{check.check}", "bold"), f"  {clean(check.expectation)}"
    )
    if check.severity != "error":
        line.append(f" ({check.severity})", style="yellow")
    if check.failed_rows is not None:
        line.append(f"; {failing(check.failed_rows, check.total_rows)}", style="red")
    elif check.reason:
        line.append(f"; {check.reason}", style="red")
    elif check.value is not None:
        line.append(f"; it is {check.value:,.6g}", style="red")
    parts: list[object] = [line]
    if check.example and check.example.rows:
        parts.append(Padding(example_table(check.example), (0, 0, 0, 4)))
    return parts


def example_table(example: Example) -> Table:
    """Return a few example rows as a table."""
    shown = example.rows[:SHOWN_ROWS]
    return tables.table(example.columns, [[_cell(value) for value in row] for row in shown])


def _cell(value: object) -> str:
    text = "∅" if value is None else str(value)
    return text if len(text) <= 40 else text[:39] + "…"
