"""Findings of `mesh check`, grouped by file."""

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from meshwright.cli.console import clean
from meshwright.model.problem import Problem

_STYLES = {"error": "red", "warning": "yellow"}


def show_problems(console: Console, problems: Sequence[Problem]) -> None:
    """Print each problem with its place, and its hint below; advice is counted only."""
    for problem in sorted(
        problems, key=lambda p: (not p.is_error, p.severity == "advice", p.place)
    ):
        style = _STYLES.get(problem.severity, "yellow")
        console.print(
            Text.assemble(
                (clean(str(problem.place)), "bold"),
                " ",
                (problem.severity, style),
                f" {clean(problem.message)} ",
                (f"[{problem.code}]", "bright_black"),
            )
        )
        if problem.hint:
            console.print(Text.assemble(("  next: ", "cyan"), clean(problem.hint)))


def verdict(problems: Sequence[Problem]) -> str:
    """Return the one line that closes `mesh check`."""
    errors = sum(problem.is_error for problem in problems)
    advice = sum(problem.severity == "advice" for problem in problems)
    warnings = len(problems) - errors - advice
    if not problems:
        return "no problems"
    said = f"{errors} error{'s' * (errors != 1)}, {warnings} warning{'s' * (warnings != 1)}"
    return f"{said}, {advice} advised by rules (mesh policy list)" if advice else said
