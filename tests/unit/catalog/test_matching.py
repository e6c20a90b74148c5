"""What is asked of the index: every word quoted, other words of the glossary beside it."""

import pytest

from meshwright.catalog.correcting import nearest
from meshwright.catalog.matching import read_synonyms, read_wanted
from meshwright.catalog.resemblance import LEAST_VALUES, Sketch, contained, may_join
from meshwright.errors import UsageError
from meshwright.model.glossary import Term

DELAY = Term("late_departure", "…", title="Late departure", synonyms=("delay",))


def test_all_words_are_asked_for_and_the_last_is_a_beginning() -> None:
    wanted = read_wanted("dep_delay fli", {})
    assert wanted.text() == '("dep") AND ("delay") AND ("fli"*)'
    assert wanted.text(is_any=True) == '("dep") OR ("delay") OR ("fli"*)'
    assert read_wanted("fli ", {}).text() == '("fli")'


def test_the_glossary_lends_other_words_also_for_several_at_once() -> None:
    synonyms = read_synonyms([DELAY])
    assert read_wanted("delay", synonyms).text() == '("delay"* OR ("late" AND "departure"))'
    assert (
        read_wanted("late departure", synonyms).text() == '(("late" AND "departure"*) OR "delay")'
    )


def test_no_sign_of_a_syntax_is_left() -> None:
    assert read_wanted('"a" OR {name}: b* NEAR(', {}).text() == (
        '("a") AND ("or") AND ("name") AND ("b") AND ("near")'
    )
    with pytest.raises(UsageError, match="at most 500 letters"):
        read_wanted("x" * 501, {})


@pytest.mark.parametrize(
    ("text", "is_short"),
    [("p", True), ("id", True), ("peo", False), ("id ", False), ("a b", False), ("", False)],
)
def test_a_letter_or_two_are_a_beginning_that_says_little(text: str, is_short: bool) -> None:
    assert read_wanted(text, {}).is_short is is_short


def test_the_nearest_word_is_one_that_somebody_may_know_of() -> None:
    vocabulary = ("visits", "visas", "merits")
    assert nearest("vizits", vocabulary, lambda _: 1) == "visits"
    assert nearest("vizits", vocabulary, lambda word: int(word != "visits")) == ""
    assert nearest("vi", vocabulary, lambda _: 1) == ""


def test_of_words_as_near_the_one_that_more_has_is_taken() -> None:
    counts = {"card": 1, "cart": 9}
    assert nearest("carx", tuple(counts), counts.__getitem__) == "cart"


def test_sketches_say_how_much_of_the_smaller_set_is_in_the_other() -> None:
    def sketch(values: range) -> Sketch:
        hashes = sorted(f"{(n * 2654435761) % 2**32:08x}" for n in values)
        return Sketch("text", len(hashes), tuple(hashes[:256]))

    assert contained(sketch(range(1000)), sketch(range(1000))) == 1.0
    assert contained(sketch(range(1000)), sketch(range(1000, 2000))) == 0.0
    assert contained(sketch(range(500)), sketch(range(5000))) == pytest.approx(1.0, abs=0.3)
    assert contained(sketch(range(1000)), sketch(range(500, 1500))) == pytest.approx(0.5, abs=0.12)
    few = sketch(range(LEAST_VALUES - 1))
    assert contained(few, few) == 0.0  # a guess at single values tells nothing


def test_whole_numbers_are_joined_only_where_their_names_share_a_word() -> None:
    assert may_join("customer_id", "id", "number")
    assert not may_join("flight", "hour", "number")
    assert may_join("dest", "faa", "text")
