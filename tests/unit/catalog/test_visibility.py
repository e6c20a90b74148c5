"""Whom a visibility policy is about, and what it hides."""

import pytest

from meshwright.catalog.visibility import Described, hidden_by, is_about
from meshwright.model.access import Objects, Subjects, VisibilityPolicy
from meshwright.spi.policy_engine import Subject

ADA = Subject(
    "person:ada", frozenset({"team:crm"}), frozenset(), frozenset({"crm"}), {"country": "pt"}
)
PRODUCTS = [("crm.people", ("PII",)), ("crm.visits", ()), ("web.visits", ("pii", "draft"))]
BROKEN: list[Described] = [("crm.people", None), ("crm.visits", ())]


@pytest.mark.parametrize(
    ("said", "holds"),
    [
        (Subjects(), True),
        (Subjects(principals=("person:*",)), True),
        (Subjects(principals=("person:[a]da",)), False),
        (Subjects(principals=("person:?da",)), False),
        (Subjects(kinds=("service", "person")), True),
        (Subjects(teams=("team:web",)), False),
        (Subjects(domains=("crm",), kinds=("service",)), False),
        (Subjects(attributes={"country": ("pt", "es")}), True),
        (Subjects(attributes={"city": ("pt",)}), False),
    ],
)
def test_all_that_is_said_of_subjects_must_hold(said: Subjects, holds: bool) -> None:
    assert is_about(said, ADA) is holds


@pytest.mark.parametrize(
    ("objects", "domain", "hidden"),
    [
        (Objects(addresses=("*.visits",)), "", {"crm.visits", "web.visits"}),
        (Objects(addresses=("*.visits",)), "crm", {"crm.visits"}),
        (Objects(tags=("pii",)), "", {"crm.people", "web.visits"}),
        (Objects(addresses=("web.*",), tags=("draft",)), "", {"web.visits"}),
        (Objects(addresses=("crm.*",), tags=("draft",)), "", set()),
    ],
)
def test_what_is_hidden_is_of_the_address_and_the_tag(
    objects: Objects, domain: str, hidden: set[str]
) -> None:
    policy = VisibilityPolicy("x", domain, objects)
    assert hidden_by([policy], ADA, PRODUCTS) == hidden
    spared = VisibilityPolicy("x", domain, objects, unless=Subjects(teams=("team:crm",)))
    assert hidden_by([spared], ADA, PRODUCTS) == set()


def test_what_cannot_be_read_may_have_any_tag() -> None:
    of_tag = VisibilityPolicy("x", "", Objects(tags=("pii",)))
    assert hidden_by([of_tag], ADA, BROKEN) == {"crm.people"}
