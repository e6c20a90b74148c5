"""Policies made ready for one domain, and what they say of one port: asked together, few questions."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from meshwright.access.marks import ColumnMarks, PortMarks
from meshwright.model.access import (
    AGGREGATE,
    ALLOW,
    CEILING,
    DENY,
    FILTER,
    MASK,
    PURPOSE,
    AccessPolicy,
    plain_purpose,
)
from meshwright.model.classification import rank
from meshwright.spi.policy_engine import PolicySet, Question, Subject

# `allow` widens: it must be about the port itself. What narrows holds also where one column calls for it.
OF_PORT = (DENY, ALLOW, CEILING, PURPOSE, AGGREGATE, FILTER)
OF_COLUMNS = (DENY, MASK, CEILING, PURPOSE, AGGREGATE, FILTER)


@dataclass(frozen=True, slots=True)
class Rules:
    """The policies of the federation and of one domain, by name, and what evaluates them."""

    policies: Mapping[str, AccessPolicy] = field(default_factory=dict)
    engine: PolicySet | None = None
    effects: frozenset[str] = frozenset()
    by_column: frozenset[str] = frozenset()  # effects that may differ from column to column
    columns: tuple[tuple[str, ...], ...] = ()  # addresses of columns in policies, in parts

    @classmethod
    def of(cls, policies: Iterable[AccessPolicy], engine: PolicySet | None) -> "Rules":
        """Return rules over policies that an engine made ready."""
        listed = {policy.name: policy for policy in policies}
        named = {
            (*parts[:3], parts[3].lower())
            for policy in listed.values()
            for address in policy.objects.addresses
            if len(parts := address.split(".")) == 4
        }
        effects = frozenset(policy.effect for policy in listed.values())
        by_column = frozenset(p.effect for p in listed.values() if _tells_columns_apart(p))
        return cls(listed, engine, effects, by_column, tuple(sorted(named)))


def _tells_columns_apart(policy: AccessPolicy) -> bool:
    said = policy.objects
    return policy.effect == MASK or bool(
        said.tags or said.classifications or any(a.count(".") == 3 for a in said.addresses)
    )


NO_RULES = Rules()


@dataclass(frozen=True, slots=True)
class Saying:
    """What policies say: by effect those about the port (or any column of it), and those of each column."""

    port: Mapping[str, tuple[AccessPolicy, ...]]
    columns: Mapping[str, Mapping[str, tuple[AccessPolicy, ...]]]  # effect -> column -> policies

    def of(self, effect: str) -> tuple[AccessPolicy, ...]:
        """Return the policies of an effect that hold for the port as a whole."""
        return self.port.get(effect, ())

    def and_of(self, other: "Saying") -> "Saying":
        """Return what both say, of different effects."""
        return Saying({**self.port, **other.port}, {**self.columns, **other.columns})

    def of_column(self, effect: str, column: str) -> tuple[AccessPolicy, ...]:
        """Return the policies of an effect that hold for one column."""
        return self.columns.get(effect, {}).get(column, ())


def consult(
    rules: Rules,
    subject: Subject,
    marks: PortMarks,
    purpose: str,
    of_port: Collection[str] = OF_PORT,
    of_columns: Collection[str] = OF_COLUMNS,
) -> Saying:
    """Ask policies of some effects about a port and its columns, for somebody.

    Raises `InternalError` where they cannot be evaluated.
    """
    wanted = [effect for effect in of_port if effect in rules.effects]
    by_column = [effect for effect in of_columns if effect in rules.by_column]
    if rules.engine is None or not (wanted or by_column):
        return Saying({}, {})
    asked: list[tuple[str, tuple[str, ...]]] = [(effect, ()) for effect in wanted]
    address = str(marks.address)
    questions = [Question(effect, address, marks.tags, marks.level) for effect in wanted]
    for group in grouped(marks, rules.columns) if by_column else ():
        names = tuple(column.name for column in group)
        asked += [(effect, names) for effect in by_column]
        questions += [_question(effect, marks, group[0]) for effect in by_column]
    answers = rules.engine.matching(subject, questions, plain_purpose(purpose))
    return _sorted(rules, asked, answers)


def grouped(
    marks: PortMarks, named: Iterable[tuple[str, ...]]
) -> tuple[tuple[ColumnMarks, ...], ...]:
    """Return the columns that policies cannot tell apart: of the same tags and level, named alike."""
    port = (marks.address.domain, marks.address.product, marks.address.port)
    here = [
        pattern[3]
        for pattern in named
        if all(want in ("*", part) for want, part in zip(pattern[:3], port, strict=True))
    ]
    found: dict[tuple[object, ...], list[ColumnMarks]] = {}
    for column in marks.columns:
        name = column.name.lower()
        key = (column.tags, column.level, name if name in here else "")
        found.setdefault(key, []).append(column)
    return tuple(tuple(group) for group in found.values())


def _question(effect: str, marks: PortMarks, column: ColumnMarks) -> Question:
    """Ask of a column: what stands on its port stands on it too."""
    level = max(column.level, marks.level, key=rank)
    return Question(effect, f"{marks.address}.{column.name}", column.tags | marks.tags, level)


def _sorted(
    rules: Rules, asked: Sequence[tuple[str, tuple[str, ...]]], answers: Sequence[tuple[str, ...]]
) -> Saying:
    port: dict[str, dict[str, AccessPolicy]] = {}
    columns: dict[str, dict[str, tuple[AccessPolicy, ...]]] = {}
    for (effect, names), answer in zip(asked, answers, strict=True):
        policies = {name: rules.policies[name] for name in answer}
        for name in names:
            if policies:
                columns.setdefault(effect, {})[name] = tuple(policies.values())
        if not names or effect not in (DENY, MASK):
            port.setdefault(effect, {}).update(policies)
    return Saying(
        {effect: tuple(found[name] for name in sorted(found)) for effect, found in port.items()},
        columns,
    )
