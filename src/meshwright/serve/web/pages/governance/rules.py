"""The rules of the mesh: which hold, what breaks them where, and why each is."""

from collections import Counter, defaultdict

from starlette.responses import Response

from meshwright.app.catalog.knowing import Knowing
from meshwright.app.mesh import Mesh
from meshwright.app.policy.desk import RuleLine, RuleList, show
from meshwright.app.policy.testing import run_rule_tests
from meshwright.errors import MeshwrightError, UsageError, did_you_mean
from meshwright.govern.rules.rule import SEVERITIES
from meshwright.model.plan import Violation
from meshwright.serve.web.kept import kept
from meshwright.serve.web.page import Page
from meshwright.serve.web.visit import Visit


async def overview(visit: Visit) -> Response:
    """Show every rule with its verdict."""
    listed, knowing = await _rules(visit)
    lines = [_known(line, knowing) for line in listed.lines]
    by_verdict = Counter(_verdict(line) for line in lines)
    return visit.page(
        "governance/rules.html",
        lines=sorted(lines, key=_worst_first),
        verdict=_verdict,
        counts=by_verdict,
        standing=sum(len(line.standing) for line in lines),
        problems=listed.problems,
    )


async def violations(visit: Visit) -> Response:
    """Show what breaks rules, product by product."""
    listed, knowing = await _rules(visit)
    found: dict[str, list[tuple[Violation, RuleLine]]] = defaultdict(list)
    wanted = visit.word("severity")
    for line in listed.lines:
        for violation in _known(line, knowing).violations:
            if not wanted or violation.severity == wanted:
                product = ".".join(violation.address.split(".")[:2])
                found[product].append((violation, line))
    for of_product in found.values():
        of_product.sort(key=lambda one: (bool(one[0].exempted), SEVERITIES.index(one[0].severity)))
    return visit.page(
        "governance/violations.html",
        products=sorted(found.items()),
        severities=SEVERITIES,
        wanted=wanted,
    )


async def one(visit: Visit) -> Response:
    """Show a rule: why it is, what breaks it, its SQL and its tests."""
    name = visit.path_word("rule")
    listed, knowing = await _rules(visit)
    line = next((line for line in listed.lines if line.rule.key == name), None)
    if line is None:
        known = [line.rule.key for line in listed.lines]
        raise UsageError(
            "rule-unknown", f"there is no rule `{name}`", hint=did_you_mean(name, known)
        )
    _, text = await visit.read(lambda mesh: show(mesh.wiring, name))
    key, wiring = line.rule.key, visit.service.wiring
    wrong = ""
    try:
        results, _ = await kept(visit, f"tests of {key}", lambda: run_rule_tests(wiring, (key,)))
    except MeshwrightError as error:
        results, wrong = [], error.message
    return visit.page(
        "governance/rule.html",
        line=_known(line, knowing),
        verdict=_verdict(_known(line, knowing)),
        text=text,
        results=results,
        wrong=wrong,
    )


async def _rules(visit: Visit) -> tuple[RuleList, Knowing]:
    _, knowing = await visit.board()
    wiring = visit.service.wiring
    return await kept(visit, "rules", lambda: Mesh(wiring).rules()), knowing


def _known(line: RuleLine, knowing: Knowing) -> RuleLine:
    found = tuple(one for one in line.violations if _may_know(knowing, one.address))
    return RuleLine(line.rule, found, line.raised)


def _may_know(knowing: Knowing, address: str) -> bool:
    return "." not in address or knowing.of(".".join(address.split(".")[:2]))


def _verdict(line: RuleLine) -> str:
    if line.standing:
        return "violated"
    return "exempted" if line.violations else "passes"


def _worst_first(line: RuleLine) -> tuple[bool, int, int, str]:
    severity = SEVERITIES.index(line.rule.severity)
    return not line.standing, severity, -len(line.standing), line.rule.key


PAGES = (
    Page("/governance", overview),
    Page("/governance/violations", violations),
    Page("/governance/rules/{rule:path}", one),
)
