"""What flows into a product's columns, and the path that proves it."""

import pytest

from meshwright.lineage.carrying import carried, declared, joined, loss, of_column
from meshwright.model.lineage import (
    AGGREGATION,
    CONDITIONAL,
    DIRECT,
    EVERY,
    FILTER,
    IDENTITY,
    INDIRECT,
    JOIN,
    TRANSFORMATION,
    UNKNOWN,
    Edge,
    ProductLineage,
    SelectLineage,
)

EMAIL = {"email": declared("crm.people.people", "email", "confidential", ["pii"])}


def flowing(models, people=EMAIL):
    """Return what each model's columns carry, where `people` is the one input."""
    traced = {name: SelectLineage((), tuple(edges)) for name, edges in models.items()}
    return carried(ProductLineage("web.visits", traced), {"people": people})


def test_a_hashed_column_is_as_personal_as_what_was_hashed():
    edge = Edge("key", "people", "email", DIRECT, TRANSFORMATION, is_masked=True)
    found = flowing({"hashed": [edge]})["hashed"]["key"]
    assert (found.level, found.tags) == ("confidential", ("pii",))
    assert [str(hop) for hop in found.path] == ["crm.people.people.email", "web.visits.hashed.key"]
    assert found.path[1].how == "TRANSFORMATION, masked"


def test_it_travels_through_models_whatever_their_order_and_letter_case():
    models = {
        "visits": [Edge("who", "hashed", "KEY")],
        "Hashed": [Edge("key", "people", "Email", DIRECT, TRANSFORMATION)],
    }
    found = flowing(models)["visits"]["who"]
    assert [str(hop) for hop in found.path] == [
        "crm.people.people.email", "web.visits.Hashed.key", "web.visits.visits.who",
    ]  # fmt: skip


def test_what_reveals_nothing_carries_nothing():
    models = {
        "visits": [
            Edge("people", "people", "email", DIRECT, AGGREGATION, reveals=False),
            Edge(EVERY, "people", "email", INDIRECT, JOIN, reveals=False),
        ]
    }
    assert flowing(models)["visits"] == {}


def test_a_condition_and_a_pinning_filter_carry():
    models = {
        "visits": [
            Edge("is_ours", "people", "email", INDIRECT, CONDITIONAL),
            Edge(EVERY, "people", "email", INDIRECT, FILTER),
        ]
    }
    classes = flowing(models)["visits"]
    assert of_column(classes, "is_ours").level == "confidential"
    assert of_column(classes, "anything").tags == ("pii",)


@pytest.mark.parametrize(
    "edge",
    [
        Edge("x", "people", "", UNKNOWN, reveals=False),
        Edge("x", "people", "*", UNKNOWN),
        Edge("x", "", "", UNKNOWN),
        Edge("", "", "", UNKNOWN),
    ],
)
def test_the_unknown_carries_all_that_it_may_be_made_of(edge):
    assert of_column(flowing({"visits": [edge]})["visits"], "x").tags == ("pii",)


def test_internal_and_public_do_not_travel():
    people = {"email": declared("crm.people.people", "email", "internal", ["customer"])}
    assert not people["email"]
    assert flowing({"visits": [Edge("x", "people", "email", DIRECT, IDENTITY)]}, people) == {
        "visits": {}
    }


def test_the_highest_level_and_all_personal_tags_are_joined_each_with_its_path():
    health = declared("a.b.c", "illness", "restricted", ["phi", "seasonal"])
    email = declared("a.b.c", "email", "confidential", ["pii"])
    both = joined([email, health])
    assert (both.level, both.tags) == ("restricted", ("phi", "pii"))
    assert [hop.column for hop in both.paths["pii"]] == ["email"]
    assert [hop.column for hop in both.path] == ["illness"]


def test_of_two_ways_the_shorter_one_is_the_proof():
    models = {
        "hashed": [Edge("key", "people", "email")],
        "visits": [Edge("who", "hashed", "key"), Edge("who", "people", "email")],
    }
    assert len(flowing(models)["visits"]["who"].path) == 2


@pytest.mark.parametrize(
    ("classification", "tags", "level", "lost"),
    [
        ("", [], "confidential", ("pii",)),
        ("internal", ["pii"], "confidential", ()),
        ("confidential", [], "", ("pii",)),
        ("restricted", ["personal"], None, None),
        ("confidential", ["PII"], None, None),
        ("pii", [], None, None),
        ("whatever we call it", ["phi"], None, None),
    ],
)
def test_what_a_declaration_loses(classification, tags, level, lost):
    found = loss(EMAIL["email"], classification, tags)
    if level is None:
        assert found is None
    else:
        assert (found.level, found.tags) == (level, lost)


def test_a_tag_that_says_more_than_personal_is_needed_itself():
    health = declared("a.b.c", "illness", "restricted", ["phi"])
    assert loss(health, "restricted", ["pii"]).tags == ("phi",)
