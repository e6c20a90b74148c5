"""The access policies that hold in a domain, made ready once for as long as their files say the same."""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from meshwright.access.rules import NO_RULES, Rules
from meshwright.app.wiring import Wiring
from meshwright.errors import DescriptorError
from meshwright.model.problem import Problem


@dataclass(frozen=True, slots=True)
class DomainRules:
    """Rules of the federation and a domain. `broken` says what is wrong with a file: then nothing is decided
    by the others either. `mark` changes with the files.
    """

    rules: Rules = NO_RULES
    broken: str = ""
    mark: tuple[str, str] = ("", "")


_KNOWN: "WeakKeyDictionary[Wiring, dict[str, DomainRules]]" = WeakKeyDictionary()


def rules_of(wiring: Wiring, domain: str) -> DomainRules:
    """Return the policies that are about a domain's data: the federation's, and its own."""
    workspace = wiring.workspace
    federation, own = workspace.access(), workspace.access(domain) if domain else None
    mark = (federation.mark, own.mark if own else "")
    kept = _KNOWN.setdefault(wiring.origin, {})
    known = kept.get(domain)
    if known is not None and known.mark == mark:
        return known
    broken = federation.error or (own.error if own else None)
    policies = (*federation.policies, *(own.policies if own else ()))
    if broken is not None:
        found = DomainRules(NO_RULES, _said(broken), mark)
    elif not policies:
        found = DomainRules(NO_RULES, "", mark)
    else:
        try:
            found = DomainRules(
                Rules.of(policies, wiring.policy_engine.compile(policies)), "", mark
            )
        except DescriptorError as error:
            found = DomainRules(NO_RULES, f"{error.place}: {error.message}", mark)
    kept[domain] = found
    return found


def rules_without(wiring: Wiring, domain: str, policy: str) -> DomainRules:
    """Return the policies that would hold in a domain without one of them, by name."""
    ruled = rules_of(wiring, domain)
    left = tuple(one for name, one in ruled.rules.policies.items() if name != policy)
    return DomainRules(Rules.of(left, wiring.policy_engine.compile(left)), ruled.broken, ruled.mark)


def _said(problem: Problem) -> str:
    return f"{problem.place}: {problem.message}"
