"""What a plan or a check finds, one by one, as tools that annotate a pull request want it."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from meshwright.model.plan import Affected, ContractChange, Plan, Step
from meshwright.model.problem import Place, Problem

ERROR, WARNING, NOTE = "error", "warning", "note"
LEVELS = (ERROR, WARNING, NOTE)
_OF_SEVERITY = {"block": ERROR, "warn": WARNING, "advise": NOTE}
_SHOWN = 5

RULES = {
    "contract-breaking": "A contract breaks its consumers",
    "contract-version": "A contract's version does not tell of its changes",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at. `level` is error, warning or note; `place` is relative to the mesh.

    `rule` is stable; `key` names the matter, whatever line it stands at.
    """

    rule: str
    level: str
    message: str
    place: Place
    address: str = ""
    hint: str = ""
    key: str = ""
    path: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Return a digest by which the same finding of two runs is known, though lines moved."""
        said = "\n".join((self.rule, self.address, self.place.file, self.key or self.message))
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def title(self) -> str:
        """Return the rule in words."""
        return RULES.get(self.rule) or self.rule.rpartition("/")[2].replace("-", " ")


def findings_of_plan(plan: Plan) -> tuple[Finding, ...]:
    """Return what of a plan somebody should look at, the worst first."""
    found = [finding for step in plan.steps for finding in _of_step(step)]
    return in_order([*found, *map(_of_problem, plan.problems)])


def findings_of_problems(problems: Iterable[Problem]) -> tuple[Finding, ...]:
    """Return the problems of a check, the worst first."""
    return in_order(map(_of_problem, problems))


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return each finding once, the worst first."""
    once = {(f.fingerprint, f.place): f for f in findings}
    return tuple(sorted(once.values(), key=lambda f: (LEVELS.index(f.level), f.place, f.rule)))


def _of_step(step: Step) -> Iterator[Finding]:
    for change in step.changes:
        yield from _of_change(f"{step.product}.{change.port}", change)
    for refusal in step.refusals:
        yield Finding(
            refusal.code, ERROR, refusal.message, refusal.place, refusal.address, refusal.hint,
            path=refusal.path,
        )  # fmt: skip
    for violation in step.violations:
        level = NOTE if violation.exempted else _OF_SEVERITY.get(violation.severity, WARNING)
        until = f" (exempted until {violation.exempted})" if violation.exempted else ""
        yield Finding(
            f"rule/{violation.rule}", level, f"{violation.message}{until}", violation.place,
            violation.address, violation.remedy, violation.message,
        )  # fmt: skip
    for problem in (*step.notices, *step.problems):
        yield _of_problem(problem, str(step.product))


def _of_change(address: str, change: ContractChange) -> Iterator[Finding]:
    level = ERROR if change.refusal else WARNING
    hit = _hit(change.affected)
    for item in change.details:
        if item.level == "major":
            yield Finding(
                "contract-breaking", level, f"{address}: {item}{hit}", item.place, address,
                _next(change), f"{item.path}\n{item.what}",
            )  # fmt: skip
    if change.suggestion:
        said = change.refusal or change.items[-1]
        yield Finding(
            "contract-version", level, f"{address}: {said}", change.place, address, _next(change),
            f"{change.old_version}\n{change.level}",
        )  # fmt: skip


def _next(change: ContractChange) -> str:
    return f"write version {change.suggestion}" if change.suggestion else ""


def _hit(affected: Sequence[Affected]) -> str:
    if not affected:
        return ""
    more = f" and {len(affected) - _SHOWN} more" if len(affected) > _SHOWN else ""
    return f"; {', '.join(one.product for one in affected[:_SHOWN])}{more} would notice"


def _of_problem(problem: Problem, address: str = "") -> Finding:
    level = {"error": ERROR, "warning": WARNING}.get(problem.severity, NOTE)
    return Finding(
        problem.code, level, problem.message, problem.place, address, problem.hint,
        f"{problem.key}\n{problem.message}",
    )  # fmt: skip
