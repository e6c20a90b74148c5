"""Cedar and the in-memory engine pass the suite of policy engines, and agree on random policies."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meshwright.adapters.cedar import CedarPolicyEngine
from meshwright.adapters.cedar.engine import CedarPolicySet
from meshwright.adapters.cedar.text import policy_text
from meshwright.errors import DescriptorError, InternalError
from meshwright.model.access import DENY, EFFECTS, AccessPolicy, Objects, Subjects
from meshwright.model.classification import LEVELS
from meshwright.spi.policy_engine import PolicyEngine, Question, Subject
from meshwright.testing.memory_policies import MemoryPolicyEngine
from meshwright.testing.policy_engine import ADA, PORT, PolicyEngineConformance


class TestCedar(PolicyEngineConformance):
    """The common suite."""

    @pytest.fixture
    def engine(self) -> PolicyEngine:
        return CedarPolicyEngine()


class TestMemory(PolicyEngineConformance):
    """The common suite."""

    @pytest.fixture
    def engine(self) -> PolicyEngine:
        return MemoryPolicyEngine()


def some(*words: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(words), max_size=min(2, len(words)), unique=True).map(tuple)


NAMES = ("person:a", "person:ab", "service:bi", "team:x")
SUBJECTS = st.builds(
    Subjects,
    principals=some(*NAMES, "person:*", "*", "*:*b*"),
    kinds=some("person", "service"),
    teams=some("team:x", "team:y"),
    roles=some("auditor"),
    domains=some("d", "e"),
    attributes=st.dictionaries(
        st.sampled_from("kl"), st.sampled_from((("1",), ("2",), ("1", "2"))), max_size=2
    ),
)
OBJECTS = st.builds(
    Objects,
    addresses=some("d.p.o", "*.p.*", "e.*.*", "d.p.o.c", "*.*.*.*", "d.*.o.C", "*.*.*"),
    tags=some("pii", "x"),
    classifications=some(*LEVELS),
)
POLICIES = st.lists(
    st.builds(
        AccessPolicy,
        id=st.integers(0, 10**6).map(lambda n: f"p{n}"),
        domain=st.sampled_from(("", "d", "e")),
        effect=st.sampled_from(EFFECTS),
        subjects=SUBJECTS,
        objects=OBJECTS,
        unless=st.none() | SUBJECTS,
        purposes=some("churn", "fraud"),
    ),
    max_size=6,
    unique_by=lambda policy: policy.name,
)
WHO = st.builds(
    Subject,
    principal=st.sampled_from(NAMES),
    teams=some("team:x", "team:y").map(frozenset),
    roles=some("auditor").map(frozenset),
    domains=some("d", "e").map(frozenset),
    attributes=st.dictionaries(st.sampled_from("kl"), st.sampled_from("12"), max_size=2),
)
QUESTIONS = st.lists(
    st.builds(
        Question,
        effect=st.sampled_from(EFFECTS),
        object=st.sampled_from(("d.p.o", "d.p.o.c", "e.p.o.C", "e.q.o", "d.p.q.c")),
        tags=some("pii", "x").map(frozenset),
        level=st.sampled_from(("", *LEVELS)),
    ),
    max_size=6,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(policies=POLICIES, who=WHO, questions=QUESTIONS, purpose=st.sampled_from(("", "churn", "x")))
def test_both_agree_on_whatever_is_written_and_asked(
    policies: list[AccessPolicy], who: Subject, questions: list[Question], purpose: str
) -> None:
    cedar = CedarPolicyEngine().compile(policies).matching(who, questions, purpose)
    assert cedar == MemoryPolicyEngine().compile(policies).matching(who, questions, purpose)


def test_a_policy_that_cannot_be_evaluated_is_an_error_and_no_silence() -> None:
    """Cedar leaves out what fails; here nobody sees anything then."""
    import cedarpy

    text = 'permit (principal, action == Action::"deny", resource) when { principal.shoe == "43" };'
    broken = CedarPolicySet({DENY: (cedarpy.PolicySet.from_str(text), ("federation/p",))})
    with pytest.raises(InternalError) as caught:
        broken.matching(ADA, [PORT], "")
    assert caught.value.code == "policies-not-evaluated"


def test_text_that_the_schema_does_not_know_is_refused_with_the_policy_at_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An attribute that is misspelt is caught when policies are made ready, not when they are asked."""
    from meshwright.adapters.cedar import engine

    def mistaken(policy: AccessPolicy) -> str:
        return policy_text(policy).replace("principal.teams", "principal.teems")

    monkeypatch.setattr(engine, "policy_text", mistaken)
    policies = [
        AccessPolicy("good", "", DENY),
        AccessPolicy("bad", "", DENY, Subjects(teams=("team:x",)), file="a.yaml", line=7),
    ]
    with pytest.raises(DescriptorError) as caught:
        CedarPolicyEngine().compile(policies)
    assert "federation/bad" in caught.value.message
    assert caught.value.place == "a.yaml:7"
