"""How a plan looks: what would be built and why, and what a changed contract breaks."""

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from meshwright.cli import tables
from meshwright.cli.console import clean
from meshwright.cli.problems import show_problems
from meshwright.model.counted import counted
from meshwright.model.plan import ContractChange, Plan, Refusal, Step, Violation

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
    for step in plan.steps:
        _show_judgements(console, step)
    _show_violations(console, plan.steps)
    if plan.problems:
        console.print()
        show_problems(console, plan.problems)


def show_refusal(console: Console, refusal: Refusal) -> None:
    """Print what may not be published, the path that proves it, and what to do."""
    console.print()
    console.print(Text.assemble(("refused: ", "red"), clean(refusal.message)))
    for depth, hop in enumerate(refusal.path):
        arrow = f"{'  ' * (depth - 1)}└ " if depth else ""
        console.print(Text(clean(f"  {arrow}{hop}"), style="bright_black"))
    if refusal.hint:
        console.print(Text.assemble(("  next: ", "cyan"), clean(refusal.hint)))


def _show_violations(console: Console, work: Sequence[Step]) -> None:
    """Print what rules say of what would be built; what blocks first, what is the same once."""
    found = {violation: None for step in work for violation in step.violations}
    listed = sorted(
        found, key=lambda v: (not v.is_blocking, SEVERITIES.index(v.severity), v.address)
    )
    if listed:
        console.print()
    alike: dict[tuple[str, ...], list[Violation]] = {}
    for one in listed:
        alike.setdefault((one.severity, one.rule, one.message, one.exempted), []).append(one)
    for one, *others in list(alike.values())[:SHOWN_VIOLATIONS]:
        more = f" and {len(others)} more" if others else ""
        where = clean(one.address or "the mesh") + more
        about = f" {where}: {clean(one.message)} (rule {one.rule})"
        until = f" exempted until {one.exempted}" if one.exempted else ""
        console.print(
            Text.assemble((one.severity, _COLOURS[one.severity]), about, (until, "bright_black"))
        )
    if len(alike) > SHOWN_VIOLATIONS or len(alike) < len(listed):
        console.print(Text("all of them: mesh policy list", style="bright_black"))


def _row(step: Step) -> tuple[object, ...]:
    reasons = list(step.reasons[:SHOWN_REASONS])
    if len(step.reasons) > SHOWN_REASONS:
        reasons.append(f"and {len(step.reasons) - SHOWN_REASONS} more")
    return str(step.product), tables.status(step.action), "; ".join(reasons)


def _show_judgements(console: Console, step: Step) -> None:
    """Print what must not be published, and what is to be known."""
    for refusal in step.refusals:
        show_refusal(console, refusal)
    for notice in step.notices:
        console.print()
        console.print(Text.assemble((clean(str(notice.place)), "bold"), " ", ("warning", "yellow")))
        console.print(Text(clean(f"  {notice.message}")))
        _next(console, notice.hint)


def _next(console: Console, hint: str) -> None:
    if hint:
        console.print(Text.assemble(("  next: ", "cyan"), clean(hint)))


def _show_change(console: Console, step: Step, change: ContractChange) -> None:
    console.print()
    colour = "red" if change.refusal else "green" if change.level != "major" else "yellow"
    console.print(
        Text.assemble(
            (f"{step.product}.{change.port}", "bold"),
            " contract ",
            clean(f"{change.old_version} → {change.new_version}: "),
            (f"{change.level} change", colour),
        )
    )
    for item in change.items[:SHOWN_ITEMS]:
        console.print(Text(clean(f"  {item}")))
    if len(change.items) > SHOWN_ITEMS:
        console.print(f"  and {len(change.items) - SHOWN_ITEMS} more")
    for one in change.affected[:SHOWN_ITEMS]:
        what = f" ({', '.join(one.columns[:SHOWN_REASONS])})" if one.columns else ""
        whose = f", of {', '.join(one.people)}" if one.people else ""
        console.print(Text(clean(f"  affects {one.product}{what}{whose}")))
    if change.refusal:
        console.print(Text.assemble(("  refused: ", "red"), clean(change.refusal)))
    if change.suggestion:
        _next(console, f"write version {change.suggestion}")
