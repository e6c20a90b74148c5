"""Where a field comes from: the descriptor goes before a person, a person before what was inferred."""

import pytest

from meshwright.catalog.provenance import DESCRIPTOR, INFERRED, PERSON, Said, settle

HELD = Said("as written", DESCRIPTOR, "a.yaml", 7)
WORD = Said("as said", PERSON, by="person:ada", at="2026-01-01T00:00:00+00:00")
GUESS = Said("as guessed", INFERRED, reason="is named like it")
ADDRESS = "a.b.c"


@pytest.mark.parametrize(
    ("held", "word", "guess", "source"),
    [
        (HELD, WORD, GUESS, DESCRIPTOR),
        (HELD, None, None, DESCRIPTOR),
        (None, WORD, GUESS, PERSON),
        (None, None, GUESS, INFERRED),
        (None, None, None, ""),
        (Said("", DESCRIPTOR, "a.yaml"), WORD, None, PERSON),
        (Said((), DESCRIPTOR, "a.yaml"), Said((), PERSON), GUESS, INFERRED),
    ],
)
def test_the_first_word_that_says_something_is_shown(
    held: Said | None, word: Said | None, guess: Said | None, source: str
) -> None:
    assert settle(ADDRESS, "description", held, word, guess).source == source


def test_what_a_person_said_is_superseded_and_kept_once_the_descriptor_says_otherwise() -> None:
    found = settle(ADDRESS, "description", HELD, WORD)
    assert found.superseded is WORD
    assert found.is_held
    assert found.line == 7
    same = Said("as written", PERSON, by="person:ada")
    assert settle(ADDRESS, "description", HELD, same).superseded is None


def test_tags_in_another_order_are_the_same_tags() -> None:
    held, said = Said(("a", "b"), DESCRIPTOR), Said(("b", "a"), PERSON)
    assert settle(ADDRESS, "tags", held, said).superseded is None


def test_a_guess_is_offered_beside_what_somebody_says() -> None:
    assert settle(ADDRESS, "description", None, WORD, GUESS).inferred is GUESS
    assert settle(ADDRESS, "description", None, None, GUESS).inferred is None


def test_a_field_of_which_nobody_says_anything_is_empty() -> None:
    assert settle(ADDRESS, "description", None).value == ""
    assert settle(ADDRESS, "tags", None).value == ()
