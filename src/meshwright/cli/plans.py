"""How a plan looks: what would be built and why, and what a changed contract breaks."""

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from meshwright.cli import tables
from meshwright.cli.console import clean
from meshwright.cli.problems import show_problems
from meshwright.model.counted import counted
from meshwright.model.plan import ContractChange, Plan, Step

SHOWN_REASONS = 3
SHOWN_ITEMS = 10
SHOWN_VIOLATIONS = 20
SEVERITIES = ("block", "warn", "advise")
_COLOURS = {"block": "red", "warn": "yellow", "advise": "cyan"}


def show_plan(console: Console, plan: Plan) -> None:
    """Print the work of a plan, then the contract changes, then the problems."""
    work = plan.work
    if work:
        console.print(tables.table(("product", "would", "why"), [_row(step) for step in work]))
    quiet = len(plan.steps) - len(work)
    if quiet:
        console.print(Text(f"{counted(quiet, 'product')} up to date", style="bright_black"))
    for step in work:
        for change in step.changes:
            _show_change(console, step, change)
    _show_violations(console, work)
    if plan.problems:
        console.print()
        show_problems(console, plan.problems)


def _show_violations(console: Console, work: Sequence[Step]) -> None:
    """Print what rules say of what would be built; what blocks first."""
    found = {violation: None for step in work for violation in step.violations}
    listed = sorted(
        found, key=lambda v: (not v.is_blocking, SEVERITIES.index(v.severity), v.address)
    )
    if listed:
        console.print()
    for one in listed[:SHOWN_VIOLATIONS]:
        about = f" {clean(one.address or 'the mesh')}: {clean(one.message)} (rule {one.rule})"
        until = f" exempted until {one.exempted}" if one.exempted else ""
        console.print(
            Text.assemble((one.severity, _COLOURS[one.severity]), about, (until, "bright_black"))
        )
    if len(listed) > SHOWN_VIOLATIONS:
        console.print(Text(f"and {len(listed) - SHOWN_VIOLATIONS} more: mesh policy list"))


def _row(step: Step) -> tuple[object, ...]:
    reasons = list(step.reasons[:SHOWN_REASONS])
    if len(step.reasons) > SHOWN_REASONS:
        reasons.append(f"and {len(step.reasons) - SHOWN_REASONS} more")
    return str(step.product), tables.status(step.action), "; ".join(reasons)


def _show_change(console: Console, step: Step, change: ContractChange) -> None:
    console.print()
    colour = "red" if change.refusal else "green" if change.level != "major" else "yellow"
    console.print(
        Text.assemble(
            (f"{step.product}.{change.port}", "bold"),
            " contract ",
            f"{change.old_version} → {change.new_version}: ",
            (f"{change.level} change", colour),
        )
    )
    for item in change.items[:SHOWN_ITEMS]:
        console.print(Text(clean(f"  {item}")))
    if change.refusal:
        console.print(Text.assemble(("  refused: ", "red"), change.refusal))
    if change.suggestion:
        console.print(Text.assemble(("  next: ", "cyan"), f"write version {change.suggestion}"))
