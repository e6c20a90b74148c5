"""Rules at `mesh check`: what is wrong with the rules, and what they find, as problems with their places."""

from collections.abc import Iterator

from meshwright.app.policy.files import has_rules, load_book, relative
from meshwright.app.policy.gate import book_problems
from meshwright.app.wiring import Wiring
from meshwright.model.plan import Violation
from meshwright.model.problem import Place, Problem

_SEVERITIES = {"block": "error", "warn": "warning", "advise": "advice"}


def rule_problems(wiring: Wiring) -> Iterator[Problem]:
    """Yield what rules have to say of the mesh; nothing where there are none."""
    if not has_rules(wiring):
        return
    book = load_book(wiring)
    problems, violations = book_problems(wiring, book)
    yield from problems
    for violation in violations:
        if not violation.exempted:
            yield _problem(wiring, violation)


def _problem(wiring: Wiring, violation: Violation) -> Problem:
    place = violation.place if violation.place.file else _place(wiring, violation.address)
    about = f"{violation.address}: " if violation.address else ""
    hint = violation.remedy or f"mesh policy explain {violation.rule}"
    return Problem(
        "rule-violated",
        f"{about}{violation.message} (rule {violation.rule})",
        place,
        hint,
        severity=_SEVERITIES[violation.severity],
    )


def _place(wiring: Wiring, address: str) -> Place:
    """Return the file that describes what a violation is about, where the rule names none."""
    domain, _, rest = address.partition(".")
    known = wiring.workspace.domains.get(domain)
    if known is None:
        return Place("mesh.yaml")
    product = f"{domain}.{rest.partition('.')[0]}"
    if rest and product in wiring.workspace.product_marks(domain):
        return Place(f"{wiring.workspace.folder(product)}/product.odps.yaml")
    return Place(f"{relative(wiring, known.path)}/domain.yaml")
