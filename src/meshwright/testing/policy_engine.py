"""What every policy engine must do.

Subclass `PolicyEngineConformance`, give `engine`, and let pytest collect it.
"""

from collections.abc import Mapping

import pytest

from meshwright.model.access import (
    ALLOW,
    DENY,
    EFFECTS,
    MASK,
    AccessPolicy,
    Mask,
    Objects,
    Subjects,
)
from meshwright.spi.policy_engine import PolicyEngine, Question, Subject

ADA = Subject(
    "person:ada@example.com",
    teams=frozenset(("team:fleet", "team:crm")),
    roles=frozenset(("auditor",)),
    domains=frozenset(("crm",)),
    attributes={"country": "de", "level": "2"},
)
PORT = Question(DENY, "crm.people.people")
EMAIL = Question(DENY, "crm.people.people.email", frozenset(("pii", "contact")), "confidential")

_ABOUT: Mapping[str, tuple[Subjects, bool]] = {
    "everybody": (Subjects(), True),
    "her name": (Subjects(principals=("person:ada@example.com",)), True),
    "another name": (Subjects(principals=("person:ada",)), False),
    "one of two names": (Subjects(principals=("service:bi", "person:ada@example.com")), True),
    "a pattern": (Subjects(principals=("person:*@example.com",)), True),
    "any name": (Subjects(principals=("*",)), True),
    "a pattern of others": (Subjects(principals=("service:*",)), False),
    "a pattern is no regular expression": (Subjects(principals=("person:ada@example.co.",)), False),
    "her kind": (Subjects(kinds=("agent", "person")), True),
    "another kind": (Subjects(kinds=("agent",)), False),
    "one of her teams": (Subjects(teams=("team:fleet", "team:ops")), True),
    "another team": (Subjects(teams=("team:ops",)), False),
    "her role": (Subjects(roles=("auditor",)), True),
    "another role": (Subjects(roles=("governance",)), False),
    "her domain": (Subjects(domains=("crm",)), True),
    "another domain": (Subjects(domains=("web",)), False),
    "her attribute": (Subjects(attributes={"country": ("at", "de")}), True),
    "another value": (Subjects(attributes={"country": ("at",)}), False),
    "an attribute that she has not": (Subjects(attributes={"region": ("de",)}), False),
    "two attributes": (Subjects(attributes={"country": ("de",), "level": ("2",)}), True),
    "one attribute of two": (Subjects(attributes={"country": ("de",), "level": ("3",)}), False),
    "all that is said": (Subjects(kinds=("person",), teams=("team:fleet",)), True),
    "half of what is said": (Subjects(kinds=("person",), teams=("team:ops",)), False),
}
_COVERED: Mapping[str, tuple[Objects, bool, bool]] = {  # of the port, of its column `email`
    "everything": (Objects(), True, True),
    "the port": (Objects(addresses=("crm.people.people",)), True, True),
    "every port of the product": (Objects(addresses=("crm.people.*",)), True, True),
    "every port": (Objects(addresses=("*.*.*",)), True, True),
    "another port": (Objects(addresses=("crm.people.totals",)), False, False),
    "one of two": (Objects(addresses=("web.visits.visits", "crm.*.*")), True, True),
    "the column": (Objects(addresses=("crm.people.people.email",)), False, True),
    "the column in capitals": (Objects(addresses=("crm.people.people.EMAIL",)), False, True),
    "another column": (Objects(addresses=("crm.people.people.name",)), False, False),
    "every column": (Objects(addresses=("crm.people.people.*",)), False, True),
    "such a column anywhere": (Objects(addresses=("*.*.*.email",)), False, True),
    "a tag": (Objects(tags=("pii",)), False, True),
    "one of two tags": (Objects(tags=("phi", "contact")), False, True),
    "another tag": (Objects(tags=("phi",)), False, False),
    "its level": (Objects(classifications=("confidential",)), False, True),
    "a lower level": (Objects(classifications=("internal",)), False, True),
    "a higher level": (Objects(classifications=("restricted",)), False, False),
    "the least of two levels": (Objects(classifications=("restricted", "internal")), False, True),
    "a tag and a level": (Objects(tags=("pii",), classifications=("confidential",)), False, True),
    "a tag at another place": (Objects(addresses=("web.*.*",), tags=("pii",)), False, False),
}
ODD = 'a"b\\c\n*d\u2028é\x00{}$1'


class PolicyEngineConformance:
    """Subclass this once for an engine."""

    @pytest.fixture
    def engine(self) -> PolicyEngine:
        """The engine of this test."""
        raise NotImplementedError

    @pytest.mark.parametrize("case", _ABOUT)
    def test_whom_a_policy_is_about(self, engine: PolicyEngine, case: str) -> None:
        """All that is said must hold; the words of one list are alternatives."""
        subjects, holds = _ABOUT[case]
        ready = engine.compile([AccessPolicy("p", "", DENY, subjects)])
        assert ready.matching(ADA, [PORT], "") == (("federation/p",) if holds else (),)

    @pytest.mark.parametrize("case", _ABOUT)
    def test_whom_a_policy_spares(self, engine: PolicyEngine, case: str) -> None:
        """`unless` spares whom it is about."""
        subjects, spares = _ABOUT[case]
        ready = engine.compile([AccessPolicy("p", "", DENY, unless=subjects)])
        assert ready.matching(ADA, [PORT], "") == (() if spares else ("federation/p",),)

    @pytest.mark.parametrize("case", _COVERED)
    def test_what_a_policy_is_about(self, engine: PolicyEngine, case: str) -> None:
        """A port also means its columns; a column never means its port."""
        objects, of_port, of_column = _COVERED[case]
        ready = engine.compile([AccessPolicy("p", "", DENY, objects=objects)])
        found = ready.matching(ADA, [PORT, EMAIL], "")
        assert found == tuple(("federation/p",) if holds else () for holds in (of_port, of_column))

    def test_a_domains_policy_is_about_its_own_data_alone(self, engine: PolicyEngine) -> None:
        """Whatever its addresses say."""
        ready = engine.compile([AccessPolicy("p", "web", ALLOW)])
        other, own = Question(ALLOW, "crm.people.people"), Question(ALLOW, "web.visits.visits")
        assert ready.matching(ADA, [other, own], "") == ((), ("web/p",))

    def test_a_policy_holds_for_its_purposes(self, engine: PolicyEngine) -> None:
        """A purpose that is not said is none of them."""
        ready = engine.compile([AccessPolicy("p", "", DENY, purposes=("churn", "fraud"))])
        found = [ready.matching(ADA, [PORT], purpose)[0] for purpose in ("fraud", "sales", "")]
        assert found == [("federation/p",), (), ()]

    def test_each_question_is_answered_by_policies_of_its_effect(
        self, engine: PolicyEngine
    ) -> None:
        """All of those that hold are named, sorted, whatever order they were written in."""
        policies = [
            AccessPolicy(name, "", effect) for effect in EFFECTS for name in ("b", "a", "c")
        ]
        policies.append(AccessPolicy("m", "crm", MASK, mask=Mask("show-last-4")))
        named = [
            AccessPolicy(f"{p.effect}-{p.id}", p.domain, p.effect, mask=p.mask) for p in policies
        ]
        ready = engine.compile(named)
        found = ready.matching(ADA, [Question(effect, PORT.object) for effect in EFFECTS], "")
        for effect, names in zip(EFFECTS, found, strict=True):
            own = ("crm/mask-m",) if effect == MASK else ()
            assert names == (*own, *(f"federation/{effect}-{name}" for name in ("a", "b", "c")))

    def test_more_than_ten_policies_keep_their_names(self, engine: PolicyEngine) -> None:
        """Names are not mixed up where positions have two digits."""
        policies = [
            AccessPolicy(f"p{n}", "", DENY, Subjects(kinds=("person" if n in (3, 11) else "team",)))
            for n in range(25)
        ]
        assert engine.compile(policies).matching(ADA, [PORT], "") == (
            ("federation/p11", "federation/p3"),
        )

    def test_nothing_holds_where_there_is_no_policy(self, engine: PolicyEngine) -> None:
        """No policy, no answer; no question, none either."""
        assert engine.compile([]).matching(ADA, [PORT, EMAIL], "churn") == ((), ())
        assert engine.compile([AccessPolicy("p", "", DENY)]).matching(ADA, [], "") == ()

    def test_any_text_means_itself(self, engine: PolicyEngine) -> None:
        """Quotes, line ends and signs of other languages in names are no code."""
        who = Subject(f"person:{ODD}", frozenset((ODD,)), attributes={ODD: ODD})
        about = Subjects(principals=(f"person:{ODD}",), teams=(ODD,), attributes={ODD: (ODD,)})
        policy = AccessPolicy("p", "", DENY, about, Objects(tags=(ODD,)), purposes=(ODD,))
        asked = Question(DENY, "crm.people.people.odd", frozenset((ODD,)))
        ready = engine.compile([policy])
        assert ready.matching(who, [asked], ODD) == (("federation/p",),)
        assert ready.matching(ADA, [asked], ODD) == ((),)

    def test_the_same_object_may_be_asked_of_with_other_tags(self, engine: PolicyEngine) -> None:
        """A question is what it says, not what another one said of that object."""
        ready = engine.compile([AccessPolicy("p", "", DENY, objects=Objects(tags=("pii",)))])
        bare = Question(DENY, EMAIL.object)
        assert ready.matching(ADA, [bare, EMAIL, bare], "") == ((), ("federation/p",), ())
