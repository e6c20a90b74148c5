"""What people ask about rules: which there are, what one says, what is broken at an address."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from meshwright.app.policy.files import load_book, today_of
from meshwright.app.policy.judging import judge
from meshwright.app.wiring import Wiring
from meshwright.errors import UsageError, did_you_mean
from meshwright.govern.rules.book import RuleBook
from meshwright.govern.rules.rule import Rule
from meshwright.model.plan import Violation
from meshwright.model.problem import Problem


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule in a list. `raised`: in which domains it is more severe."""

    rule: Rule
    violations: tuple[Violation, ...]
    raised: tuple[tuple[str, str], ...] = ()

    @property
    def standing(self) -> tuple[Violation, ...]:
        """Return the violations that no exemption covers."""
        return tuple(violation for violation in self.violations if not violation.exempted)


@dataclass(frozen=True, slots=True)
class RuleList:
    """All rules, and what is wrong with them."""

    lines: tuple[RuleLine, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class AddressPage:
    """What rules find at an address and below it, each with its rule."""

    address: str
    found: tuple[tuple[Violation, Rule], ...]


def list_rules(wiring: Wiring) -> RuleList:
    """Return every rule with what it finds now."""
    wiring.look_again()
    book = load_book(wiring)
    outcome = judge(wiring, book, today_of(wiring))
    found: dict[str, list[Violation]] = defaultdict(list)
    for violation in outcome.violations:
        found[violation.rule].append(violation)
    lines = tuple(_line(book, rule, tuple(found[rule.key])) for rule in book.rules)
    return RuleList(lines, (*book.problems, *outcome.problems))


def explain(wiring: Wiring, about: str) -> RuleLine | AddressPage:
    """Return a rule's page, or an address's; raise `UsageError` (`rule-unknown`) for what is neither."""
    listed = list_rules(wiring)
    by_key = {line.rule.key: line for line in listed.lines}
    if about in by_key:
        return by_key[about]
    if about.partition(".")[0] in wiring.workspace.domains and "/" not in about:
        found = tuple(
            (violation, line.rule)
            for line in listed.lines
            for violation in line.violations
            if violation.address == about or violation.address.startswith(f"{about}.")
        )
        return AddressPage(about, found)
    raise _unknown(about, by_key)


def show(wiring: Wiring, name: str) -> tuple[Rule, str]:
    """Return a rule and the text of its file."""
    book = load_book(wiring)
    rule = book.find(name)
    if rule is None:
        raise _unknown(name, {rule.key for rule in book.rules})
    return rule, Path(wiring.root / rule.file).read_text("utf-8-sig")


def _unknown(name: str, known: object) -> UsageError:
    names = [str(one) for one in known] if isinstance(known, dict | set) else []
    hint = did_you_mean(name, names) if names else "`mesh policy add` writes the starter rules"
    return UsageError("rule-unknown", f"there is no rule or domain `{name}`", hint=hint)


def _line(book: RuleBook, rule: Rule, violations: tuple[Violation, ...]) -> RuleLine:
    raised = tuple((d, s) for (d, name), s in book.raised.items() if name == rule.key)
    return RuleLine(rule, violations, raised)
