"""The policy engine on Cedar: validated and parsed once, then asked in batches.

Cedar tells which policies held by their positions, so the order in which they were written is kept. A policy
that cannot be evaluated is left out by Cedar, which could let something pass that it forbids: any error is an
`InternalError` here.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache

import cedarpy

from meshwright.adapters.cedar.text import SCHEMA, policy_text
from meshwright.errors import DescriptorError, InternalError
from meshwright.model.access import AccessPolicy
from meshwright.model.classification import rank
from meshwright.spi.policy_engine import Question, Subject

_POSITION = "policy"  # Cedar's name of the first policy of a text is `policy0`


class CedarPolicyEngine:
    """What `spi.policy_engine.PolicyEngine` says, by Cedar."""

    def compile(self, policies: Sequence[AccessPolicy]) -> "CedarPolicySet":
        """Validate and parse policies, those of each effect together."""
        by_effect: dict[str, list[AccessPolicy]] = defaultdict(list)
        for policy in policies:
            by_effect[policy.effect].append(policy)
        return CedarPolicySet({effect: _parsed(found) for effect, found in by_effect.items()})


class CedarPolicySet:
    """Policies by effect: a question is put to those of its effect alone."""

    def __init__(self, parsed: "Mapping[str, tuple[cedarpy.PolicySet, tuple[str, ...]]]") -> None:
        self._parsed = parsed

    def matching(
        self, subject: Subject, questions: Sequence[Question], purpose: str
    ) -> tuple[tuple[str, ...], ...]:
        """Ask Cedar of all questions of an effect at once."""
        by_effect: dict[str, list[int]] = defaultdict(list)
        for number, question in enumerate(questions):
            if question.effect in self._parsed:
                by_effect[question.effect].append(number)
        found: list[tuple[str, ...]] = [()] * len(questions)
        objects = {_object(questions[n]): n for of in by_effect.values() for n in of}
        entities = _entities(subject, [(n, questions[n]) for n in objects.values()])
        context = json.dumps({"purpose": purpose})
        for effect, numbers in by_effect.items():
            requests = [
                _request(subject, effect, objects[_object(questions[number])], context)
                for number in numbers
            ]
            for number, names in zip(numbers, self._ask(effect, requests, entities), strict=True):
                found[number] = names
        return tuple(found)

    def _ask(
        self, effect: str, requests: list[dict[str, object]], entities: cedarpy.Entities
    ) -> list[tuple[str, ...]]:
        parsed, names = self._parsed[effect]
        try:
            results = cedarpy.is_authorized_batch(requests, parsed, entities)
        except (ValueError, TypeError) as error:
            raise _unevaluated(str(error)) from error
        return [_names(result, names) for result in results]


def _names(result: cedarpy.AuthzResult, names: tuple[str, ...]) -> tuple[str, ...]:
    diagnostics = result.diagnostics
    if diagnostics.errors or result.decision is cedarpy.Decision.NoDecision:
        raise _unevaluated("; ".join(map(str, diagnostics.errors)))
    positions = (int(reason.removeprefix(_POSITION)) for reason in diagnostics.reasons)
    return tuple(sorted(names[position] for position in positions))


def _unevaluated(why: str) -> InternalError:
    said = " ".join(why.split())
    return InternalError(
        "policies-not-evaluated",
        f"access policies could not be evaluated: {said}",
        hint="mesh check",
    )


def _parsed(policies: Sequence[AccessPolicy]) -> "tuple[cedarpy.PolicySet, tuple[str, ...]]":
    texts = [policy_text(policy) for policy in policies]
    text = "".join(texts)
    try:
        parsed = cedarpy.PolicySet.from_str(text)
    except ValueError as error:
        at_fault = next(
            (p for p, one in zip(policies, texts, strict=True) if not _reads(one)), None
        )
        raise _refused(at_fault or policies[0], str(error)) from error
    judged = cedarpy.validate_policies(text, _schema())
    for found in judged.errors:
        position = found.policy_id.removeprefix(_POSITION)
        at_fault = policies[int(position)] if position.isdigit() else policies[0]
        raise _refused(at_fault, found.error)
    if not judged.validation_passed:
        raise _refused(policies[0], "it is not valid")
    return parsed, tuple(policy.name for policy in policies)


def _reads(text: str) -> bool:
    try:
        cedarpy.PolicySet.from_str(text)
    except ValueError:
        return False
    return True


def _refused(policy: AccessPolicy, why: str) -> DescriptorError:
    said = " ".join(why.split())
    place = f"{policy.file}:{policy.line}" if policy.file else ""
    text = f"the access policy `{policy.name}` cannot be evaluated: {said}"
    return DescriptorError("policy-invalid", text, hint="mesh check", place=place)


@cache
def _schema() -> cedarpy.Schema:
    return cedarpy.Schema.from_str(SCHEMA)


def _request(subject: Subject, effect: str, number: int, context: str) -> dict[str, object]:
    return {
        "principal": {"type": "Principal", "id": subject.principal},
        "action": {"type": "Action", "id": effect},
        "resource": {"type": "Data", "id": str(number)},
        "context": context,
    }


def _object(question: Question) -> tuple[str, frozenset[str], str]:
    return question.object, question.tags, question.level


def _entities(subject: Subject, asked: Sequence[tuple[int, Question]]) -> cedarpy.Entities:
    """Return who asks and each object that is asked about, once."""
    listed = [_principal(subject), *(_data(number, question) for number, question in asked)]
    try:
        return cedarpy.Entities.from_json_str(json.dumps(listed))
    except ValueError as error:
        raise _unevaluated(str(error)) from error


def _principal(subject: Subject) -> dict[str, object]:
    return {
        "uid": {"type": "Principal", "id": subject.principal},
        "attrs": {
            "name": subject.principal,
            "kind": subject.principal.partition(":")[0],
            "teams": sorted(subject.teams),
            "roles": sorted(subject.roles),
            "domains": sorted(subject.domains),
        },
        "tags": dict(subject.attributes),
        "parents": [],
    }


def _data(number: int, question: Question) -> dict[str, object]:
    domain, product, port, column = [*question.object.split(".", 3), ""][:4]
    return {
        "uid": {"type": "Data", "id": str(number)},
        "attrs": {
            "domain": domain,
            "product": product,
            "port": port,
            "column": column.lower(),
            "tags": sorted(question.tags),
            "rank": rank(question.level),
        },
        "parents": [],
    }
