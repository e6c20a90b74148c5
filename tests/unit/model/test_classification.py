"""Levels in their order, and what declares personal data."""

import pytest

from meshwright.model.classification import (
    LEVELS,
    is_open,
    is_personal,
    level_of,
    personal_tags,
    rank,
)


def test_levels_are_ordered_and_nothing_said_is_below_all():
    assert [rank(word) for word in ("", *LEVELS)] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("word", "level"),
    [
        (" Public ", "public"),
        ("Internal_Use", "internal"),
        ("PII", "confidential"),
        ("Highly Confidential", "restricted"),
        ("sensitive", "restricted"),
        ("", ""),
    ],
)
def test_usual_words_are_mapped(word, level):
    assert level_of(word) == level


def test_an_unknown_word_counts_as_confidential():
    assert level_of("traffic light amber") == "confidential"


@pytest.mark.parametrize("said", ["pii", "Personal Data", "PHI", "sensitive"])
def test_a_word_or_a_tag_declares_personal_data(said):
    assert is_personal(said)
    assert is_personal("", ["finance", said])


def test_confidential_alone_is_not_personal():
    assert not is_personal("confidential", ["finance"])


def test_personal_tags_come_in_one_spelling():
    assert personal_tags(["Personal_Data", "pii", "PII", "red"]) == ("personal-data", "pii")


def test_values_are_kept_of_open_columns_only():
    assert is_open("")
    assert is_open("internal")
    assert not is_open("confidential")
    assert not is_open("internal", ["pii"])
