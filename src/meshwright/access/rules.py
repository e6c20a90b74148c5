"""Policies made ready for one domain, and what they say of one port: asked together, few questions."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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


Pattern = tuple[str, ...]  # of the address of a column, in parts
Group = tuple[ColumnMarks, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """The policies of the federation and of one domain, by name, and what evaluates them."""

    policies: Mapping[str, AccessPolicy] = field(default_factory=dict)
    engine: PolicySet | None = None
    effects: frozenset[str] = frozenset()
    by_column: frozenset[str] = frozenset()  # effects that may differ from column to column
    named: Mapping[str, tuple[Pattern, ...]] = field(default_factory=dict)  # of columns, by effect

    @classmethod
    def of(cls, policies: Iterable[AccessPolicy], engine: PolicySet | None) -> "Rules":
        """Return rules over policies that an engine made ready."""
        listed = {policy.name: policy for policy in policies}
        named: dict[str, set[Pattern]] = {}
        for policy in listed.values():
            for address in policy.objects.addresses:
                *port, column = [*address.split("."), ""][:4]
                if column:
                    named.setdefault(policy.effect, set()).add((*port, column.lower()))
        effects = frozenset(policy.effect for policy in listed.values())
        by_column = frozenset(p.effect for p in listed.values() if _tells_columns_apart(p))
        patterns = {effect: tuple(sorted(found)) for effect, found in named.items()}
        return cls(listed, engine, effects, by_column, patterns)


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
    alike = _alike(marks) if by_column else ()
    for effect in by_column:
        here = _here(marks, rules.named.get(effect, ()))
        for group in _told_apart(alike, here, is_port_asked=effect in OF_PORT):
            asked.append((effect, tuple(column.name for column in group)))
            questions.append(_question(effect, marks, group[0]))
    answers = rules.engine.matching(subject, questions, plain_purpose(purpose))
    return _sorted(rules, asked, answers)


def grouped(
    marks: PortMarks, named: Iterable[Pattern], *, is_port_asked: bool = False
) -> tuple[Group, ...]:
    """Return the columns that policies cannot tell apart: of the same tags and level, named alike.

    Where the port is asked about too, columns that cannot be told from it are left out.
    """
    return tuple(_told_apart(_alike(marks), _here(marks, named), is_port_asked=is_port_asked))


def _alike(marks: PortMarks) -> tuple[tuple[Group, bool], ...]:
    """Return the columns of the same tags and level, and whether the port has them too."""
    found: dict[tuple[frozenset[str], str], list[ColumnMarks]] = {}
    for column in marks.columns:
        found.setdefault((column.tags, column.level), []).append(column)
    return tuple(
        (tuple(group), tags <= marks.tags and rank(level) <= rank(marks.level))
        for (tags, level), group in found.items()
    )


def _here(marks: PortMarks, named: Iterable[Pattern]) -> frozenset[str]:
    """Return the names of columns that policies have for a port, `*` for any."""
    port = (marks.address.domain, marks.address.product, marks.address.port)
    return frozenset(
        pattern[3]
        for pattern in named
        if all(want in ("*", part) for want, part in zip(pattern[:3], port, strict=True))
    )


def _told_apart(
    alike: Iterable[tuple[Group, bool]], here: frozenset[str], *, is_port_asked: bool
) -> Iterator[Group]:
    names = here - {"*"}
    for group, is_as_port in alike:
        own = [column for column in group if names and column.name.lower() in names]
        yield from ((column,) for column in own)
        rest = tuple(column for column in group if column not in own) if own else group
        if rest and not (is_port_asked and is_as_port and "*" not in here):
            yield rest


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
