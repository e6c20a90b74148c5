"""The access policies that hold in a domain, made ready once for as long as their files say the same."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from weakref import WeakKeyDictionary

from meshwright.access.rules import NO_RULES, Rules
from meshwright.app.wiring import Wiring
from meshwright.errors import DescriptorError
from meshwright.model.access import AccessPolicy
from meshwright.model.problem import Problem


@dataclass(frozen=True, slots=True)
class DomainRules:
    """Rules of the federation and a domain. `broken` says what is wrong with a file: then nothing is decided
    by the others either. `mark` changes with the files.
    """

    rules: Rules = NO_RULES
    broken: str = ""
    mark: tuple[str, str] = ("", "")
    former_names: Mapping[str, str] = field(default_factory=dict)


_KNOWN: "WeakKeyDictionary[Wiring, dict[str, DomainRules]]" = WeakKeyDictionary()


def rules_of(wiring: Wiring, domain: str) -> DomainRules:
    """Return the policies that are about a domain's data: the federation's, and its own."""
    workspace = wiring.workspace
    federation, own = workspace.access(), workspace.access(domain) if domain else None
    mark = (federation.mark, own.mark if own else "")
    kept = _KNOWN.setdefault(wiring.origin, {})
    policies = (*federation.policies, *(own.policies if own else ()))
    names = workspace.former_names if policies else {}
    known = kept.get(domain)
    if known is not None and known.mark == mark and known.former_names == names:
        return known
    broken = federation.error or (own.error if own else None)
    policies = tuple(_as_now(policy, names) for policy in policies)
    if broken is not None:
        found = DomainRules(NO_RULES, _said(broken), mark, names)
    elif not policies:
        found = DomainRules(NO_RULES, "", mark, names)
    else:
        try:
            found = DomainRules(
                Rules.of(policies, wiring.policy_engine.compile(policies)), "", mark, names
            )
        except DescriptorError as error:
            found = DomainRules(NO_RULES, f"{error.place}: {error.message}", mark, names)
    kept[domain] = found
    return found


def rules_without(wiring: Wiring, domain: str, policy: str) -> DomainRules:
    """Return the policies that would hold in a domain without one of them, by name."""
    ruled = rules_of(wiring, domain)
    left = tuple(one for name, one in ruled.rules.policies.items() if name != policy)
    return DomainRules(Rules.of(left, wiring.policy_engine.compile(left)), ruled.broken, ruled.mark)


def _as_now(policy: AccessPolicy, former_names: Mapping[str, str]) -> AccessPolicy:
    """Return a policy that is also about what its addresses are called now: a rename lifts nothing."""
    more = []
    for address in policy.objects.addresses:
        domain, product, rest = address.split(".", 2)
        present = former_names.get(f"{domain}.{product}")
        if present is not None:
            more.append(f"{present}.{rest}")
    if not more:
        return policy
    addresses = (*policy.objects.addresses, *more)
    return replace(policy, objects=replace(policy.objects, addresses=addresses))


def _said(problem: Problem) -> str:
    return f"{problem.place}: {problem.message}"
