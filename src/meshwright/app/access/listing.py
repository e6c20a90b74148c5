"""The access policies that there are: the federation's, each domain's, and what is wrong with their files."""

from dataclasses import dataclass

from meshwright.access.wording import in_words
from meshwright.app.wiring import Wiring
from meshwright.model.access import AccessPolicy


@dataclass(frozen=True, slots=True)
class PolicyLine:
    """One policy; `words` say it to people who do not read its file."""

    policy: AccessPolicy
    words: str


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """The policies of the federation (`domain` '') or of a domain. `broken`: nobody is let in meanwhile."""

    domain: str
    lines: tuple[PolicyLine, ...]
    broken: str = ""


def list_policies(wiring: Wiring) -> tuple[PolicyFile, ...]:
    """Return what each file says, the federation's first; of domains, those that say something."""
    found = (_file(wiring, domain) for domain in ("", *sorted(wiring.workspace.domains)))
    return tuple(one for one in found if one.lines or one.broken or not one.domain)


def _file(wiring: Wiring, domain: str) -> PolicyFile:
    said = wiring.workspace.access(domain)
    lines = tuple(PolicyLine(policy, in_words(policy)) for policy in said.policies)
    return PolicyFile(domain, lines, said.error.message if said.error else "")
