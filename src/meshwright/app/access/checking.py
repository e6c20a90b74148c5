"""Access policies at `mesh check`: whether they can be evaluated, and whether what they name is there.

A name that nothing has is a warning: a policy about it says nothing, which is rarely what was meant.
"""

from collections.abc import Iterator, Mapping

from meshwright.app.access.policies import rules_of
from meshwright.app.access.testing import test_documents
from meshwright.app.wiring import Wiring
from meshwright.documents.cards import Card
from meshwright.errors import did_you_mean
from meshwright.model.access import AccessPolicy
from meshwright.model.problem import Place, Problem

WARNING = "warning"
Cards = Mapping[str, Mapping[str, Card]]  # by domain and product


def access_problems(wiring: Wiring) -> Iterator[Problem]:
    """Yield what is wrong with access policies and their tests, beyond what each file says by itself."""
    seen: set[str] = set()
    cards: dict[str, dict[str, Card]] = {name: {} for name in wiring.workspace.domains}
    for address, card in wiring.workspace.cards.items():
        cards.setdefault(address.domain, {})[str(address)] = card
    for domain in ("", *sorted(wiring.workspace.domains)):
        ruled = rules_of(wiring, domain)
        if ruled.broken and not _is_told(wiring, domain):
            yield Problem(
                "policy-invalid", ruled.broken, Place("policies/access.yaml"), "mesh check"
            )
        for name, policy in ruled.rules.policies.items():
            if name not in seen:
                seen.add(name)
                yield from _names(cards, policy)
    for document in test_documents(wiring):
        yield from document.problems


def _is_told(wiring: Wiring, domain: str) -> bool:
    workspace = wiring.workspace
    return workspace.access().error is not None or workspace.access(domain).error is not None


def _names(domains: Cards, policy: AccessPolicy) -> Iterator[Problem]:
    for said in (policy.subjects, policy.unless):
        for name in said.domains if said else ():
            if name not in domains:
                text = f"policy `{policy.name}` is about the domain `{name}`, and there is none"
                yield _warning("policy-domain-unknown", text, policy, did_you_mean(name, domains))
    for address in policy.objects.addresses:
        parts = address.split(".")
        known = _near(domains, parts)
        if known is not None:
            text = f"policy `{policy.name}` is about `{address}`, and there is nothing of that name"
            hint = did_you_mean(".".join(parts[:3]), known)
            yield _warning("policy-address-unknown", text, policy, hint)


def _near(domains: Cards, parts: list[str]) -> list[str] | None:
    """Return what there is, where a pattern names no port at all; None where it names one."""
    domain, product, port = parts[:3]
    if "*" in (domain, product):
        return None if domain == "*" or domain in domains else sorted(domains)
    address = f"{domain}.{product}"
    cards = domains.get(domain, {})
    card = cards.get(address)
    if card is None:
        return [f"{known}.*" for known in cards] or sorted(domains)
    names = [output.name for output in card.outputs]
    if port == "*" or port in names or card.is_broken:
        return None
    return [f"{address}.{name}" for name in names]


def _warning(code: str, text: str, policy: AccessPolicy, hint: str) -> Problem:
    return Problem(code, text, Place(policy.file, policy.line), hint, severity=WARNING)
