"""The one JSON shape of each thing that a door gives out; stable, documented, the same at every door."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from meshwright.model.check import Example
from meshwright.model.plan import (
    BuildResult,
    ContractChange,
    FailedCheck,
    Plan,
    PortResult,
    Step,
    Violation,
)
from meshwright.model.problem import Problem

if TYPE_CHECKING:
    from meshwright.app.incident_pages import IncidentLine, IncidentPage

Shape = dict[str, object]


def problem_shape(problem: Problem) -> Shape:
    """Return one finding of `mesh check`."""
    return {
        "code": problem.code,
        "severity": problem.severity,
        "message": problem.message,
        "file": problem.place.file,
        "line": problem.place.line or None,
        "key": problem.key,
        "hint": problem.hint,
    }


def levels_shape(enforced: int, others: Sequence[tuple[str, str, str]]) -> Shape:
    """Return which service levels something enforces."""
    names = ("port", "name", "reason")
    return {
        "enforced": enforced,
        "not_enforced": [dict(zip(names, level, strict=True)) for level in others],
    }


def problems_shape(problems: Sequence[Problem]) -> Shape:
    """Return what `mesh check` found."""
    errors = sum(problem.is_error for problem in problems)
    return {
        "errors": errors,
        "warnings": sum(problem.severity == "warning" for problem in problems),
        "advice": sum(problem.severity == "advice" for problem in problems),
        "problems": [problem_shape(problem) for problem in problems],
    }


def plan_shape(plan: Plan) -> Shape:
    """Return what a run would do."""
    return {
        "as_of": plan.as_of or None,
        "against": plan.against or None,
        "steps": [step_shape(step) for step in plan.steps],
        "problems": [problem_shape(problem) for problem in plan.problems],
    }


def step_shape(step: Step) -> Shape:
    """Return what a run would do with one product."""
    return {
        "product": str(step.product),
        "action": step.action,
        "served": step.served,
        "reasons": list(step.reasons),
        "contract_changes": [change_shape(change) for change in step.changes],
        "refusals": [_placed(asdict(refusal)) for refusal in step.refusals],
        "notices": [problem_shape(problem) for problem in step.notices],
        "problems": [problem_shape(problem) for problem in step.problems],
        "violations": [violation_shape(violation) for violation in step.violations],
    }


def violation_shape(violation: Violation) -> Shape:
    """Return one violation of a governance rule."""
    return {
        "rule": violation.rule,
        "severity": violation.severity,
        "address": violation.address,
        "message": violation.message,
        "remedy": violation.remedy,
        "exempted_until": violation.exempted or None,
        "file": violation.place.file or None,
        "line": violation.place.line or None,
    }


def change_shape(change: ContractChange) -> Shape:
    """Return how a contract differs from the one last published."""
    shape = _placed(asdict(change))
    return {**shape, "details": [_placed(asdict(item)) for item in change.details]}


def _placed(shape: Shape) -> Shape:
    """Write a place as `file` and `line`, as every shape does."""
    place = shape.pop("place")
    assert isinstance(place, dict)
    return {**shape, "file": place["file"] or None, "line": place["line"] or None}


def builds_shape(results: Sequence[BuildResult]) -> Shape:
    """Return how a run ended."""
    return {"builds": [build_shape(result) for result in results]}


def build_shape(result: BuildResult) -> Shape:
    """Return how one product's build ended."""
    return {
        "product": str(result.product),
        "status": result.status,
        "version": result.version,
        "served": result.served,
        "build": result.build or None,
        "as_of": result.as_of or None,
        "seconds": round(result.seconds, 3),
        "reasons": list(result.reasons),
        "ports": {name: port_shape(port) for name, port in result.ports.items()},
        "failed_checks": [failed_shape(check) for check in result.failed_checks],
        "waiver": result.waiver or None,
        "error": {
            "code": result.error_code,
            "kind": result.error_kind,
            "message": result.error,
            "hint": result.hint,
        }
        if result.error
        else None,
    }


def port_shape(port: PortResult) -> Shape:
    """Return what a build made of one port."""
    return {
        "status": port.status,
        "rows": port.rows,
        "quarantined": port.quarantined,
        "checks": port.checks,
        "warnings": list(port.warnings),
        "not_enforced": list(port.not_enforced),
    }


def failed_shape(check: FailedCheck) -> Shape:
    """Return one check that kept a build from being published."""
    return {
        "port": check.port,
        "check": check.check,
        "status": check.status,
        "severity": check.severity,
        "expectation": check.expectation,
        "failed_rows": check.failed_rows,
        "total_rows": check.total_rows,
        "value": check.value,
        "reason": check.reason or None,
        "examples": example_shape(check.example) if check.example else [],
    }


def example_shape(example: Example) -> list[Shape]:
    """Return example rows as mappings."""
    return [dict(zip(example.columns, row, strict=True)) for row in example.rows]


def incident_shape(line: "IncidentLine") -> Shape:
    """Return one incident in a list."""
    return {**asdict(line), "resolved": line.resolved or None, "impact": list(line.impact)}


def incident_page_shape(page: "IncidentPage") -> Shape:
    """Return one incident with all that belongs to it."""
    return {
        **incident_shape(page.line),
        "signals": list(page.signals),
        "hints": list(page.hints),
        "timeline": [asdict(event) for event in page.timeline],
        "impact_tree": [asdict(node) for node in page.tree],
        "people": {"owners": list(page.owners), "readers": list(page.readers)},
    }
