"""Rules at plan: what would be built and breaks a rule that blocks is refused; what warns is shown.

What must stay true: with no rule in the mesh, or nothing to build, nothing of this is read. What is served
stays served. Rules that cannot be read block as rules that are broken do: the federation's everything, a
domain's what is its own.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from meshwright.app.policy.files import has_rules, load_book, today_of
from meshwright.app.policy.judging import judge
from meshwright.app.wiring import Wiring
from meshwright.govern.rules.book import RuleBook
from meshwright.model.plan import Step, Violation
from meshwright.model.problem import Problem

WORKING = ("build", "after")


def govern_steps(
    wiring: Wiring, steps: tuple[Step, ...]
) -> tuple[tuple[Step, ...], tuple[Problem, ...]]:
    """Return the steps as rules let them stand, and what is wrong with the rules themselves."""
    working = {step.product.domain for step in steps if step.action in WORKING}
    if not working or not has_rules(wiring):
        return steps, ()
    book = load_book(wiring)
    outcome = judge(wiring, book, today_of(wiring), working)
    broken = {**outcome.broken, **book.broken}
    found = _Found(outcome.violations)
    wrong = [
        problem
        for problem in (*book.problems, *outcome.problems)
        if problem.is_error and _concerns(broken, problem, working)
    ]
    return tuple(_governed(step, found, broken) for step in steps), tuple(wrong)


def _concerns(broken: dict[str, Problem], problem: Problem, domains: Iterable[str]) -> bool:
    """Say whether a rule that cannot be judged keeps any of these domains from building."""
    return any(broken.get(name) == problem for name in ("", *domains))


class _Found:
    """Violations by what they are about."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        self._by: dict[str, list[Violation]] = defaultdict(list)
        self._told: set[str] = set()
        for violation in violations:
            parts = violation.address.split(".")
            self._by[".".join(parts[:2]) if len(parts) > 1 else parts[0]].append(violation)

    def of(self, step: Step) -> tuple[Violation, ...]:
        """Return those of a product, and of its domain and the mesh: what blocks each time, else once."""
        found = list(self._by.get(str(step.product), ()))
        for wider in (step.product.domain, ""):
            listed = self._by.get(wider, ())
            found += [v for v in listed if v.is_blocking or wider not in self._told]
            self._told.add(wider)
        return tuple(found)


def _governed(step: Step, found: _Found, broken: dict[str, Problem]) -> Step:
    if step.action not in WORKING:
        return step
    problem = broken.get("") or broken.get(step.product.domain)
    violations = found.of(step)
    blocking = [violation for violation in violations if violation.is_blocking]
    if problem is not None:
        why = (f"rule file {problem.place.file} has errors: mesh check",)
    elif blocking:
        names = dict.fromkeys(violation.rule for violation in blocking)
        first = blocking[0]
        why = (f"rule {', '.join(names)}: {first.address or 'the mesh'}: {first.message}",)
    else:
        return replace(step, violations=violations)
    return replace(step, action="refused", reasons=why, violations=violations)


def book_problems(
    wiring: Wiring, book: RuleBook
) -> tuple[tuple[Problem, ...], tuple[Violation, ...]]:
    """Return what is wrong with rules, and what all rules find in the mesh as it is on disk."""
    outcome = judge(wiring, book, today_of(wiring))
    return (*book.problems, *outcome.problems), outcome.violations
