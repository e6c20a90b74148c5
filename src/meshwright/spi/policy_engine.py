"""A policy engine decides by policies: which of them are about somebody, something and a purpose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from meshwright.model.access import AccessPolicy


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that is asked: do policies of `effect` say something of this object to this principal?

    `object` is `domain.product.port` or `….column`; `level` its classification (`public` … `restricted`, '').
    """

    effect: str
    object: str
    tags: frozenset[str] = frozenset()
    level: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """Who asks, as policies see it: `domains` are those it belongs to."""

    principal: str
    teams: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    attributes: Mapping[str, str] = field(default_factory=dict)


class PolicySet(Protocol):
    """Policies made ready: those of the federation and of one domain."""

    def matching(
        self, subject: Subject, questions: Sequence[Question], purpose: str
    ) -> tuple[tuple[str, ...], ...]:
        """Return for each question the names of the policies that hold, sorted.

        Raises `InternalError` where policies cannot be evaluated: nobody then sees anything.
        """


class PolicyEngine(Protocol):
    """Makes policies ready."""

    def compile(self, policies: Sequence[AccessPolicy]) -> PolicySet:
        """Validate and compile; raise `DescriptorError` that names the policy at fault."""
