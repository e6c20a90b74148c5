"""Findings of `mesh check`, grouped by file."""

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from meshwright.cli.console import clean
from meshwright.model.problem import Problem


def show_problems(console: Console, problems: Sequence[Problem]) -> None:
    """Print each problem with its place, and its hint below."""
    for problem in sorted(problems, key=lambda p: (not p.is_error, p.place)):
        style = "red" if problem.is_error else "yellow"
        console.print(
            Text.assemble(
                (f"{problem.place}", "bold"),
                " ",
                (problem.severity, style),
                f" {clean(problem.message)} ",
                (f"[{problem.code}]", "bright_black"),
            )
        )
        if problem.hint:
            console.print(Text.assemble(("  next: ", "cyan"), problem.hint))


def verdict(problems: Sequence[Problem]) -> str:
    """Return the one line that closes `mesh check`."""
    errors = sum(problem.is_error for problem in problems)
    warnings = len(problems) - errors
    if not problems:
        return "no problems"
    return f"{errors} error{'s' * (errors != 1)}, {warnings} warning{'s' * (warnings != 1)}"
