"""The JSON shape of rules, violations and the tests of rules."""

from collections.abc import Sequence

from meshwright.app.policy.desk import AddressPage, RuleLine, RuleList
from meshwright.app.policy.testing import TestResult
from meshwright.app.shapes import Shape, problem_shape, violation_shape
from meshwright.govern.rules.rule import Rule


def rule_shape(rule: Rule) -> Shape:
    """Return what a rule's header says."""
    return {
        "rule": rule.key,
        "title": rule.title,
        "severity": rule.severity,
        "scope": rule.scope,
        "origin": rule.domain or "federation",
        "file": rule.file,
        "owner": rule.owner,
        "rationale": rule.rationale,
        "remedy": rule.remedy,
        "exemptions": [
            {
                "pattern": one.pattern,
                "until": one.until.isoformat(),
                "approver": one.approver,
                "reason": one.reason,
            }
            for one in rule.exemptions
        ],
    }


def line_shape(line: RuleLine) -> Shape:
    """Return a rule with what it finds."""
    found = [violation_shape(violation) for violation in line.violations]
    return {**rule_shape(line.rule), **_raised(line), "violations": found}


def _raised(line: RuleLine) -> Shape:
    return {"raised": [{"domain": domain, "severity": word} for domain, word in line.raised]}


def list_shape(listed: RuleList) -> Shape:
    """Return all rules; how many violations, not which."""
    return {
        "rules": [
            {
                **rule_shape(line.rule),
                **_raised(line),
                "violations": len(line.standing),
                "exempted": len(line.violations) - len(line.standing),
            }
            for line in listed.lines
        ],
        "problems": [problem_shape(problem) for problem in listed.problems],
    }


def page_shape(page: RuleLine | AddressPage) -> Shape:
    """Return a rule's page or an address's."""
    if isinstance(page, RuleLine):
        return line_shape(page)
    return {
        "address": page.address,
        "violations": [
            {**violation_shape(v), "rationale": rule.rationale, "owner": rule.owner}
            for v, rule in page.found
        ],
    }


def tests_shape(results: Sequence[TestResult], untested: Sequence[str]) -> Shape:
    """Return how the tests of rules ended."""
    return {
        "passed": sum(result.has_passed for result in results),
        "failed": sum(not result.has_passed for result in results),
        "untested": list(untested),
        "tests": [
            {
                "rule": result.rule,
                "test": result.test,
                "file": result.file,
                "line": result.line,
                "passed": result.has_passed,
                "expected": [{"address": e.address, "message": e.message} for e in result.expected],
                "got": [{"address": a, "message": m} for a, m in result.got],
                "error": result.error or None,
            }
            for result in results
        ],
    }
