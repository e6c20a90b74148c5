"""What must hold of every decision, whatever policies, grants and standings are thrown together."""

from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meshwright.access.deciding import decide
from meshwright.access.marks import ColumnMarks, PortMarks, marked, port_marks
from meshwright.access.rules import NO_RULES, Rules, grouped
from meshwright.access.standing import Standing
from meshwright.adapters.cedar import CedarPolicyEngine
from meshwright.model.access import (
    ALLOW,
    CEILING,
    DENY,
    EFFECTS,
    FILTER,
    MASK,
    MASKS,
    NULLED,
    AccessGrant,
    AccessPolicy,
    Conditions,
    Decision,
    Mask,
    Objects,
    Subjects,
    strictest,
)
from meshwright.model.address import Address
from meshwright.spi.policy_engine import PolicyEngine, Subject
from meshwright.testing.memory_policies import MemoryPolicyEngine

NOW, LATER = "2026-01-01T00:00:00", "2027-01-01T00:00:00"
PORT = Address("crm", "people", "people")
MARKS = port_marks(PORT, ("id", "email", "born", "points"), ())
MARKS = replace(
    MARKS,
    columns=(
        ColumnMarks("id"),
        marked("email", "confidential", ["pii"], "show-last-4"),
        marked("born", "restricted", []),
        marked("points", "internal", ["score"]),
    ),
)
COLUMNS = tuple(column.name for column in MARKS.columns)
ALL = AccessPolicy("all", "crm", ALLOW)


def some(*words: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(words), max_size=min(2, len(words)), unique=True).map(tuple)


SUBJECTS = st.builds(
    Subjects,
    principals=some("person:a", "person:*", "service:bi"),
    kinds=some("person", "service"),
    teams=some("team:x", "team:crm"),
    domains=some("crm", "web"),
)
OBJECTS = st.builds(
    Objects,
    addresses=some(
        "crm.people.people", "crm.*.*", "web.*.*", "*.*.*.email", "crm.people.people.id"
    ),
    tags=some("pii", "score"),
    classifications=some("internal", "confidential", "restricted"),
)
PLAIN_MASKS = [Mask(kind) for kind in MASKS if kind not in ("round-to", "mask-to-fixed-value")]
MASK_VALUES = st.sampled_from([*PLAIN_MASKS, Mask("round-to", 10), Mask("mask-to-fixed-value", 0)])


def policies(domain: str, effects: tuple[str, ...]) -> st.SearchStrategy[AccessPolicy]:
    return st.builds(
        AccessPolicy,
        id=st.integers(0, 10**9).map(lambda n: f"p{n}"),
        domain=st.just(domain),
        effect=st.sampled_from(effects),
        subjects=SUBJECTS,
        objects=OBJECTS,
        unless=st.none() | SUBJECTS,
        purposes=some("churn", "fraud"),
        mask=MASK_VALUES,
        filter=st.sampled_from(("points > 1", "points > 2")),
        minimum_group=st.integers(2, 9),
        days=st.sampled_from((0, 30, 3000)),
        by_grant=st.booleans(),
    )


FEDERATION = st.lists(
    policies("", tuple(e for e in EFFECTS if e != ALLOW)), max_size=5, unique_by=lambda p: p.name
)
DOMAIN = st.lists(
    policies("crm", tuple(e for e in EFFECTS if e != CEILING)),
    max_size=5,
    unique_by=lambda p: p.name,
)
GRANTS = st.lists(
    st.builds(
        AccessGrant,
        id=st.sampled_from(("g-1", "g-2", "g-3")),
        principal=st.just("person:a"),
        address=st.just(PORT),
        purpose=st.sampled_from(("churn", "fraud")),
        since=st.sampled_from(("2020-01-01T00:00:00", "2025-12-15T00:00:00", LATER)),
        until=st.sampled_from(("", LATER, "2025-12-31T00:00:00")),
        conditions=st.builds(
            Conditions,
            columns=some(*COLUMNS),
            raw=some(*COLUMNS),
            masks=st.dictionaries(st.sampled_from(COLUMNS), MASK_VALUES, max_size=1),
            filter=st.sampled_from(("", "points > 3")),
        ),
    ),
    max_size=2,
    unique_by=lambda grant: grant.id,
).map(tuple)
STANDINGS = st.builds(
    Standing,
    subject=st.builds(
        Subject,
        principal=st.sampled_from(("person:a", "person:b", "service:bi")),
        teams=some("team:x", "team:crm").map(frozenset),
        domains=some("crm", "web").map(frozenset),
    ),
    is_owner=st.booleans(),
    is_team=st.booleans(),
    grants=GRANTS,
)
PURPOSES = st.sampled_from(("", "churn", "sales"))
MEMORY, CEDAR = MemoryPolicyEngine(), CedarPolicyEngine()


def decided(
    standing: Standing,
    rules: list[AccessPolicy],
    purpose: str = "",
    marks: PortMarks = MARKS,
    engine: PolicyEngine = MEMORY,
) -> Decision:
    return decide(standing, marks, purpose, NOW, Rules.of(rules, engine.compile(rules)))[0]


def is_within(one: Decision, other: Decision) -> bool:
    """Say whether `one` shows nothing that `other` does not."""
    if not one.is_allowed:
        return True
    return (
        other.is_allowed
        and all(
            column in one.masks and one.masks[column] == strictest((one.masks[column], mask))
            for column, mask in other.masks.items()
        )
        and set(other.filters) <= set(one.filters)
        and one.minimum_group >= other.minimum_group
    )


@settings(max_examples=60, deadline=None)
@given(STANDINGS, FEDERATION, DOMAIN, PURPOSES)
def test_deny_wins_whatever_else_is_there(
    standing: Standing, federation: list[AccessPolicy], domain: list[AccessPolicy], purpose: str
) -> None:
    deny = AccessPolicy("deny", "", DENY, objects=Objects(addresses=("crm.people.*",)))
    decision = decided(standing, [*federation, *domain, deny], purpose)
    assert not decision.is_allowed
    column = AccessPolicy("deny", "crm", DENY, objects=Objects(addresses=("*.*.*.points",)))
    decision = decided(standing, [*federation, *domain, column], purpose)
    assert not decision.is_allowed or decision.masks["points"] == NULLED


@settings(max_examples=60, deadline=None)
@given(STANDINGS, FEDERATION, DOMAIN, PURPOSES)
def test_a_domain_never_widens_what_the_federation_bounds(
    standing: Standing, federation: list[AccessPolicy], domain: list[AccessPolicy], purpose: str
) -> None:
    """Whatever a domain writes and whatever was granted: an owner sees as much, by the federation alone."""
    decision = decided(standing, [*federation, *domain], purpose)
    owner = replace(standing, is_owner=True)
    assert is_within(decision, decided(owner, federation, decision.purpose))
    bare = replace(standing, grants=())
    assert is_within(
        decided(bare, [*federation, *domain], purpose), decided(bare, [*federation, ALL], purpose)
    )


@settings(max_examples=60, deadline=None)
@given(STANDINGS, FEDERATION, DOMAIN, PURPOSES, st.data())
def test_a_policy_that_does_not_allow_never_widens(
    standing: Standing,
    federation: list[AccessPolicy],
    domain: list[AccessPolicy],
    purpose: str,
    data: st.DataObject,
) -> None:
    more = data.draw(policies("", tuple(e for e in EFFECTS if e != ALLOW)))
    before = decided(standing, [*federation, *domain], purpose)
    assert is_within(
        decided(standing, [*federation, *domain, replace(more, id="more")], purpose), before
    )


UNKNOWN = [
    {"subjects": Subjects(principals=("person:nobody",))},
    {"subjects": Subjects(teams=("team:nobody",))},
    {"subjects": Subjects(attributes={"nothing": ("x",)})},
    {"objects": Objects(addresses=("crm.nothing.*",))},
    {"objects": Objects(tags=("nothing",))},
    {"purposes": ("nothing",)},
]


@settings(max_examples=60, deadline=None)
@given(STANDINGS, FEDERATION, DOMAIN, PURPOSES, st.sampled_from(UNKNOWN), st.sampled_from(EFFECTS))
def test_a_word_that_nothing_has_changes_nothing(
    standing: Standing,
    federation: list[AccessPolicy],
    domain: list[AccessPolicy],
    purpose: str,
    word: dict[str, object],
    effect: str,
) -> None:
    said = AccessPolicy("said", "crm", effect, mask=Mask("show-first-4"), filter="false", **word)  # type: ignore[arg-type]
    before = decided(standing, [*federation, *domain], purpose)
    assert decided(standing, [*federation, *domain, said], purpose) == before


@settings(max_examples=30, deadline=None)
@given(FEDERATION, DOMAIN, PURPOSES)
def test_somebody_of_whom_nothing_is_known_sees_no_more_than_anybody(
    federation: list[AccessPolicy], domain: list[AccessPolicy], purpose: str
) -> None:
    """Without an `allow`, nothing is seen at all."""
    stranger = Standing(Subject("person:stranger"))
    allowing = [policy for policy in domain if policy.effect != ALLOW]
    assert not decided(stranger, [*federation, *allowing], purpose).is_allowed


@settings(max_examples=60, deadline=None)
@given(STANDINGS, FEDERATION, DOMAIN, PURPOSES)
def test_the_strictest_of_all_masks_holds(
    standing: Standing, federation: list[AccessPolicy], domain: list[AccessPolicy], purpose: str
) -> None:
    rules = [*federation, *domain]
    decision = decided(standing, rules, purpose)
    by_name = {policy.name: policy for policy in rules}
    for reason in decision.reasons:
        policy = by_name.get(reason.policy)
        for column in reason.columns if policy and reason.effect == MASK else ():
            mask = policy.mask or NULLED  # type: ignore[union-attr]
            assert decision.masks[column] == strictest((decision.masks[column], mask))


@settings(max_examples=60, deadline=None)
@given(STANDINGS, FEDERATION, DOMAIN, PURPOSES, st.sampled_from(COLUMNS), st.text(max_size=5))
def test_a_classification_that_nobody_knows_never_shows_more(
    standing: Standing,
    federation: list[AccessPolicy],
    domain: list[AccessPolicy],
    purpose: str,
    column: str,
    word: str,
) -> None:
    """A column that is said to be something unknown is masked like a confidential one."""
    said = marked(column, f"x{word}", [])
    columns = tuple(c.joined(said) if c.name == column else c for c in MARKS.columns)
    rules = [p for p in (*federation, *domain) if p.effect not in (ALLOW, CEILING)]
    before = decided(standing, rules, purpose)
    assert is_within(decided(standing, rules, purpose, replace(MARKS, columns=columns)), before)


@settings(max_examples=30, deadline=None)
@given(STANDINGS, FEDERATION, DOMAIN, PURPOSES)
def test_cedar_decides_as_plain_python_does(
    standing: Standing, federation: list[AccessPolicy], domain: list[AccessPolicy], purpose: str
) -> None:
    rules = [*federation, *domain]
    assert decided(standing, rules, purpose, engine=CEDAR) == decided(standing, rules, purpose)


@settings(max_examples=60, deadline=None)
@given(STANDINGS, FEDERATION, DOMAIN, PURPOSES)
def test_asking_of_columns_together_decides_as_asking_of_each_alone(
    standing: Standing, federation: list[AccessPolicy], domain: list[AccessPolicy], purpose: str
) -> None:
    def each_alone(alike: Any, here: Any, *, is_port_asked: bool) -> Any:
        return [(column,) for group, _ in alike for column in group]

    rules = [*federation, *domain]
    together = decided(standing, rules, purpose)
    with patch("meshwright.access.rules._told_apart", each_alone):
        alone = decided(standing, rules, purpose)
    assert set(together.reasons) == set(alone.reasons)
    assert replace(together, reasons=()) == replace(alone, reasons=())


def test_a_filter_that_does_not_fit_lets_nobody_in() -> None:
    odd = AccessPolicy("odd", "", FILTER, filter="colour = 'red'")
    rules = Rules.of([odd], MEMORY.compile([odd]))
    owner = Standing(Subject("person:a"), is_owner=True)
    decision, _ = decide(owner, MARKS, "", NOW, rules, lambda _: "there is no column `colour`")
    assert not decision.is_allowed
    assert decision.policies == ("federation/odd",)
    assert "colour" in decision.reasons[0].text


@pytest.mark.parametrize(
    ("said", "mask"),
    [
        ("show-last-4", "show-last-4"),
        ("Show_Last_4", "show-last-4"),
        ("nullify", "replace-with-null"),
        ("round-to=10", "round-to=10"),
        ({"kind": "mask-to-fixed-value", "value": "x"}, "mask-to-fixed-value=x"),
        ("round-to", "replace-with-null"),
        ("round-to=much", "replace-with-null"),
        ("show-last-4=3", "replace-with-null"),
        ("blur", "replace-with-null"),
        (None, "replace-with-null"),
        (["show-last-4"], "replace-with-null"),
    ],
)
def test_what_a_contract_says_of_a_mask(said: object, mask: str) -> None:
    """What is no mask, or has not the value that it needs, is NULL."""
    assert str(marked("c", "confidential", [], said).mask) == mask


def test_columns_that_policies_tell_apart_are_asked_about_one_by_one() -> None:
    """And those of the same tags and level, named by none, together; not at all where the port is."""
    columns = tuple(ColumnMarks(name) for name in ("a", "b", "C", "d"))
    marks = PortMarks(PORT, (*columns, ColumnMarks("e", "internal")))

    def names(*named: tuple[str, ...], is_port_asked: bool = False) -> list[list[str]]:
        found = grouped(marks, named, is_port_asked=is_port_asked)
        return [[column.name for column in group] for group in found]

    one, other, every = ("crm", "*", "people", "c"), ("web", "*", "*", "a"), ("*", "*", "*", "*")
    assert names(one, other) == [["C"], ["a", "b", "d"], ["e"]]
    assert names(one, other, is_port_asked=True) == [["C"], ["e"]]
    assert names(every, is_port_asked=True) == [["a", "b", "C", "d"], ["e"]]


def test_no_policy_is_no_question() -> None:
    owner = Standing(Subject("person:a"), is_owner=True)
    assert decide(owner, MARKS, "", NOW, NO_RULES)[0].is_whole
