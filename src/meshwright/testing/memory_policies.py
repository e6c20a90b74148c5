"""A policy engine in plain Python: what policies mean, for tests and to hold other engines against."""

import re
from collections.abc import Sequence

from meshwright.model.access import AccessPolicy, Objects, Subjects
from meshwright.model.classification import rank
from meshwright.spi.policy_engine import Question, Subject


class MemoryPolicyEngine:
    """Evaluates policies one by one."""

    def compile(self, policies: Sequence[AccessPolicy]) -> "MemoryPolicySet":
        """Keep the policies as they are."""
        return MemoryPolicySet(tuple(policies))


class MemoryPolicySet:
    """The policies of one domain and of the federation."""

    def __init__(self, policies: tuple[AccessPolicy, ...]) -> None:
        self._policies = policies

    def matching(
        self, subject: Subject, questions: Sequence[Question], purpose: str
    ) -> tuple[tuple[str, ...], ...]:
        """Try each policy on each question."""
        return tuple(
            tuple(sorted(p.name for p in self._policies if _holds(p, subject, one, purpose)))
            for one in questions
        )


def _holds(policy: AccessPolicy, subject: Subject, question: Question, purpose: str) -> bool:
    return (
        policy.effect == question.effect
        and (not policy.domain or question.object.partition(".")[0] == policy.domain)
        and (not policy.purposes or purpose in policy.purposes)
        and _is_about(policy.subjects, subject)
        and _covers(policy.objects, question)
        and not (policy.unless is not None and _is_about(policy.unless, subject))
    )


def _is_about(said: Subjects, subject: Subject) -> bool:
    kind = subject.principal.partition(":")[0]
    return (
        (not said.principals or any(_like(p, subject.principal) for p in said.principals))
        and (not said.kinds or kind in said.kinds)
        and (not said.teams or bool(subject.teams & set(said.teams)))
        and (not said.roles or bool(subject.roles & set(said.roles)))
        and (not said.domains or bool(subject.domains & set(said.domains)))
        and all(subject.attributes.get(name) in of for name, of in said.attributes.items())
    )


def _covers(said: Objects, question: Question) -> bool:
    least = min(map(rank, said.classifications), default=0)
    return (
        (not said.addresses or any(_names(p, question.object) for p in said.addresses))
        and (not said.tags or bool(question.tags & set(said.tags)))
        and rank(question.level) >= least
    )


def _names(pattern: str, address: str) -> bool:
    """Say whether a pattern names an address: one of three parts also names the columns of the port."""
    *wanted, column = [*pattern.split("."), ""][:4]
    *parts, own = [*address.split(".", 3), ""][:4]
    if column and (not own or column.lower() not in ("*", own.lower())):
        return False
    return all(want in ("*", part) for want, part in zip(wanted, parts, strict=True))


def _like(pattern: str, name: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), name, re.DOTALL) is not None
