"""The list of products: what passes, and what each facet would leave."""

from datetime import UTC, datetime

from meshwright.app.catalog.board import Board, BoardProduct
from meshwright.app.catalog.knowing import Knowing
from meshwright.app.catalog.products import PAGE, list_products
from meshwright.model.principal import Principal


def board(*said: tuple[str, str, tuple[str, ...]]) -> Board:
    products = [
        BoardProduct(name, "", "", ("ada",), tags, "active", health, 1, "", 1, 0, (), ())
        for name, health, tags in said
    ]
    return Board(datetime(2026, 1, 1, tzinfo=UTC), {one.address: one for one in products})


THREE = board(
    ("a.one", "healthy", ("x", "y")), ("a.two", "broken", ("x",)), ("b.three", "healthy", ("y",))
)
ALL = Knowing(Principal("person:ada"))


def test_values_of_one_facet_are_alternatives_and_facets_add_up() -> None:
    found = list_products(THREE, ALL, {"tag": ("x", "y"), "health": ("healthy",)})
    assert [one.address for one in found.products] == ["a.one", "b.three"]


def test_a_facet_counts_what_each_value_would_leave_beside_the_other_filters() -> None:
    found = list_products(THREE, ALL, {"tag": ("x",), "domain": ("a",)})
    assert found.facets["tag"] == (("x", 2, True), ("y", 1, False))
    assert found.facets["domain"] == (("a", 2, True),)
    assert found.facets["health"] == (("broken", 1, False), ("healthy", 1, False))


def test_a_chosen_value_that_nothing_has_is_listed_so_that_it_can_be_taken_away() -> None:
    found = list_products(THREE, ALL, {"tag": ("z",)})
    assert (found.total, found.facets["tag"][-1]) == (0, ("z", 0, True))


def test_what_is_hidden_is_neither_listed_nor_counted() -> None:
    knowing = Knowing(Principal("person:gus"), frozenset(("a.two",)))
    found = list_products(THREE, knowing, {})
    assert found.total == 2
    assert found.facets["health"] == (("healthy", 2, False),)


def test_pages_are_whole_and_end() -> None:
    many = board(*((f"a.p{n:03}", "healthy", ()) for n in range(PAGE + 3)))
    assert len(list_products(many, ALL, {}).products) == PAGE
    last = list_products(many, ALL, {}, page=9)
    assert (last.page, last.pages, len(last.products)) == (2, 2, 3)


def test_words_are_all_looked_for_in_the_names() -> None:
    assert [one.address for one in list_products(THREE, ALL, {}, "a ONE").products] == ["a.one"]
