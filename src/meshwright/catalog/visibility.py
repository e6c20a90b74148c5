"""Which products a visibility policy hides from somebody."""

from collections.abc import Collection, Iterable, Iterator
from fnmatch import fnmatchcase

from meshwright.model.access import Subjects, VisibilityPolicy
from meshwright.model.classification import plain_word
from meshwright.spi.policy_engine import Subject

Described = tuple[
    str, Collection[str] | None
]  # a product's address; its tags, where they can be read


def hidden_by(
    policies: Iterable[VisibilityPolicy], subject: Subject, products: Collection[Described]
) -> set[str]:
    """Return the products that some policy hides from somebody; whose tags cannot be read may have any."""
    found: set[str] = set()
    for policy in policies:
        if is_about(policy.subjects, subject) and not (
            policy.unless is not None and is_about(policy.unless, subject)
        ):
            found.update(_meant(policy, products))
    return found


def is_about(said: Subjects, subject: Subject) -> bool:
    """Say whether all that is said of subjects holds for somebody; words are alternatives to each other."""
    kind = subject.principal.partition(":")[0]
    return (
        (not said.principals or any(_named(one, subject.principal) for one in said.principals))
        and (not said.kinds or kind in said.kinds)
        and (not said.teams or not subject.teams.isdisjoint(said.teams))
        and (not said.roles or not subject.roles.isdisjoint(said.roles))
        and (not said.domains or not subject.domains.isdisjoint(said.domains))
        and all(subject.attributes.get(key) in values for key, values in said.attributes.items())
    )


def _meant(policy: VisibilityPolicy, products: Collection[Described]) -> Iterator[str]:
    patterns = [address.split(".") for address in policy.objects.addresses]
    wanted = frozenset(policy.objects.tags)
    for address, tags in products:
        domain, _, product = address.partition(".")
        if policy.domain and domain != policy.domain:
            continue
        if patterns and not any(a in ("*", domain) and b in ("*", product) for a, b in patterns):
            continue
        if wanted and tags is not None and wanted.isdisjoint(map(plain_word, tags)):
            continue
        yield address


def _named(pattern: str, name: str) -> bool:
    if "*" not in pattern:
        return pattern == name
    literal = "".join(f"[{letter}]" if letter in "?[" else letter for letter in pattern)
    return fnmatchcase(name, literal)
