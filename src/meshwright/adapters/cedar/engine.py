"""The policy engine on Cedar: validated and parsed once, then asked in batches.

Cedar tells which policies held by their positions, so the order in which they were written is kept. A policy
that cannot be evaluated is left out by Cedar, which could let something pass that it forbids: any error is an
`InternalError` here.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import cedarpy

from meshwright.adapters.cedar.text import SCHEMA, policy_text
from meshwright.errors import DescriptorError, InternalError
from meshwright.model.access import AccessPolicy
from meshwright.model.classification import rank
from meshwright.spi.policy_engine import Question, Subject

Object = tuple[str, frozenset[str], str]  # address, tags, level
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
        self._last: _Asked | None = None

    def matching(
        self, subject: Subject, questions: Sequence[Question], purpose: str
    ) -> tuple[tuple[str, ...], ...]:
        """Ask Cedar of all questions of an effect at once."""
        by_effect: dict[str, list[int]] = defaultdict(list)
        for number, question in enumerate(questions):
            if question.effect in self._parsed:
                by_effect[question.effect].append(number)
        found: list[tuple[str, ...]] = [()] * len(questions)
        if not by_effect:
            return tuple(found)
        asked = [_object(questions[number]) for of in by_effect.values() for number in of]
        known = self._known(subject, dict.fromkeys(asked))
        context = json.dumps({"purpose": purpose})
        for effect, numbers in by_effect.items():
            ids = [known.ids[_object(questions[number])] for number in numbers]
            requests = [_request(subject, effect, id_, context) for id_ in ids]
            answers = self._ask(effect, requests, known.entities)
            for number, names in zip(numbers, answers, strict=True):
                found[number] = names
        return tuple(found)

    def _known(self, subject: Subject, objects: Iterable[Object]) -> "_Asked":
        """Return who asks and what about as Cedar has it: made once where the next round asks of the same."""
        last = self._last
        if last is not None and last.subject == subject and last.ids.keys() >= set(objects):
            return last
        self._last = made = _asked(subject, objects)
        return made

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
    texts = tuple(map(policy_text, policies))
    parsed, position, wrong = _judged(texts)
    if parsed is None:
        raise _refused(policies[position], wrong)
    return parsed, tuple(policy.name for policy in policies)


@lru_cache(2_048)
def _judged(texts: tuple[str, ...]) -> "tuple[cedarpy.PolicySet | None, int, str]":
    """Parse and validate policies; or return which is at fault, and why. Most domains share most effects."""
    text = "".join(texts)
    try:
        parsed = cedarpy.PolicySet.from_str(text)
    except ValueError as error:
        return None, next((n for n, one in enumerate(texts) if not _reads(one)), 0), str(error)
    judged = cedarpy.validate_policies(text, _schema())
    for found in judged.errors:
        position = found.policy_id.removeprefix(_POSITION)
        return None, int(position) if position.isdigit() else 0, found.error
    if not judged.validation_passed or len(parsed) != len(texts):
        return None, 0, "it is not valid"
    return parsed, 0, ""


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


def _object(question: Question) -> Object:
    return question.object, question.tags, question.level


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who asks, and each object that is asked about, once."""

    subject: Subject
    ids: Mapping[Object, int]
    entities: cedarpy.Entities


def _asked(subject: Subject, objects: Iterable[Object]) -> _Asked:
    ids = {found: number for number, found in enumerate(objects)}
    listed = [_principal(subject), *(_data(number, *found) for found, number in ids.items())]
    try:
        return _Asked(subject, ids, cedarpy.Entities.from_json_str(json.dumps(listed)))
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


def _data(number: int, address: str, tags: frozenset[str], level: str) -> dict[str, object]:
    domain, product, port, column = [*address.split(".", 3), ""][:4]
    return {
        "uid": {"type": "Data", "id": str(number)},
        "attrs": {
            "domain": domain,
            "product": product,
            "port": port,
            "column": column.lower(),
            "tags": sorted(tags),
            "rank": rank(level),
        },
        "parents": [],
    }
