"""Words are compared folded, and identifiers in their parts."""

import pytest

from meshwright.catalog.words import joined, spelled, tokens


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("dep_delay", ["dep", "delay"]),
        ("depDelay", ["dep", "delay"]),
        ("HTTPServer2", ["http", "server2"]),
        ("Départ à Orly", ["depart", "a", "orly"]),
        ("Straße", ["strasse"]),
        ("a-b.c/d", ["a", "b", "c", "d"]),
        ("\u202e*'\"", []),
    ],
)
def test_a_text_is_its_words(text: str, words: list[str]) -> None:
    assert tokens(text) == words


def test_a_name_is_found_by_its_parts_and_in_one_word() -> None:
    assert spelled("dep_delay") == ["dep", "delay", "depdelay"]
    assert spelled("sales.orders") == ["sales", "orders"]


def test_words_are_kept_once_and_not_without_end() -> None:
    assert joined(["a", "b", "a"]) == "a b"
    assert len(joined(f"w{n}" for n in range(100_000))) == 20_000
